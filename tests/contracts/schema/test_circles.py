import json
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.circles import cut_circles


def ref(name: str) -> dict[str, JSON]:
    return {"$ref": f"#/$defs/{name}"}


def cut(**definitions: Any) -> dict[str, Any]:
    cut_circles(definitions)
    return definitions


@pytest.mark.parametrize(
    "keyword", ["items", "additionalProperties", "propertyNames", "contains", "unevaluatedProperties"]
)
def test_recursion_into_a_part_of_the_value_stays(keyword: str) -> None:
    assert cut(A={keyword: ref("A")}) == {"A": {keyword: ref("A")}}


def test_recursion_through_properties_stays() -> None:
    tree = {"properties": {"left": ref("A"), "right": {"anyOf": [ref("A"), {"type": "null"}]}}}
    assert cut(A=tree) == {"A": tree}


def test_a_schema_that_is_itself_says_nothing() -> None:
    assert cut(A=ref("A")) == {"A": {}}


def test_only_the_reference_that_closes_the_circle_goes() -> None:
    assert cut(A=ref("B"), B=ref("C"), C=ref("A")) == {"A": ref("B"), "B": ref("C"), "C": {}}


def test_what_is_joined_with_the_circle_stays_in_force() -> None:
    assert cut(A={"allOf": [ref("A"), {"type": "object"}], "minProperties": 1}) == {
        "A": {"allOf": [{}, {"type": "object"}], "minProperties": 1}
    }


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_alternatives_with_a_circle_say_nothing(keyword: str) -> None:
    assert cut(A={keyword: [ref("A"), {"type": "string"}], "maxLength": 1}) == {"A": {"maxLength": 1}}


@pytest.mark.parametrize("keyword", ["not", "if"])
def test_a_condition_with_a_circle_says_nothing(keyword: str) -> None:
    assert cut(A={keyword: {"allOf": [ref("A")]}, "maxLength": 1}) == {"A": {"maxLength": 1}}


def test_dependent_schemas_apply_to_the_same_value() -> None:
    assert cut(A={"dependentSchemas": {"a": ref("A")}}) == {"A": {"dependentSchemas": {"a": {}}}}


def test_two_ways_to_the_same_definition_are_no_circle() -> None:
    definitions = {"A": {"allOf": [ref("B"), ref("C")]}, "B": ref("C"), "C": {"type": "string"}}
    assert cut(**json.loads(json.dumps(definitions))) == definitions


def test_long_chains_are_followed() -> None:
    last = 20_000
    definitions = {f"S{i}": ref(f"S{i + 1}") for i in range(last)} | {f"S{last}": ref("S0")}
    assert cut(**definitions)[f"S{last}"] == {}


NAMES = ("A", "B", "C")
SCHEMAS = st.recursive(
    st.sampled_from([*map(ref, NAMES), {"type": "string"}, {"minimum": 1}]),
    lambda inner: st.tuples(
        st.sampled_from(["allOf", "anyOf", "oneOf", "not", "if", "then", "items", "dependentSchemas"]), inner
    ).map(lambda pair: {pair[0]: held(*pair)}),
    max_leaves=4,
)


def held(keyword: str, schema: Any) -> Any:
    return {"a": schema} if keyword == "dependentSchemas" else [schema] if keyword.endswith("Of") else schema


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, SCHEMAS)))
def test_afterwards_every_validator_comes_to_an_end(definitions: dict[str, Any]) -> None:
    own = json.loads(json.dumps(definitions))
    cut_circles(own)
    for name in NAMES:
        schema = {**ref(name), "$defs": own}
        for instance in (1, "a", {"a": 1}, [[1]]):
            by_python = jsonschema.Draft202012Validator(schema).is_valid(instance)
            assert by_python == jsonschema_rs.Draft202012Validator(schema).is_valid(instance)
    again = json.loads(json.dumps(own))
    cut_circles(again)
    assert again == own
