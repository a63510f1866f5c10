from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.schema.folding import fold
from bodydouble.contracts.schema.validation import Validator
from tests.generating import VALUES, accepting, documents


def folded(*members: Any, **definitions: Any) -> dict[str, Any]:
    return fold({"$defs": definitions}, {"allOf": list(members)}).node


def test_what_holds_at_once_becomes_one_node() -> None:
    node = folded({"type": "object"}, {"properties": {"a": {"type": "string"}}, "required": ["a"]})
    assert node == {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def test_references_are_followed_and_told() -> None:
    found = fold(
        {"$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"type": "string"}}}, {"$ref": "#/$defs/A", "title": "t"}
    )
    assert found.node == {"title": "t", "type": "string"}
    assert found.references == {"#/$defs/A", "#/$defs/B"}


@pytest.mark.parametrize("reference", ["#/$defs/Missing", "elsewhere.json", "#", "#/$defs/A"])
def test_a_reference_that_leads_nowhere_or_in_circles_says_nothing(reference: str) -> None:
    root = {"$defs": {"A": {"$ref": "#/$defs/A", "minLength": 1}}}
    assert set(fold(root, {"$ref": reference}).node) <= {"minLength"}


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ({"minimum": 1, "maximum": 9}, {"minimum": 3, "maximum": 12}, {"minimum": 3, "maximum": 9}),
        ({"minLength": 1}, {"minLength": 4}, {"minLength": 4}),
        ({"enum": ["a", "b", "c"]}, {"enum": ["c", "b"]}, {"enum": ["b", "c"]}),
        ({"type": ["string", "null"]}, {"type": "string"}, {"type": ["string"]}),
        ({"type": "number"}, {"type": "integer"}, {"type": ["integer"]}),
        ({"type": "integer"}, {"type": ["number", "null"]}, {"type": ["integer"]}),
        ({"required": ["a"]}, {"required": ["b", "a"]}, {"required": ["a", "b"]}),
        ({"description": "first"}, {"description": "second"}, {"description": "first"}),
        (
            {"properties": {"a": {"type": "string"}, "b": {}}},
            {"properties": {"a": {"enum": ["x"]}, "c": {}}},
            {"properties": {"a": {"allOf": [{"type": "string"}, {"enum": ["x"]}]}, "b": {}, "c": {}}},
        ),
    ],
)
def test_the_tighter_demand_wins(first: Any, second: Any, both: Any) -> None:
    assert folded(first, second) == both


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"type": "string"}, {"type": "object"}),
        ({"enum": ["a"]}, {"enum": ["b"]}),
        ({"pattern": "^a"}, {"pattern": "z$"}),
        ({"const": 1}, {"const": 2}),
        ({"anyOf": [{"minimum": 1}]}, {"anyOf": [{"maximum": 1}]}),
    ],
)
def test_what_no_keyword_can_say_together_stays_apart(first: Any, second: Any) -> None:
    assert folded(first, second) == {**first, "allOf": [second]}


def test_what_doubles_at_every_level_is_folded_once() -> None:
    definitions: dict[str, Any] = {
        f"A{level}": {"allOf": [{"$ref": f"#/$defs/A{level + 1}"}] * 2} for level in range(200)
    }
    definitions["A200"] = {"type": "string"}
    assert fold({"$defs": definitions}, {"$ref": "#/$defs/A0"}).node == {"type": "string"}


def test_a_chain_of_any_length_is_followed() -> None:
    definitions: dict[str, Any] = {f"A{n}": {"$ref": f"#/$defs/A{n + 1}"} for n in range(20_000)}
    definitions["A20000"] = {"type": "string"}
    assert fold({"$defs": definitions}, {"$ref": "#/$defs/A0"}).node == {"type": "string"}


@given(documents())
def test_anything_can_be_folded(document: dict[str, Any]) -> None:
    root = schema_at(document, "/components/schemas/A").strict
    assert "$ref" not in fold(root, dict(root)).node


@given(st.data())
def test_a_value_that_a_schema_accepts_is_accepted_folded(data: st.DataObject) -> None:
    value = data.draw(VALUES)
    schema = data.draw(accepting(value))
    root = schema_at({"openapi": "3.1.0", "probe": schema}, "/probe").strict
    assert Validator(root).is_valid(value)
    assert Validator(fold(root, dict(root)).node).is_valid(value)
