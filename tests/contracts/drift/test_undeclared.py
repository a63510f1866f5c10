import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.drift.undeclared import MAX_FOUND, filled, undeclared
from bodydouble.contracts.pointers import JSON
from tests.apis import TEXT, record


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        (record(a=TEXT), {"a": "x", "b": 1, "c": {"d": 1}}, ("/b", "/c")),
        (record(a=record(b=TEXT)), {"a": {"b": "", "c": 1}}, ("/a/c",)),
        (record(a={"type": "array", "items": record(b=TEXT)}), {"a": [{"b": ""}, {"c": 1}]}, ("/a/1/c",)),
        (record(), {"free": 1}, ()),
        ({"type": "object"}, {"free": 1}, ()),
        (record(a={"type": "object"}), {"a": {"free": 1}}, ()),
        ({**record(a=TEXT), "additionalProperties": TEXT}, {"b": "typed"}, ()),
        ({**record(a=TEXT), "additionalProperties": True}, {"b": "said to be free"}, ("/b",)),
        ({**record(a=TEXT), "patternProperties": {"^x": TEXT}}, {"xa": ""}, ()),
        ({"anyOf": [record(a=TEXT), record(b=TEXT)]}, {"a": "", "b": "", "c": ""}, ("/c",)),
        ({"allOf": [record(a=TEXT), record(b=TEXT)]}, {"a": "", "c": ""}, ("/c",)),
        ({"$ref": "#/$defs/t", "$defs": {"t": record(a=TEXT)}}, {"c": ""}, ("/c",)),
        (record(a=TEXT), [{"b": 1}], ()),
        (record(a=TEXT), {"a": {"b": 1}}, ()),
        (True, {"a": 1}, ()),
        (record(**{"/~": TEXT}), {"/~": "", "~/": ""}, ("/~0~1",)),
    ],
)
def test_what_no_schema_knows_is_found(schema: JSON, value: JSON, found: tuple[str, ...]) -> None:
    given_schema = schema if isinstance(schema, dict) else {"allOf": [schema]}
    assert undeclared(given_schema, value) == found


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    schema = {"$ref": "#/$defs/t", "$defs": {"t": record(next={"$ref": "#/$defs/t"})}}
    value: JSON = {"odd": 1}
    for _ in range(50):
        value = {"next": value}
    assert undeclared(schema, value) == ("/next" * 50 + "/odd",)


def test_an_object_keyed_by_ids_is_told_so_far_and_no_further() -> None:
    assert len(undeclared(record(a=TEXT), {f"id{n}": 1 for n in range(1000)})) == MAX_FOUND


def test_places_are_filled_by_anything_but_null() -> None:
    value: JSON = {"a": None, "b": False, "c": {"d": {"e": {"f": 1}}, "g": None}, "h": [1]}
    assert filled(value) == {"/b", "/c", "/c/d", "/c/d/e", "/h"}
    assert filled([1]) == filled(None) == frozenset()


@given(st.dictionaries(st.text(), st.integers(), max_size=5))
def test_what_a_schema_declares_is_never_found(value: dict[str, JSON]) -> None:
    schema = record(**{"a property": TEXT})
    schema["properties"] |= {name: {"type": "integer"} for name in value}
    assert undeclared(schema, value) == ()
