"""Strategies for texts and numbers of a schema, drawn mostly at random and now and then from the corners."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.plain_values import TEXTS

from .corner_values import LONGEST, corner_numbers, corner_texts, whole
from .judges import rules_in
from .library import SearchStrategy, st

MAX_TEXT = 40
"""Characters of a text drawn at random, unless it must be longer; the corners hold longer ones."""

LARGEST_FLOAT = 1e300
LARGEST_WHOLE = 2**63
EXACT = 2**53
"""Whole numbers up to here are the same written with a point (IEEE 754 binary64)."""

ANYTHING: SearchStrategy[JSON] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-LARGEST_WHOLE, LARGEST_WHOLE),
    st.floats(-LARGEST_FLOAT, LARGEST_FLOAT),
    st.text(max_size=8),
    st.lists(st.integers(-9, 9) | st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=4), st.none() | st.text(max_size=4), max_size=2),
)
"""Where a schema says nothing."""


def texts(view: Mapping[str, JSON]) -> SearchStrategy[str]:
    """Return a strategy for texts of lengths that fit; of a format, texts that keep it."""
    listed = [text for _, text in corner_texts(view) if fits(view, text)]
    if rules_in(view) is not None or str(view.get("format")) in TEXTS:
        return st.sampled_from(listed) if listed else st.nothing()
    least, most = whole(view.get("minLength"), 0), whole(view.get("maxLength"), LONGEST)
    if least > min(most, LONGEST):
        return st.nothing()
    if "pattern" in view:
        return _matching(str(view["pattern"]))
    drawn = st.text(st.characters(codec="utf-8"), min_size=least, max_size=min(most, least + MAX_TEXT))
    return st.one_of(drawn, drawn, drawn, st.sampled_from(listed)) if listed else drawn


def fits(view: Mapping[str, JSON], text: str) -> bool:
    """Return whether a text has one of the lengths that a schema allows."""
    return whole(view.get("minLength"), 0) <= len(text) <= whole(view.get("maxLength"), LONGEST)


def _matching(pattern: str) -> SearchStrategy[str]:
    """Texts of an ECMAScript expression, read as Python's: the verdict on what comes of it is not given here."""
    ended = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of sets that it may read differently one day
            return st.from_regex(re.compile(ended, re.ASCII))
    except (re.error, ValueError, OverflowError, RecursionError, Warning):
        return st.text(max_size=MAX_TEXT)


NEAR = 2**30
"""Up to here, a float keeps the digits behind the point that steps are written with."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers between two bounds, exactly as the schema writes them.

    Attributes:
        low: No number is less; None for no bound.
        high: No number is more.
        step: Numbers are multiples of it; None for any.
    """

    low: Fraction | None
    high: Fraction | None
    step: Fraction | None

    @classmethod
    def of(cls, view: Mapping[str, JSON]) -> "Range":
        """Read the keywords of a schema; whether a bound is excluded is for the schema to say of what is drawn."""
        lows = [_exact(view[word]) for word in ("minimum", "exclusiveMinimum") if word in view]
        highs = [_exact(view[word]) for word in ("maximum", "exclusiveMaximum") if word in view]
        step = _exact(view["multipleOf"]) if "multipleOf" in view else None
        return cls(max(lows, default=None), min(highs, default=None), step)

    def within(self, limit: int) -> "Range":
        """Return the range with a bound on each side that has none."""
        low, high = self.low, self.high
        if low is None:
            low = Fraction(-limit) if high is None else min(Fraction(-limit), high - limit)
        if high is None:
            high = max(Fraction(limit), low + limit)
        return Range(low, high, self.step)

    def wholes(self, step: Fraction) -> SearchStrategy[int]:
        """Return a strategy for the factors of ``step`` that lie in the range."""
        low = ceil(self.low / step) if self.low is not None else None
        high = floor(self.high / step) if self.high is not None else None
        low = max(-LARGEST_WHOLE, (high or 0) - LARGEST_WHOLE) if low is None else low
        high = max(LARGEST_WHOLE, low + LARGEST_WHOLE) if high is None else high
        return st.integers(low, high) if low <= high else st.nothing()


def integers(view: Mapping[str, JSON]) -> SearchStrategy[int | float]:
    """Return a strategy for whole numbers, some of them written with a point."""
    bounds = Range.of(view)
    step = bounds.step or Fraction(1)
    common = Fraction(step.numerator)  # the least whole multiple of a step is its numerator
    factors = bounds.wholes(common)
    low, high = _open(view, common)
    drawn = factors.filter(lambda n: n not in (low, high)).map(lambda n: n * step.numerator)
    pointed = drawn.map(lambda n: float(n) if abs(n) <= EXACT else n)
    return st.one_of(drawn, drawn, drawn, pointed)


def numbers(view: Mapping[str, JSON]) -> SearchStrategy[int | float]:
    """Return a strategy for numbers, whole and with fractions."""
    bounds = Range.of(view)
    if bounds.step is not None:
        step = bounds.step
        near = bounds if step.denominator == 1 else bounds.within(NEAR)
        return near.wholes(step).map(lambda n: _number(n * step))
    low = max(float(bounds.low), -LARGEST_FLOAT) if bounds.low is not None else -LARGEST_FLOAT
    high = min(float(bounds.high), LARGEST_FLOAT) if bounds.high is not None else LARGEST_FLOAT
    if low > high:
        return st.nothing()
    floats = st.floats(
        low,
        high,
        exclude_min="exclusiveMinimum" in view and low < high,
        exclude_max="exclusiveMaximum" in view and low < high,
    )
    listed = [n for _, n in corner_numbers(view) if isinstance(n, int | float) and low < n < high]
    return st.one_of(integers(view), floats, *([st.sampled_from(listed)] if listed else []))


def _open(view: Mapping[str, JSON], step: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """The factors of ``step`` that are excluded."""
    low, high = view.get("exclusiveMinimum"), view.get("exclusiveMaximum")
    return (
        None if low is None else _exact(low) / step,
        None if high is None else _exact(high) / step,
    )


def _exact(held: JSON) -> Fraction:
    """A number as it is written: 0.1 is a tenth, not the nearest binary fraction."""
    return Fraction(repr(held)) if isinstance(held, float) else Fraction(int(str(held)))


def _number(value: Fraction) -> int | float:
    try:
        return int(value) if value.denominator == 1 else float(value)
    except OverflowError:
        return int(value)
