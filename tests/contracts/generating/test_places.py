from typing import Any

from hypothesis import given, settings

from bodydouble.contracts.generating.places import MAX_ALTERNATIVES, MAX_PLACES, places, views
from bodydouble.contracts.schema.dialect import Reading, convert
from tests.generating import documents

TEXT = {"type": "string"}


def pointers(schema: dict[str, Any]) -> list[str]:
    return [place.pointer for place in places(schema)]


def test_every_property_and_the_first_item_are_places() -> None:
    schema = {"properties": {"a": {"properties": {"b": TEXT}}, "c": {"items": TEXT}}}
    assert pointers(schema) == ["", "/a", "/c", "/a/b", "/c/0"]


def test_each_alternative_is_a_view_together_with_what_holds_beside_it() -> None:
    schema = {"minLength": 2, "anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}
    assert [place.view for place in places(schema)] == [
        {"minLength": 2, "type": "string", "maxLength": 5},
        {"minLength": 2, "type": "null"},
    ]


def test_both_ways_of_a_condition_are_views() -> None:
    schema: dict[str, Any] = {"if": {"required": ["a"]}, "then": {"minProperties": 2}, "else": TEXT}
    first, second = [view for view, _ in views(schema, schema)]
    assert first == {"required": ["a"], "minProperties": 2}
    assert second["type"] == "string"


def test_two_choices_in_one_place_are_combined() -> None:
    pair = [{"title": "a"}, {"title": "b"}]
    schema = {"anyOf": [{"minimum": 1}, {"minimum": 2}], "oneOf": [{"maximum": 3}, {"maximum": 4}]}
    assert len([*views(schema, schema)]) == len(pair) ** 2


def test_what_contains_itself_is_looked_at_once() -> None:
    node = {"properties": {"next": {"$ref": "#/$defs/node"}}}
    assert pointers({"$ref": "#/$defs/node", "$defs": {"node": node}}) == [""]


def test_alternatives_without_end_are_cut_off() -> None:
    two: list[Any] = [{"minimum": 1}, {"maximum": 1}]
    schema: dict[str, Any] = {"allOf": [{"anyOf": two} for _ in range(20)]}
    assert len([*views(schema, schema)]) <= MAX_ALTERNATIVES


@settings(max_examples=35)
@given(documents())
def test_any_schema_has_finitely_many_places(document: dict[str, Any]) -> None:
    schema = convert(document, "/components/schemas/A", Reading.STRICT)
    found = pointers(schema)
    assert len(found) <= MAX_PLACES
    assert all(pointer == "" or pointer.startswith("/") for pointer in found)
