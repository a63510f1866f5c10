from typing import Any

import pytest
from hypothesis import given

from bodydouble.contracts.generating.breaking_values import breaking_values
from bodydouble.contracts.generating.near_invalid import told_apart
from bodydouble.contracts.schema.folding import fold
from bodydouble.contracts.schema.validation import Validator
from tests.generating import SCHEMAS


def broken(**view: Any) -> set[str]:
    validator = Validator(view)
    found = [told_apart(validator.violations(value)) for _, value in breaking_values(view)]
    return {violations[0].keyword for violations in found if len(violations) == 1}


@pytest.mark.parametrize(
    "view",
    [
        {"type": "string", "minLength": 2, "maxLength": 5},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "integer", "minimum": 5, "maximum": 10},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "integer", "multipleOf": 8},
        {"type": "number", "multipleOf": 0.1},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"type": "boolean"},
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "array"},
        {"type": "object"},
        {"const": 7},
    ],
)
def test_every_keyword_of_a_place_is_broken(view: dict[str, Any]) -> None:
    assert broken(**view) == view.keys()


def test_what_silent_conversion_takes_is_tried() -> None:
    values = [value for _, value in breaking_values({"type": "integer"})]
    assert "5" in values
    assert 5.5 in values


def test_the_numbers_just_beyond_the_bounds_are_tried() -> None:
    values = [value for _, value in breaking_values({"type": "integer", "minimum": 5, "maximum": 10})]
    assert {4, 11} <= {value for value in values if isinstance(value, int)}


@given(SCHEMAS)
def test_any_view_can_be_looked_at(schema: Any) -> None:
    assert all(what for what, _ in breaking_values(fold({}, schema).node))
