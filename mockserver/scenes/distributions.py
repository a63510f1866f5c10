"""Distributions of durations, in seconds, as quantile functions: one uniform number in, one duration out.

So every plan takes the same count of random numbers whatever its scenario, and one job's scenario never changes the
plans of those that come after it.
"""

from itertools import pairwise
from math import isfinite
from typing import Protocol, runtime_checkable

import msgspec


@runtime_checkable
class Distribution(Protocol):
    """Something that gives durations."""

    def quantile(self, share: float) -> float:
        """Return the duration that ``share`` of all durations stay below.

        Args:
            share: From 0 up to, but not including, 1.
        """
        ...


class Fixed(msgspec.Struct, frozen=True):
    """Always the same.

    Attributes:
        seconds: The duration.
    """

    seconds: float

    def quantile(self, share: float) -> float:  # noqa: ARG002 - there is only one
        """Return the duration."""
        return self.seconds


class Uniform(msgspec.Struct, frozen=True):
    """Any duration between two bounds is as likely as another."""

    low: float
    high: float

    def quantile(self, share: float) -> float:
        """Return a duration within the bounds."""
        return self.low + (self.high - self.low) * share


class LogLogistic(msgspec.Struct, frozen=True):
    """Mostly near the median, now and then much longer, as queues and renderers are.

    Attributes:
        median: Half of the durations are shorter.
        shape: Half of the durations lie between median / 3^(1/shape) and median * 3^(1/shape).
        low: Shorter ones are raised to this.
        high: Longer ones are cut to this.
    """

    median: float
    shape: float
    low: float
    high: float

    def quantile(self, share: float) -> float:
        """Return a duration within the bounds."""
        spread: float = (share / (1 - share)) ** (1 / self.shape)
        seconds = self.median * spread
        return self.low if seconds < self.low else min(seconds, self.high)


class Empirical(msgspec.Struct, frozen=True):
    """What was measured: quantiles at equal steps, straight lines between them.

    Attributes:
        quantiles: Durations that never fall, the first the shortest, the last the longest; one is always that one.
    """

    quantiles: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(one <= other for one, other in pairwise(self.quantiles))
        if not self.quantiles or not rising or not all(isfinite(q) and q >= 0 for q in self.quantiles):
            raise ValueError(
                f"quantiles are finite, never below zero and never fall; got {self.quantiles[:5]}"
            )

    def quantile(self, share: float) -> float:
        """Return a duration between the shortest and the longest."""
        place = share * (len(self.quantiles) - 1)
        index = min(int(place), len(self.quantiles) - 1)
        low, high = self.quantiles[index], self.quantiles[min(index + 1, len(self.quantiles) - 1)]
        # Rounding must not carry a duration past the next one.
        return min(low + (high - low) * (place - index), high)
