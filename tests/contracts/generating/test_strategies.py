from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.generating.near_invalid import Broken
from bodydouble.contracts.generating.strategies import near_invalid_values, unguarded, values
from bodydouble.contracts.schema.dialect import Reading, convert
from bodydouble.contracts.schema.explanation import explain
from bodydouble.contracts.schema.samples import Unsampleable
from tests.apis import BUNDLED
from tests.generating import VALUES, accepting, documents
from tests.published import schemas

QUIET = settings(database=None, max_examples=1000)
SUBMIT = BUNDLED.patterns[0].submit
assert SUBMIT.request
REQUEST = SUBMIT.request
JUDGE = Judge(REQUEST.strict, REQUEST.lenient)
TREE = {
    "$ref": "#/$defs/tree",
    "$defs": {
        "tree": {
            "type": "object",
            "properties": {"left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"}},
            "additionalProperties": False,
        }
    },
}


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Return what a strategy draws in a few examples, the same every time."""
    found: list[Any] = []

    @seed(7)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def test_all_that_is_drawn_for_upstream_is_valid_to_both_validators_in_both_readings(
    pytestconfig: pytest.Config,
) -> None:
    """Every third schema, at night all of them; the corners of all are looked at in test_corners."""
    for schema in schemas()[:: 1 if pytestconfig.getoption("--many-seeds") else 3]:
        judge = Judge(schema.strict, schema.lenient)
        *_, last = found = drawn(values(schema.strict, schema.lenient), 2)
        assert all(map(judge.is_valid, found))
        assert explain(dict(schema.strict), last) == ()  # the slower one looks at what is not the simplest
        assert explain(dict(schema.lenient), last) == ()


def test_all_that_is_drawn_to_break_what_upstream_asks_for_is_invalid_to_both_validators() -> None:
    """All that there is to draw is invalid to the faster one (test_near_invalid); here both look at what is drawn."""
    for schema in schemas()[::9]:
        judge = Judge(schema.strict, schema.lenient)
        for broken in drawn(near_invalid_values(schema.strict, schema.lenient), 3):
            assert judge.is_invalid(broken.value), broken.label
            assert broken.keyword == "image" or explain(dict(schema.strict), broken.value), broken.label
            assert broken.keyword == "image" or explain(dict(schema.lenient), broken.value), broken.label


def test_the_validator_hardly_ever_refuses_what_is_drawn_for_upstream() -> None:
    refused = total = 0
    for schema in schemas()[::3]:
        accepts = Judge(schema.strict).is_valid
        for value in drawn(unguarded(schema.strict), 8):
            total += 1
            refused += not accepts(value)
    assert total > 200
    assert refused <= total // 50


@given(values(REQUEST.strict, REQUEST.lenient))
def test_a_drawn_request_is_valid(value: Any) -> None:
    assert JUDGE.is_valid(value)


@given(near_invalid_values(REQUEST.strict, REQUEST.lenient))
def test_a_broken_request_breaks_one_rule(broken: Broken) -> None:
    assert JUDGE.is_invalid(broken.value)
    assert {violation.pointer for violation in JUDGE.violations(broken.value)} == {broken.pointer}


def test_a_request_shrinks_to_the_plainest() -> None:
    plainest = find(values(REQUEST.strict), lambda _value: True, settings=QUIET)
    assert plainest == {"model": "video-01", "prompt": ""}


def test_what_has_an_image_shrinks_to_nothing_else() -> None:
    strategy = values(REQUEST.strict)
    found = find(strategy, lambda value: "image_url" in value, settings=QUIET)  # type: ignore[operator]  # an object
    assert isinstance(found, dict)
    assert found.keys() == {"model", "prompt", "image_url"}


@given(values(TREE))
def test_what_contains_itself_ends(value: Any) -> None:
    def depth(node: Any) -> int:
        return 1 + max(map(depth, node.values()), default=0)

    assert depth(value) <= 4


def test_what_must_contain_itself_has_no_value() -> None:
    endless = {
        "$ref": "#/$defs/a",
        "$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"]}},
    }
    with pytest.raises(Unsampleable):
        values(endless)


@pytest.mark.parametrize("schema", [{"not": {}}, {"type": "string", "enum": [1]}, {"allOf": [{"not": {}}]}])
def test_where_nothing_is_valid_nothing_is_drawn(schema: dict[str, Any]) -> None:
    with pytest.raises(Unsampleable):
        values(schema)


def test_what_cannot_be_broken_says_so() -> None:
    with pytest.raises(Unsampleable, match="breaks exactly one rule"):
        near_invalid_values({})


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"type": "integer"}, {"multipleOf": 5, "type": "integer"}, {"type": "string"}]},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "type": "object"},
        {"type": "object", "dependentRequired": {"a": ["b"]}, "properties": {"a": {}, "b": {}}},
        {"type": "array", "contains": {"type": "null"}, "items": {"type": ["null", "integer"]}},
        {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "minProperties": 2},
        {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "minProperties": 1},
        {"type": "string", "pattern": "^[a-f0-9-]{36}$"},
        {"type": "string", "pattern": "^a", "maxLength": 3},
        {"type": "array", "uniqueItems": True, "items": {"enum": [1, 2, 3]}, "minItems": 3},
        {"anyOf": [{}, {"type": "object", "const": None}]},
        {"allOf": [{"anyOf": [{"minimum": 3}, {"maximum": -3}]}, {"anyOf": [{"type": "integer"}]}]},
        {"type": "object", "unevaluatedProperties": False, "allOf": [{"properties": {"a": {}}}]},
    ],
)
def test_what_few_schemas_use_is_drawn_too(schema: dict[str, Any]) -> None:
    accepts = Judge(schema).is_valid
    found = drawn(values(schema), 25)
    assert all(accepts(value) for value in found)
    assert len({repr(value) for value in found}) > 3 or "enum" in repr(schema)


@settings(max_examples=30)
@given(st.data())
def test_any_schema_that_accepts_something_has_values(data: st.DataObject) -> None:
    schema = data.draw(VALUES.flatmap(accepting))
    assert Judge(schema).is_valid(data.draw(values(schema)))


@settings(max_examples=30)
@given(st.data())
def test_of_any_schema_only_valid_values_are_drawn(data: st.DataObject) -> None:
    schema = convert(data.draw(documents()), "/components/schemas/A", Reading.STRICT)
    try:
        strategy = values(schema)
    except Unsampleable:
        return
    assert Judge(schema).is_valid(data.draw(strategy))
