import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.schema_defects import SCHEMA_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.schema.wellformed import is_json


def flaws(rule: str, schema: JSON, version: str = "3.0.3") -> list[Flaw]:
    document: dict[str, JSON] = {
        "openapi": version,
        "paths": {"/": {"get": {"parameters": [{"schema": schema}]}}},
    }
    description = describe_fragment(Fragment("api.json", document))
    (chosen,) = (each for each in SCHEMA_RULES if each.id == rule)
    return list(chosen.flaws(description))


def test_a_boolean_required_says_where_it_belongs() -> None:
    (flaw,) = flaws("required-malformed", {"required": True})
    assert flaw.hint == "list the property under 'required' of the object that has it"
    (flaw,) = flaws("required-malformed", {"required": "a"})
    assert flaw.hint == ""


def test_a_required_name_that_is_a_slip_suggests_the_property() -> None:
    (flaw,) = flaws("required-unknown", {"properties": {"prompt": {}}, "required": ["promt"]})
    assert (flaw.message, flaw.hint) == ('"promt" is required and not described', "did you mean 'prompt'?")


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_required_name_is_not_judged_inside_a_composition(keyword: str) -> None:
    member: JSON = {"properties": {"a": {}}, "required": ["b"]}
    assert flaws("required-unknown", {keyword: [member]}) == []
    assert flaws("required-unknown", {keyword: [{"items": member}]}) != []


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
words = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])


@given(values.filter(is_json), st.lists(words, min_size=1, max_size=3, unique=True))
def test_an_enum_contradicts_its_type_exactly_where_a_validator_says_so(
    value: JSON, types: list[JSON]
) -> None:
    found = flaws("enum-contradicts-type", {"type": types, "enum": [value]}, "3.1.0")
    assert bool(found) != Draft202012Validator({"type": types}).is_valid(value)


@given(st.lists(values.filter(is_json), unique_by=repr))
def test_values_that_differ_are_no_duplicates(listed: list[JSON]) -> None:
    doubled = flaws("enum-duplicate", {"enum": [*listed, *listed]})
    assert len(doubled) >= len(listed)
    assert len({flaw.pointer for flaw in doubled}) == len(doubled)
