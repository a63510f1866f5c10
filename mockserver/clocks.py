"""Clocks: what time it is in a world. A named shell: the system's clock is read here and nowhere else."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]
"""Returns the time in seconds since the epoch."""


def system_clock() -> float:
    """Return the wall clock's time."""
    return time.time()


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """Runs ``speed`` times as fast as ``base`` from the moment it is made.

    Attributes:
        speed: Seconds of this clock in one second of the base; above zero.
        base: The clock it follows.
    """

    speed: float
    base: Clock = system_clock
    origin: float = field(init=False)

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise ValueError(f"a clock's speed is above zero; got {self.speed}")
        object.__setattr__(self, "origin", self.base())

    def __call__(self) -> float:
        """Return the scaled time."""
        return self.origin + (self.base() - self.origin) * self.speed


@dataclass(slots=True)
class ManualClock:
    """Stands still until it is moved.

    Attributes:
        now: The time it shows.
    """

    now: float = 1_767_225_600.0

    def __call__(self) -> float:
        """Return the time it shows."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move forward; a clock never runs backwards.

        Raises:
            ValueError: ``seconds`` is below zero.
        """
        if seconds < 0:
            raise ValueError(f"a clock never runs backwards; got {seconds} s")
        self.now += seconds
