"""Numbers near the bounds of a schema, in exact arithmetic."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

from bodydouble.contracts.pointers import JSON

SERIES = 20
"""Numbers tried on each side of a bound."""


def near_bounds(schema: Mapping[str, JSON]) -> Iterator[int | float]:
    """Yield what lies nearest to the bounds, whole where it can be, then what lies between them.

    Numbers that no double holds are left out; whether the others are valid is for the caller to see.
    """
    for number in _fractions(schema):
        try:
            yield int(number) if number.denominator == 1 else float(number)
        except OverflowError:
            continue


def _fractions(schema: Mapping[str, JSON]) -> Iterator[Fraction]:
    """Exact: the sums and quotients of floating-point bounds would miss them by a hair."""
    step = next(_exact(schema, "multipleOf"), Fraction(1))
    low = max(_exact(schema, "minimum", "exclusiveMinimum"), default=None)
    high = min(_exact(schema, "maximum", "exclusiveMaximum"), default=None)
    if low is not None:
        yield from ((ceil(low / step) + number) * step for number in range(SERIES))
    if high is not None:
        yield from ((floor(high / step) - number) * step for number in range(SERIES))
    if low is not None and high is not None:
        yield from (low + (high - low) * Fraction(number, SERIES) for number in range(SERIES + 1))
    yield from (number * step for number in range(1, SERIES))


def _exact(schema: Mapping[str, JSON], *keywords: str) -> Iterator[Fraction]:
    """Yield the numbers under ``keywords`` as they are written: 0.1 is a tenth, not the nearest binary fraction."""
    for keyword in keywords:
        held = schema.get(keyword)
        if isinstance(held, float):
            yield Fraction(repr(held))
        elif isinstance(held, int):
            yield Fraction(held)
