from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.plain_values import LONGEST, TEXTS, numbers, texts
from bodydouble.contracts.schema.validation import Validator


def first(schema: dict[str, Any]) -> Any:
    tried = numbers(schema) if schema["type"] in ("number", "integer") else texts(schema)
    return next(value for value in tried if Validator(schema).is_valid(value))


@pytest.mark.parametrize("name", TEXTS)
def test_every_known_format_has_its_text(name: str) -> None:
    assert first({"type": "string", "format": name}) == TEXTS[name]


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_text_has_the_length_that_is_asked_for(least: int, more: int) -> None:
    schema = {"type": "string", "minLength": least, "maxLength": least + more}
    assert least <= len(first(schema)) <= least + more


def test_an_absurd_length_has_no_text_and_costs_no_memory() -> None:
    assert list(texts({"minLength": 10**12})) == []
    assert len(next(texts({"minLength": LONGEST}))) == LONGEST


@pytest.mark.parametrize(
    "pattern", [r"^\d+$", "^[a-z]$", r"^\d{4}-\d\d-\d\d", "^[0-9a-f-]{36}$", "^https://"]
)
def test_common_patterns_are_met_by_a_common_text(pattern: str) -> None:
    assert first({"type": "string", "pattern": pattern})


@pytest.mark.parametrize(
    ("bounds", "number"),
    [
        ({}, 0),
        ({"minimum": 3}, 3),
        ({"exclusiveMinimum": 3}, 4),
        ({"maximum": -2}, -2),
        ({"exclusiveMaximum": -2}, -3),
        ({"minimum": 1.5, "multipleOf": 0.1}, 1.5),
        ({"exclusiveMinimum": 0.3, "maximum": 0.4, "multipleOf": 0.1}, 0.4),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.05),
        ({"minimum": 7, "multipleOf": 5}, 10),
    ],
)
def test_the_plainest_number_within_bounds(bounds: dict[str, Any], number: float) -> None:
    assert first({"type": "number", **bounds}) == number


@pytest.mark.parametrize("bound", [10**400, -(10**400), 1e308, -1e308, 5e-324, 2**63])
@pytest.mark.parametrize(
    "keyword", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
)
def test_numbers_beyond_all_floats_are_no_accident(keyword: str, bound: float) -> None:
    assert all(isinstance(number, int | float) for number in numbers({keyword: bound, "multipleOf": 5e-324}))
    assert list(numbers({keyword: bound}))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_between_two_bounds_there_is_a_number(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert isinstance(first({"type": "number", "minimum": low, "maximum": high}), int | float)


def test_several_different_ones_are_offered_for_arrays_of_distinct_items() -> None:
    assert len(set(texts({"minLength": 3}))) > 10
    assert all(a != b for a, b in pairwise(sorted(set(numbers({"minimum": 2})))))
    assert len(set(numbers({"minimum": 2}))) > 10
