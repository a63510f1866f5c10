import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.commands.finite import FiniteRange

RANGE = FiniteRange(min=0)


@pytest.mark.parametrize("word", ["nan", "-nan", "inf", "Infinity", "1e999", "-1", "x", ""])
def test_what_is_no_number_of_the_range_is_refused(word: str) -> None:
    with pytest.raises(click.BadParameter):
        RANGE.convert(word, None, None)


@given(st.floats(0, allow_infinity=False))
def test_every_number_of_the_range_is_taken(number: float) -> None:
    assert RANGE.convert(repr(number), None, None) == number
