from typing import Any

import pytest

from bodydouble.contracts.schema.hints import (
    is_composite,
    likeliest_types,
    listed_values,
    member_schema,
    shown_values,
)


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "string"}, ["string"]),
        ({"type": ["null", "integer", "object"]}, ["object", "integer", "null"]),
        ({"type": "string", "properties": {}}, ["string"]),
    ],
)
def test_named_types_count_those_with_parts_first(schema: Any, types: list[str]) -> None:
    assert likeliest_types(schema) == types


@pytest.mark.parametrize(
    ("keyword", "likeliest"),
    [("properties", "object"), ("items", "array"), ("format", "string"), ("minimum", "number")],
)
def test_without_a_type_keywords_hint_at_one_and_all_are_possible(keyword: str, likeliest: str) -> None:
    assert likeliest_types({keyword: {}})[0] == likeliest
    assert len(likeliest_types({keyword: {}})) == 7


def test_a_value_with_parts_is_told_by_type_or_keywords() -> None:
    assert is_composite({"type": ["array", "null"]})
    assert is_composite({"required": ["a"]})
    assert not is_composite({"type": "string", "format": "uri"})
    assert not is_composite({})


def test_constants_come_before_lists_and_null_is_left_out() -> None:
    assert list(listed_values({"enum": [None, "a", False], "const": 1})) == [1, "a", False]
    assert list(listed_values({"const": None})) == [None]


def test_the_default_comes_before_examples() -> None:
    assert list(shown_values({"examples": [1, None], "default": 2})) == [2, 1, None]
    assert list(shown_values({"examples": "none"})) == []


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("a", {"type": "string"}),
        ("x-b", {"type": "boolean"}),
        ("x-c", {"allOf": [{"type": "null"}, {"type": "boolean"}]}),
        ("other", {"type": "integer"}),
    ],
)
def test_a_property_has_the_schemas_of_its_name_and_patterns_else_that_of_all_others(
    name: str, schema: Any
) -> None:
    declared = {
        "properties": {"a": {"type": "string"}, "x-c": {"type": "null"}},
        "patternProperties": {"^x-": {"type": "boolean"}},
        "additionalProperties": {"type": "integer"},
    }
    assert member_schema(declared, name) == schema


def test_a_property_of_which_nothing_is_said_may_be_anything() -> None:
    assert member_schema({}, "a") == {}
