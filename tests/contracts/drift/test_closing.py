from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.drift.closing import closed, opened
from bodydouble.contracts.schema.validation import Validator

PROPERTIES = {"type": "object", "properties": {"a": {"type": "string"}}}


def accepts(schema: Any, value: Any) -> bool:
    return Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (PROPERTIES, {"b": 1}),
        ({"allOf": [PROPERTIES, {"properties": {"c": {}}}]}, {"a": "", "c": 1, "b": 1}),
        ({"anyOf": [PROPERTIES, {"properties": {"c": {}}, "required": ["c"]}]}, {"a": "", "b": 1}),
        ({"type": "array", "items": PROPERTIES}, [{"b": 1}]),
        ({"properties": {"x": PROPERTIES}}, {"x": {"b": 1}}),
        ({"additionalProperties": PROPERTIES}, {"any": {"b": 1}}),
        ({"$ref": "#/$defs/T", "$defs": {"T": PROPERTIES}}, {"b": 1}),
        ({"anyOf": [PROPERTIES, {"type": "null"}]}, {"b": 1}),
        ({"prefixItems": [PROPERTIES]}, [{"b": 1}]),
        ({"properties": {"a": {}}}, 5),
    ],
)
def test_what_is_not_declared_cannot_be_sent(schema: Any, value: Any) -> None:
    assert accepts(schema, value)
    assert not accepts(closed(schema), value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object"}, {"b": 1}),
        ({**PROPERTIES, "additionalProperties": True}, {"b": 1}),
        ({**PROPERTIES, "additionalProperties": {"type": "integer"}}, {"b": 1}),
        ({**PROPERTIES, "patternProperties": {"^b": {}}}, {"b": 1}),
        ({"allOf": [PROPERTIES, {"properties": {"c": {}}}]}, {"a": "", "c": 1}),
        ({"anyOf": [{"type": "object"}, {"type": "string"}]}, {"b": 1}),
        ({"anyOf": [{"type": "object"}, PROPERTIES]}, {"b": 1}),
        ({"$ref": "#/$defs/T", "$defs": {"T": {**PROPERTIES, "required": ["a"]}}}, {"a": ""}),
        ({"not": {"properties": {"a": {"type": "string"}}, "required": ["a"]}}, {"a": 1}),
        ({"anyOf": [PROPERTIES, {"type": "null"}]}, None),
    ],
)
def test_what_is_free_stays_free(schema: Any, value: Any) -> None:
    assert accepts(schema, value)
    assert accepts(closed(schema), value)


@pytest.mark.parametrize(
    "schema",
    [
        {**PROPERTIES, "additionalProperties": False},
        {"allOf": [{**PROPERTIES, "additionalProperties": False}]},
        {**PROPERTIES, "unevaluatedProperties": {"not": {}}},
        {"$ref": "#/$defs/T", "$defs": {"T": {**PROPERTIES, "additionalProperties": False}}},
    ],
)
def test_what_is_not_declared_may_come_in_a_reply(schema: Any) -> None:
    assert not accepts(schema, {"b": 1})
    assert accepts(opened(schema), {"b": 1})
    assert not accepts(opened(schema), {"a": 1})


def test_what_undeclared_values_are_is_still_a_promise() -> None:
    assert not accepts(opened({"type": "object", "additionalProperties": {"type": "string"}}), {"b": 1})


def test_a_given_schema_is_left_as_it_is() -> None:
    schema = {"properties": {"a": {"properties": {"b": {}}}}, "$defs": {"T": {"additionalProperties": False}}}
    before = repr(schema)
    closed(schema)
    opened(schema)
    assert repr(schema) == before


LEAVES = st.sampled_from([{"type": "string"}, {"type": "integer"}, {"enum": ["a", 1]}, {}])
OBJECTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(
            lambda properties, required: {"type": "object", "properties": properties, "required": required},
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            st.lists(st.sampled_from("abc"), max_size=1),
        )
        | st.builds(lambda items: {"type": "array", "items": items}, inner)
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from(["a", 1, 2.5, None]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(OBJECTS, VALUES)
def test_closed_accepts_no_more_and_opened_no_less(schema: Any, value: Any) -> None:
    if accepts(closed(schema), value):
        assert accepts(schema, value)
    if accepts(schema, value):
        assert accepts(opened(schema), value)
