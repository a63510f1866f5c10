from typing import Any

import pytest
from hypothesis import given

from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.schema.components import PREFIX, Components
from bodydouble.contracts.schema.validation import Validator
from tests.apis import TEXT, record
from tests.generating import documents


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def placed(name: str) -> dict[str, Any]:
    return {"$ref": f"{PREFIX}{name}"}


def test_definitions_become_components_and_references_lead_there() -> None:
    components = Components()
    schema = {**record(a=ref("A")), "$defs": {"A": {"anyOf": [ref("B"), TEXT]}, "B": {"items": ref("A")}}}
    assert components.inline(schema) == record(a=placed("A"))
    assert components.schemas == {"A": {"anyOf": [placed("B"), TEXT]}, "B": {"items": placed("A")}}


def test_data_and_names_that_look_like_references_stay() -> None:
    data = {"$ref": "#/$defs/A"}
    schema = {
        "properties": {"$ref": ref("A"), "items": TEXT},
        "enum": [data],
        "const": data,
        "x-note": data,
        "$defs": {"A": TEXT},
    }
    assert Components().inline(schema) == {
        "properties": {"$ref": placed("A"), "items": TEXT},
        "enum": [data],
        "const": data,
        "x-note": data,
    }


def test_the_same_definitions_are_placed_once() -> None:
    components = Components()
    for _ in range(3):
        assert components.inline({**ref("A"), "$defs": {"A": record(b=ref("B")), "B": TEXT}}) == placed("A")
    assert components.inline({**ref("B"), "$defs": {"B": TEXT}}) == placed("B")
    assert list(components.schemas) == ["A", "B"]


def test_different_definitions_of_one_name_are_told_apart() -> None:
    components = Components()
    components.inline({**ref("A"), "$defs": {"A": {"const": 1}}})
    assert components.inline({**ref("A"), "$defs": {"A": {"const": True}}}) == placed("A_2")
    assert components.inline({**ref("A"), "$defs": {"A": TEXT, "A_2": TEXT}}) == placed("A_3")
    assert components.schemas["A_2_2"] == TEXT
    assert components.inline({**ref("A"), "$defs": {"A": {"const": True}}}) == placed("A_2")


def test_what_refers_to_something_different_is_different() -> None:
    components = Components()
    components.inline({**ref("A"), "$defs": {"A": record(b=ref("B")), "B": TEXT}})
    other = components.inline({**ref("A"), "$defs": {"A": record(b=ref("B")), "B": {"type": "integer"}}})
    assert other == placed("A_2")
    assert components.schemas["A_2"] == record(b=placed("B_2"))


@pytest.mark.parametrize("place", ["items", "not", "anyOf", "prefixItems", "properties", "dependentSchemas"])
def test_a_reference_counts_wherever_it_stands(place: str) -> None:
    held: Any = {
        "items": ref("B"),
        "not": ref("B"),
        "anyOf": [ref("B")],
        "prefixItems": [TEXT, ref("B")],
    }.get(place, {"b": ref("B")})
    components = Components()
    components.inline({**ref("A"), "$defs": {"A": {place: held}, "B": TEXT}})
    assert components.inline({**ref("A"), "$defs": {"A": {place: held}, "B": {"type": "integer"}}}) == placed(
        "A_2"
    )
    assert sorted(components.schemas) == ["A", "A_2", "B", "B_2"]


def test_recursion_survives() -> None:
    components = Components()
    node = record(["value"], value=TEXT, next={"anyOf": [ref("Node"), {"type": "null"}]})
    document = {"x": components.inline({**ref("Node"), "$defs": {"Node": node}})}
    root = {"$defs": components.schemas, **document["x"]}
    lists = {"value": "a", "next": {"value": "b", "next": None}}
    back = schema_at(
        {"openapi": "3.1.0", **document, "components": {"schemas": components.schemas}}, "/x"
    ).strict
    assert Validator(back).is_valid(lists)
    assert not Validator(back).is_valid({"value": "a", "next": {"next": None}})
    assert root["$ref"] == f"{PREFIX}Node"


def test_a_named_schema_is_a_component_under_a_name_that_is_allowed() -> None:
    components = Components()
    assert components.named("vendor/model: 1.body", TEXT) == placed("vendor_model_1.body")
    assert components.named("vendor/model: 1.body", TEXT) == placed("vendor_model_1.body")
    assert components.named("vendor/model: 1.body", record()) == placed("vendor_model_1.body_2")
    assert components.named("", record()) == placed("_")


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"type": "string", "default": 5}, {"type": "string"}),
        ({"type": "string", "default": "a"}, {"type": "string", "default": "a"}),
        ({"type": "string", "examples": [5, "a", None]}, {"type": "string", "examples": ["a"]}),
        ({"type": "string", "examples": [5]}, {"type": "string"}),
        ({"type": "string", "example": 5}, {"type": "string"}),
        ({"items": {"type": "string", "default": 5}}, {"items": {"type": "string"}}),
        ({"properties": {"default": TEXT}}, {"properties": {"default": TEXT}}),
        (
            {"default": {"a": 1}, **ref("A"), "$defs": {"A": {"required": ["a"]}}},
            {"default": {"a": 1}, **placed("A")},
        ),
        ({"default": {}, **ref("A"), "$defs": {"A": {"required": ["a"]}}}, placed("A")),
    ],
)
def test_values_that_break_their_own_schema_are_left_out(schema: Any, kept: Any) -> None:
    assert Components().inline(schema) == kept


def test_a_discriminator_which_refers_to_what_has_moved_is_left_out() -> None:
    mapping = {"propertyName": "kind", "mapping": {"a": "#/components/schemas/A"}}
    assert Components().inline({"discriminator": mapping, "type": "object"}) == {"type": "object"}
    named = record(discriminator=TEXT)
    assert Components().inline(named) == named


@given(documents(), documents())
def test_a_schema_means_the_same_among_others(first: dict[str, Any], second: dict[str, Any]) -> None:
    components = Components()
    originals = [
        schema_at(each, f"/components/schemas/{name}").strict for each in (first, second) for name in "AB"
    ]
    inlined = [components.inline(original) for original in originals]
    for original, inline in zip(originals, inlined, strict=True):
        document = {"openapi": "3.1.0", "x": inline, "components": {"schemas": components.schemas}}
        back = schema_at(document, "/x").strict
        for value in (None, True, 0, 3, 2.5, "", "a", "x-1", [], [1], {}, {"id": "a"}, {"url": {"text": 1}}):
            assert Validator(back).is_valid(value) is Validator(original).is_valid(value)
