from math import isinf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.plain_numbers import near_bounds

BOUNDS = st.integers(-1000, 1000) | st.floats(-1000, 1000)


@given(BOUNDS, st.floats(0, 50))
def test_what_lies_at_the_bounds_is_among_the_numbers(low: float, width: float) -> None:
    schema = {"minimum": low, "maximum": low + width}
    assert any(low <= number <= low + width for number in near_bounds(schema))


@given(BOUNDS, st.floats(0.001, 50))
def test_open_bounds_leave_something_between_them(low: float, width: float) -> None:
    schema = {"exclusiveMinimum": low, "exclusiveMaximum": low + width}
    if low < low + width / 2 < low + width:
        assert any(low < number < low + width for number in near_bounds(schema))


def test_multiples_are_exact_as_they_are_written() -> None:
    numbers = list(near_bounds({"minimum": 1.05, "multipleOf": 0.1}))
    assert 1.1 in numbers


def test_whole_numbers_are_written_whole() -> None:
    assert all(isinstance(number, int) for number in near_bounds({"minimum": 3, "multipleOf": 2}))


@pytest.mark.parametrize("schema", [{}, {"minimum": 10**400}, {"minimum": "3"}, {"multipleOf": 5e-324}])
def test_any_schema_has_numbers_to_try_and_none_is_infinite(schema: dict[str, Any]) -> None:
    numbers = list(near_bounds(schema))
    assert numbers
    assert not any(isinstance(number, float) and isinf(number) for number in numbers)
