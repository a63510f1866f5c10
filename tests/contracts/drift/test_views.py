from typing import Any

import pytest

from bodydouble.contracts.drift.views import ITEM, KINDS, View, kind_of


def view(schema: Any, **definitions: Any) -> View:
    return View({**schema, "$defs": definitions}, schema)


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"type": "integer"}, {"number"}),
        ({"type": ["string", "null"]}, {"string"}),
        ({"enum": ["a", 1, None]}, {"string", "number"}),
        ({"type": "string", "enum": ["a", 1]}, {"string"}),
        ({"anyOf": [{"type": "object"}, {"type": "array"}]}, {"object", "array"}),
        ({}, KINDS),
        ({"const": True}, {"boolean"}),
    ],
)
def test_kinds_are_what_values_can_be(schema: Any, kinds: set[str]) -> None:
    assert view(schema).kinds == kinds


def test_null_is_asked_of_the_validator() -> None:
    assert view({"anyOf": [{"type": "string"}, {"type": "null"}]}).nullable
    assert not view({"type": "string"}).nullable


def test_places_further_in_are_found_through_references_arrays_and_maps() -> None:
    leaf = {"type": "object", "properties": {"x": {"type": "string"}}}
    whole = view(
        {
            "properties": {
                "list": {"type": "array", "items": {"$ref": "#/$defs/L"}},
                "map": {"additionalProperties": leaf},
            }
        },
        L=leaf,
    )
    for name in ("list", "map"):
        found = whole.at((name, ITEM, "x"))
        assert found is not None
        assert found.kinds == {"string"}
    assert whole.at(("list", "x")) is None
    assert whole.at(("nothing",)) is None
    assert whole.at(()) is whole


def test_a_member_is_looked_at_once() -> None:
    whole = view({"properties": {"a": {}}})
    assert whole.member("a") is whole.member("a")


@pytest.mark.parametrize(
    ("schema", "free"),
    [
        ({"additionalProperties": True}, {}),
        ({"additionalProperties": False}, None),
        ({"additionalProperties": {"not": {}}}, None),
        ({"additionalProperties": {"type": "string"}}, {"type": "string"}),
        ({}, None),
    ],
)
def test_names_are_free_where_it_is_stated(schema: Any, free: Any) -> None:
    assert view(schema).free == free


def test_a_sample_is_valid_and_there_may_be_none() -> None:
    whole = view({"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x"]}}})
    assert whole.sample == ({"a": "x"},)
    assert view({"not": {}}).sample == ()


def test_views_are_the_same_only_with_what_they_refer_to() -> None:
    schema = {"$ref": "#/$defs/A"}
    assert view(schema, A={"type": "string"}).is_same(view(dict(schema), A={"type": "string"}))
    assert not view(schema, A={"type": "string"}).is_same(view(schema, A={"type": "integer"}))
    assert not view({"const": 1}).is_same(view({"const": True}))


@pytest.mark.parametrize(
    ("value", "kind"), [(None, ""), (True, "boolean"), (1, "number"), (1.5, "number"), ([], "array")]
)
def test_kind_of_a_value(value: Any, kind: str) -> None:
    assert kind_of(value) == kind
