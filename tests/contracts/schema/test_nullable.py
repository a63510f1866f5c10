"""Every corner in which null is or is not accepted, in both readings."""

from typing import Any

import jsonschema_rs
import pytest

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.dialect import Reading, convert, nullable_disagreements

OBJECT: JSON = {"type": "object"}
NULLABLE_OBJECT: JSON = {"type": "object", "nullable": True}

CORNERS: dict[str, tuple[dict[str, JSON], bool]] = {
    # what stands beside `nullable: true`: the schema, and whether the strict reading takes null; the lenient does
    "a type": ({"type": "string"}, True),
    "no type": ({}, True),
    "no type but a property's": ({"properties": {"a": OBJECT}, "required": ["a"]}, True),
    "no type but bounds": ({"minimum": 5, "maxLength": 1, "minItems": 2}, True),
    "an enum without null": ({"type": "string", "enum": ["a"]}, False),
    "an enum with null": ({"type": "string", "enum": ["a", None]}, True),
    "an enum without null and no type": ({"enum": ["a"]}, False),
    "an enum with null and no type": ({"enum": ["a", None]}, True),
    "an empty enum": ({"type": "string", "enum": []}, True),
    "a const": ({"type": "string", "const": "a"}, False),
    "a reference to what is not nullable": ({"$ref": "#/object"}, False),
    "a reference to what is nullable": ({"$ref": "#/nullable"}, True),
    "a reference beside a type": ({"$ref": "#/object", "type": "object"}, False),
    "a reference that leads nowhere": ({"$ref": "#/nope"}, True),
    "allOf of what is not nullable": ({"allOf": [{"$ref": "#/object"}]}, False),
    "allOf and a type": ({"type": "object", "allOf": [{"$ref": "#/object"}]}, False),
    "allOf of what is nullable, and a type": ({"type": "object", "allOf": [{"$ref": "#/nullable"}]}, True),
    "allOf of what is nullable": ({"allOf": [NULLABLE_OBJECT]}, True),
    "anyOf of what is not nullable": ({"anyOf": [OBJECT, {"type": "string"}]}, False),
    "anyOf with what is nullable": ({"anyOf": [NULLABLE_OBJECT, {"type": "string"}]}, True),
    "oneOf of what is not nullable": ({"oneOf": [OBJECT, {"type": "string"}]}, False),
    "oneOf with two that are nullable": ({"oneOf": [NULLABLE_OBJECT, NULLABLE_OBJECT]}, False),
    "not null": ({"not": {"enum": [None]}}, False),
    "not something else": ({"not": {"type": "string"}}, True),
    "if and then": ({"if": {}, "then": OBJECT}, False),
    "a type that is not known": ({"type": "float"}, True),
    "a list of types": ({"type": ["string", "integer"]}, True),
    "a list of types with null": ({"type": ["string", "null"]}, True),
}


def document(schema: dict[str, JSON], version: str = "3.0.3") -> JSON:
    return {
        "openapi": version,
        "s": {**schema, "nullable": True},
        "object": OBJECT,
        "nullable": NULLABLE_OBJECT,
    }


def accepts(document: JSON, instance: JSON, reading: Reading) -> bool:
    return jsonschema_rs.Draft202012Validator(convert(document, "/s", reading)).is_valid(instance)


@pytest.mark.parametrize("beside", CORNERS)
def test_null_is_accepted_beside(beside: str) -> None:
    schema, strict = CORNERS[beside]
    assert accepts(document(schema), None, Reading.STRICT) is strict
    assert accepts(document(schema), None, Reading.LENIENT)


@pytest.mark.parametrize("beside", CORNERS)
def test_disagreements_are_told_exactly(beside: str) -> None:
    schema, strict = CORNERS[beside]
    assert nullable_disagreements(document(schema), "/s") == (() if strict else ("/s",))


@pytest.mark.parametrize("beside", CORNERS)
def test_what_is_not_null_is_read_the_same(beside: str) -> None:
    schema, _ = CORNERS[beside]
    for instance in ("a", "b", 1, {}, {"a": {}}, [], [1, 2, 3], True):
        strictly, leniently = (accepts(document(schema), instance, reading) for reading in Reading)
        assert strictly == leniently, instance


@pytest.mark.parametrize("nullable", ["true", 1, None, [], False])
@pytest.mark.parametrize("reading", Reading)
def test_only_true_makes_nullable(nullable: JSON, reading: Reading) -> None:
    assert convert({"s": {"type": "string", "nullable": nullable}}, "/s", reading) == {"type": "string"}


def test_nullable_within_all_of_does_not_escape_it() -> None:
    schema: JSON = {"allOf": [NULLABLE_OBJECT, OBJECT]}
    for reading in Reading:
        assert not accepts({"openapi": "3.0.3", "s": schema}, None, reading)


def test_null_stays_refused_without_nullable() -> None:
    for reading in Reading:
        assert not accepts({"openapi": "3.0.3", "s": OBJECT}, None, reading)


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_nullable_is_no_keyword_from_3_1_on(version: str) -> None:
    schema: dict[str, JSON] = {"type": "string", "enum": ["a"]}
    for reading in Reading:
        assert not accepts(document(schema, version), None, reading)
    assert nullable_disagreements(document(schema, version), "/s") == ()


def test_disagreements_are_told_wherever_they_can_be_reached() -> None:
    enum: dict[str, JSON] = {"type": "string", "enum": ["a"], "nullable": True}
    published: JSON = {
        "s": {"properties": {"nullable": enum, "b": {"items": {"$ref": "#/t"}}, "c": {"$ref": "#/t"}}},
        "t": {"anyOf": [enum, {"$ref": "#/s"}], "example": enum},
        "unreachable": enum,
    }
    assert nullable_disagreements(published, "/s") == ("/s/properties/nullable", "/t/anyOf/0")


def test_descriptions_stay_outside_of_what_null_is_added_to() -> None:
    schema: JSON = {"$ref": "#/object", "nullable": True, "x-a": 1}
    lenient: Any = convert({"s": schema, "object": OBJECT}, "/s", Reading.LENIENT)
    assert lenient == {
        "x-a": 1,
        "anyOf": [{"$ref": "#/$defs/object"}, {"type": "null"}],
        "$defs": {"object": OBJECT},
    }
    described: JSON = {"description": "d", "allOf": [OBJECT], "nullable": True}
    assert convert({"s": described}, "/s", Reading.LENIENT) == {
        "description": "d",
        "anyOf": [{"allOf": [OBJECT]}, {"type": "null"}],
    }
