"""Virtual time: a clock, and an event loop on it, that leap over every pause. A named shell.

So a client that waits for minutes is through in milliseconds, and whoever waits without end is found out.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .endings import Hung

START = 1_767_225_600.0
"""Where virtual clocks begin, in seconds since the epoch."""
LONGEST = 2 * 3600.0
"""Virtual seconds after which a client hangs; upstream's own samples wait for a quarter of an hour."""
REAL_WAIT = 5.0
"""Real seconds in which a thread that is waited for has to come back."""


class VirtualClock:
    """Stands still until somebody waits.

    Attributes:
        elapsed: Seconds since it began. Counted from zero, so that timers a nanosecond apart stay apart.
        longest: Seconds after which a client that still waits is said to hang.
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self.elapsed = 0.0
        self.longest = longest

    def reset(self) -> None:
        """Begin anew."""
        self.elapsed = 0.0

    def __call__(self) -> float:
        """Return the time it shows, in seconds since the epoch."""
        return START + self.elapsed

    def monotonic(self) -> float:
        """Return the seconds since it began."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """Wait: leap forward.

        Raises:
            ValueError: ``seconds`` is below zero or no number, as ``time.sleep`` has it.
            Hung: This is longer than anybody waits.
        """
        if not seconds >= 0:
            raise ValueError("sleep length must be non-negative")
        self.elapsed += seconds
        if self.elapsed > self.longest:
            raise Hung(f"it still waits after {self.longest:.0f} s of its own time")


class _LeapingSelector(selectors.DefaultSelector):
    """Where the loop would wait for a timer, the clock leaps there."""

    clock: VirtualClock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None:
            self.clock.sleep(timeout)
            return ready
        ready = super().select(REAL_WAIT)
        if not ready:
            raise Hung("it waits for something that never comes")
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is a virtual clock's."""

    def __init__(self, clock: VirtualClock) -> None:
        selector = _LeapingSelector()
        selector.clock = clock
        self.clock = clock
        super().__init__(selector)

    def time(self) -> float:
        """Return the clock's time."""
        return self.clock.monotonic()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # typeshed has it as a coroutine-like future
        """Run ``func`` here and now: beside a thread of its own, virtual time would race ahead."""
        future = self.create_future()
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is the awaiter's
            future.set_exception(error)
        return future


def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel whatever a run has left behind on ``loop``."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


@contextmanager
def patched_time(clock: VirtualClock) -> Iterator[None]:
    """Have ``time.sleep``, ``time.time`` and ``time.monotonic`` be the clock's, wherever they are called so."""
    real = time.sleep, time.time, time.monotonic
    time.sleep, time.time, time.monotonic = clock.sleep, clock, clock.monotonic  # type: ignore[assignment]  # by design
    try:
        yield
    finally:
        time.sleep, time.time, time.monotonic = real
