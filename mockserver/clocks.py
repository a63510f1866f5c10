"""Clocks: what time it is in a world. A named shell: the system's clock is read here and nowhere else."""

import time
from collections.abc import Callable
from math import inf

import msgspec

Clock = Callable[[], float]
"""Returns the time in seconds since the epoch."""


def system_clock() -> float:
    """Return the wall clock's time; looked up whenever it is read, since time may be made virtual meanwhile."""
    return time.time()


class ScaledClock:
    """Runs ``speed`` times as fast as ``base`` from the moment it is made.

    Attributes:
        speed: Seconds of this clock in one second of the base; above zero.

    Raises:
        ValueError: ``speed`` is not above zero.
    """

    def __init__(self, speed: float, base: Clock = system_clock) -> None:
        if not speed > 0:
            raise ValueError(f"a clock's speed is above zero; got {speed}")
        self.speed = speed
        self._base = base
        self._origin = base()

    def __call__(self) -> float:
        """Return the scaled time."""
        return self._origin + (self._base() - self._origin) * self.speed


class ManualClock:
    """Stands still until it is moved.

    Attributes:
        now: The time it shows.
    """

    def __init__(self, now: float = 1_767_225_600.0) -> None:
        self.now = now

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


class ClockState(msgspec.Struct, frozen=True):
    """Where a world's clock stands.

    Attributes:
        base: What the base clock showed when this was written down.
        origin: What the base clock showed when ``shown`` was shown.
        shown: What the clock showed then.
        speed: Seconds of the clock in one second of the base.
        follows: Whether it shows just what the base shows.
    """

    base: float
    origin: float
    shown: float
    speed: float
    follows: bool


class WorldClock:
    """The clock of one world: follows a base clock, and can be frozen, scaled, advanced and set forward.

    Attributes:
        speed: Seconds of this clock in one second of the base; 0 is frozen.
    """

    def __init__(self, base: Clock, speed: float = 1.0) -> None:
        self._base = base
        self._origin = self._shown = base()
        self.speed = _speed(speed)
        self._follows = speed == 1

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        if self._follows:
            return self._base()
        return self._shown + (self._base() - self._origin) * self.speed

    @property
    def base(self) -> float:
        """The time of the clock that this one follows."""
        return self._base()

    def both(self) -> tuple[float, float]:
        """Return the time, and that of the clock that this one follows, at one moment."""
        base = self._base()
        return base if self._follows else self._shown + (base - self._origin) * self.speed, base

    def scale(self, speed: float) -> None:
        """Run ``speed`` times as fast as the base from now on; 0 freezes.

        Raises:
            ValueError: ``speed`` is below zero or no number.
        """
        checked = _speed(speed)
        self._settle(self())
        self.speed = checked

    def advance(self, seconds: float) -> None:
        """Move forward at once; every job of the world moves with it.

        Raises:
            ValueError: ``seconds`` is below zero or no finite number.
        """
        if not 0 <= seconds < inf:
            raise ValueError(f"a clock advances by zero or more finite seconds; got {seconds}")
        self._settle(self() + seconds)

    def jump(self, moment: float) -> None:
        """Show ``moment``, in seconds since the epoch, and go on from there.

        Raises:
            ValueError: ``moment`` has passed already: a clock never runs backwards.
        """
        if not self() <= moment < inf:
            raise ValueError(f"a clock never runs backwards; it shows {self()} and was to jump to {moment}")
        self._settle(moment)

    @property
    def state(self) -> ClockState:
        """Where it stands, for :meth:`resume`."""
        base, origin, shown, speed = map(float, (self._base(), self._origin, self._shown, self.speed))
        return ClockState(base, origin, shown, speed, self._follows)

    def resume(self, state: ClockState, *, still: bool) -> None:
        """Go on from ``state``.

        Args:
            state: Where a clock stood.
            still: Whether time has stood still since; otherwise it went on, as it does for a clock that nobody
                reads. It stands still, too, where the base has gone backwards.
        """
        speed, now = _speed(state.speed), self._base()
        passed = now - state.base if still or now < state.base else 0.0
        self.speed = speed
        self._origin, self._shown = state.origin + passed, state.shown
        self._follows = state.follows and not passed

    def _settle(self, shown: float) -> None:
        self._origin, self._shown = self._base(), shown
        self._follows = False


def _speed(speed: float) -> float:
    if not 0 <= speed < inf:
        raise ValueError(f"a clock's speed is zero or a finite number above it; got {speed}")
    return speed
