from typing import Any

import pytest
from hypothesis import given, settings

from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.closing import closed
from bodydouble.contracts.drift.meaning import Meaning
from bodydouble.contracts.drift.views import ITEM, View
from bodydouble.contracts.drift.walking import differences
from bodydouble.contracts.drift.witnesses import any_witness, placed, witness
from bodydouble.contracts.schema.dialect import Reading, convert
from tests.generating import SCHEMAS

from .generating import narrowed


def thing(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


TEXT = {"type": "string"}


def shown(old: Any, new: Any) -> list[Any]:
    inner, outer = View(old, old), View(new, new)
    found = [witness(inner, outer.meaning, each) for each in differences(inner, outer, Direction.REQUEST)]
    return [each.value for each in found if each is not None]


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        (thing(["a"], a=TEXT, b=TEXT), thing(["a"], a=TEXT), {"a": "sample", "b": "sample"}),
        (thing([], a=TEXT), thing(["a"], a=TEXT), {}),
        (thing([], a={"enum": ["x", "y"]}), thing([], a={"enum": ["x"]}), {"a": "y"}),
        (
            thing([], a=thing(["b"], b={"enum": [1, 2]})),
            thing([], a=thing(["b"], b={"enum": [1]})),
            {"a": {"b": 2}},
        ),
        (thing([], a={"type": "number"}), thing([], a={"type": "integer"}), {"a": 0.5}),
        (
            thing([], a={"type": "array", "items": {"type": "number"}}),
            thing([], a={"type": "array", "items": {"type": "integer"}}),
            {"a": [0.5]},
        ),
        (
            {"type": "object", "additionalProperties": {"enum": ["x", "y"]}},
            {"type": "object", "additionalProperties": {"enum": ["x"]}},
            {"name": "y"},
        ),
    ],
)
def test_a_witness_is_the_plainest_value_with_little_changed(old: Any, new: Any, value: Any) -> None:
    assert shown(closed(old), closed(new)) == [value]


def test_a_place_within_alternatives_is_reached() -> None:
    old = {
        "anyOf": [
            thing(["kind", "a"], kind={"const": 1}, a={"enum": ["x", "y"]}),
            thing(["kind"], kind={"const": 2}),
        ]
    }
    new = {
        "anyOf": [
            thing(["kind", "a"], kind={"const": 1}, a={"enum": ["x"]}),
            thing(["kind"], kind={"const": 2}),
        ]
    }
    assert shown(closed(old), closed(new)) == [{"kind": 1, "a": "y"}]


def test_there_is_no_witness_where_nothing_is_refused() -> None:
    assert any_witness(Meaning({"type": "integer"}), Meaning({"type": "number"})) is None
    assert any_witness(Meaning({"not": {}}), Meaning({"not": {}})) is None


def test_any_witness_finds_conditions_without_a_name() -> None:
    found = any_witness(Meaning({"type": "object"}), Meaning({"type": "object", "not": {"required": ["a"]}}))
    assert found is not None
    assert isinstance(found.value, dict)
    assert "a" in found.value


def test_a_probe_is_put_where_it_belongs() -> None:
    schema = Meaning(placed({"const": 1}, ("a", ITEM, "b")))  # type: ignore[arg-type]  # an object, as is seen here
    assert schema.accepts({"a": [{"b": 1}]})
    assert not schema.accepts({"a": [{"b": 2}]})
    assert not schema.accepts({"a": []})
    assert not schema.accepts({})


@settings(max_examples=40, deadline=None)
@given(narrowed())
def test_every_witness_is_accepted_by_one_and_refused_by_the_other(pair: tuple[Any, Any]) -> None:
    old, new = (closed(schema) for schema in pair)
    for value in shown(old, new):
        assert Meaning(old).accepts(value)
        assert not Meaning(new).accepts(value)


@settings(max_examples=40, deadline=None)
@given(SCHEMAS, SCHEMAS)
def test_whatever_schemas_say_a_search_ends_with_a_witness_or_without(first: Any, second: Any) -> None:
    old, new = (
        Meaning(convert({"openapi": "3.1.0", "schema": schema}, "/schema", Reading.LENIENT))
        for schema in (first, second)
    )
    found = any_witness(old, new)
    if found is not None:
        assert old.accepts(found.value)
        assert not new.accepts(found.value)
