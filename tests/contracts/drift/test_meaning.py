from typing import Any

import pytest
from hypothesis import given, settings

from bodydouble.contracts.drift.meaning import Meaning, Verdict, apart, same, with_definitions
from bodydouble.contracts.schema.dialect import Reading, convert
from tests.generating import SCHEMAS, VALUES

TREE = {"type": "object", "properties": {"of": {"type": "array", "items": {"$ref": "#/$defs/T"}}}}
ENUMS = {"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (ENUMS, {"enum": ["b", "a"]}),
        ({"type": "number", "enum": [8]}, {"type": "integer", "enum": [4, 6, 8]}),
        ({"type": "integer"}, {"type": "number"}),
        ({"type": "string", "maxLength": 3}, {"type": "string"}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, {"type": ["string", "null"]}),
        ({"$ref": "#/$defs/T", "$defs": {"T": TREE}}, {"$ref": "#/$defs/T", "$defs": {"T": TREE, "U": {}}}),
        ({"not": {}}, {"enum": ["anything"]}),
        ({"description": "x", "type": "string", "x-order": 1}, {"type": "string", "default": "y"}),
    ],
)
def test_a_smaller_set_is_within_a_larger_one(inner: Any, outer: Any) -> None:
    assert Meaning(inner).within(Meaning(outer)) is Verdict.CONTAINED


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["a"]}),
        ({"type": "string"}, {"type": "string", "maxLength": 3}),
        ({"properties": {"a": {}}}, {"required": ["a"]}),
        ({"const": True}, {"const": 1}),
    ],
)
def test_a_larger_set_is_not_within_a_smaller_one(inner: Any, outer: Any) -> None:
    assert Meaning(inner).within(Meaning(outer)) is not Verdict.CONTAINED


def test_the_names_of_definitions_do_not_matter() -> None:
    other = {"type": "object", "properties": {"of": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}
    one = Meaning({"$ref": "#/$defs/T", "$defs": {"T": TREE}})
    assert one.within(Meaning({"$ref": "#/$defs/Tree", "$defs": {"Tree": other}})) is Verdict.CONTAINED


def test_a_property_named_like_a_keyword_keeps_its_schema() -> None:
    named = {"$ref": {"type": "string"}, "description": {"type": "string"}, "default": {"$ref": "#/$defs/A"}}
    schema = {"type": "object", "properties": named, "$defs": {"A": {"type": "integer"}}}
    plain = Meaning(schema).plain
    assert plain is not None
    assert Meaning(plain).accepts({"default": 1, "$ref": "", "description": ""})
    assert not Meaning(plain).accepts({"default": ""})
    assert not Meaning(plain).accepts({"description": 1})


@settings(max_examples=100, deadline=None)
@given(SCHEMAS, SCHEMAS, VALUES)
def test_a_verdict_is_never_contradicted_by_the_validator(first: Any, second: Any, value: Any) -> None:
    inner, outer = (_converted(schema) for schema in (first, second))
    if inner.accepts(value):
        assert not inner.is_empty
        assert inner.plain is None or Meaning(inner.plain).accepts(value)
        if inner.within(outer) is Verdict.CONTAINED:
            assert outer.accepts(value)
        if inner.values is not None:
            assert value in inner.values


def _converted(schema: Any) -> Meaning:
    return Meaning(convert({"openapi": "3.1.0", "schema": schema}, "/schema", Reading.LENIENT))


def test_what_one_accepts_and_the_other_does_not_has_definitions_with_names_of_their_own() -> None:
    wide = {"anyOf": [{"$ref": "#/$defs/T"}, {"type": "integer"}], "$defs": {"T": TREE}}
    rest = Meaning(wide).without(Meaning({"type": "integer"}))
    assert rest is not None
    assert Meaning(rest).accepts({"of": [{}]})
    assert not Meaning(rest).accepts(1)
    said, definitions = apart(rest)
    both = with_definitions({"allOf": [said]}, with_definitions(definitions, wide))
    assert Meaning(both).accepts({"of": [{}]})


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"enum": ["b", "a"]}, ["a", "b"]),
        ({"const": 1}, [1]),
        (ENUMS, ["a", "b"]),
        ({"type": "integer", "enum": [1, "x"]}, [1]),
        ({"type": ["string", "null"], "enum": ["a", None]}, [None, "a"]),
        ({"type": "null"}, [None]),
    ],
)
def test_listed_values_are_known(schema: Any, values: list[Any]) -> None:
    assert sorted(map(repr, Meaning(schema).values or [])) == sorted(map(repr, values))


@pytest.mark.parametrize(
    "schema", [{}, {"type": "string"}, {"type": "boolean"}, {"anyOf": [{"const": 1}, {"type": "string"}]}]
)
def test_values_that_are_not_listed_are_not_known(schema: Any) -> None:
    assert Meaning(schema).values is None


def test_a_limited_meaning_keeps_its_definitions() -> None:
    meaning = Meaning(
        {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}], "$defs": {"A": {"enum": ["x", 1]}}}
    )
    limited = meaning.limited({"type": "string"}, "string")
    assert limited.values == ["x"]
    assert meaning.limited({"type": "string"}, "string") is limited


@pytest.mark.parametrize(
    ("first", "second"),
    [(True, 1), ([False], [0]), ({"a": 1}, {"a": True}), ("1", 1), ([1], [1, 1]), ({}, {"a": 1})],
)
def test_values_that_python_may_take_for_each_other_are_told_apart(first: Any, second: Any) -> None:
    assert not same(first, second)
    assert same(first, first)


def test_one_and_one_point_nought_are_one_number() -> None:
    assert same({"a": [1]}, {"a": [1.0]})
