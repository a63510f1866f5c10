from typing import Any

import pytest
from hypothesis import given

from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.schema.schemas import (
    MAX_PLACES,
    outline,
    properties_of,
    required_of,
    strings_of,
    types_of,
    walk_properties,
)
from tests.apis import TEXT, record, words
from tests.generating import documents

NODE = {"$defs": {"Node": record(name=TEXT, next={"$ref": "#/$defs/Node"})}, "$ref": "#/$defs/Node"}


def of(*alternatives: Any, **beside: Any) -> dict[str, Any]:
    return outline({}, {"anyOf": list(alternatives), **beside})


def test_a_property_wrapped_for_its_description_is_seen_through() -> None:
    root = {"$defs": {"Status": words("queued", "done")}}
    seen = outline(root, {"allOf": [{"$ref": "#/$defs/Status"}], "description": "how far it is"})
    assert strings_of(seen) == ("queued", "done")
    assert types_of(seen) == {"string"}


def test_words_listed_as_alternatives_are_seen_together() -> None:
    assert strings_of(of({"const": "queued"}, {"const": "done"}, {"type": "null"})) == ("queued", "done")
    assert strings_of(of(words("queued"), words("done", "queued"))) == ("queued", "done")


def test_words_are_not_listed_where_an_alternative_takes_any_text() -> None:
    assert strings_of(of(words("queued"), TEXT)) == ()


def test_types_of_all_alternatives_are_seen() -> None:
    assert types_of(of(record(a=TEXT), {"type": "array"}, {"type": "null"})) == {"object", "array", "null"}


def test_alternatives_inside_alternatives_are_seen() -> None:
    seen = of({"oneOf": [{"const": "a"}, {"const": "b"}]}, {"const": "c"})
    assert set(strings_of(seen)) == {"a", "b", "c"}


def test_properties_of_all_alternatives_are_seen_and_required_only_if_all_agree() -> None:
    waiting = record(["status"], status=words("waiting"))
    done = record(["status", "url"], status=words("done"), url=TEXT)
    seen = of(waiting, done, {"type": "null"})
    assert list(properties_of({}, seen)) == ["status", "url"]
    assert required_of(seen) == ("status",)
    assert strings_of(outline({}, properties_of({}, seen)["status"])) == ("waiting", "done")


def test_what_stands_beside_alternatives_holds_for_all_of_them() -> None:
    seen = of(record(b=TEXT), record(c=TEXT), **record(["a"], a=TEXT))
    assert list(properties_of({}, seen)) == ["a", "b", "c"]
    assert required_of(seen) == ("a",)


def test_properties_are_walked_breadth_first() -> None:
    schema = record(a=record(deep=record(deeper=TEXT)), b=record(status=TEXT), c=TEXT)
    assert [pointer for pointer, _ in walk_properties({}, schema)] == [
        *("/a", "/b", "/c"),
        *("/a/deep", "/b/status"),
        "/a/deep/deeper",
    ]


def test_a_recursive_schema_is_walked_as_deep_as_asked() -> None:
    pointers = [pointer for pointer, _ in walk_properties(NODE, NODE, depth=2)]
    assert pointers == ["/name", "/next", "/next/name", "/next/next"]


def test_names_are_escaped_in_pointers() -> None:
    assert [pointer for pointer, _ in walk_properties({}, record(**{"a/b~c": TEXT}))] == ["/a~1b~0c"]


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_a_schema_that_fans_out_is_not_walked_for_ever() -> None:
    wide = {f"p{n}": {"$ref": "#/$defs/Wide"} for n in range(500)}
    root = {"$defs": {"Wide": {"type": "object", "properties": wide}}, "$ref": "#/$defs/Wide"}
    assert len(list(walk_properties(root, root))) == MAX_PLACES


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_alternatives_that_double_at_every_level_are_seen_in_time() -> None:
    definitions: dict[str, Any] = {
        f"A{level}": {"anyOf": [{"oneOf": [{"$ref": f"#/$defs/A{level + 1}"}]} for _ in range(2)]}
        for level in range(60)
    }
    definitions["A60"] = TEXT
    assert types_of(outline({"$defs": definitions}, {"$ref": "#/$defs/A0"})) == {"string"}


@pytest.mark.parametrize("schema", [None, True, False, 3, "x", [], {}])
def test_what_is_no_schema_has_nothing_to_see(schema: Any) -> None:
    assert outline({}, schema) == {}
    assert properties_of({}, schema) == {}


@given(documents())
def test_anything_can_be_looked_into(document: dict[str, Any]) -> None:
    root = schema_at(document, "/components/schemas/A").strict
    for _, seen in walk_properties(root, dict(root)):
        assert isinstance(types_of(seen), frozenset)
        assert isinstance(strings_of(seen), tuple)
        assert isinstance(required_of(seen), tuple)
