"""When to ask again: intervals between polls, and what Retry-After says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bodydouble.contracts.checks.exchanges import Exchange

TOO_MANY = 429
UNAVAILABLE = 503
LONGEST_WAIT = 300.0
"""Seconds that a server may make one wait; more is cut to this."""
MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a job is polled.

    Attributes:
        interval: Seconds between two polls of one job, at first.
        longest: Seconds that the interval may grow to.
        growth: What it grows by from poll to poll.
        job_timeout: Seconds after which a job that has not ended never will.
    """

    interval: float = 10.0
    longest: float = 15.0
    growth: float = 1.2
    job_timeout: float = 1000.0

    @property
    def least(self) -> float:
        """Seconds that pass between two polls of one job at least; on this machine none need to."""
        return self.interval if self.interval >= 1 else 0.0

    def after(self, polls: int) -> float:
        """Return the seconds to wait after so many polls."""
        grown = self.interval
        for _ in range(min(polls, 50)):
            grown *= self.growth
            if grown >= self.longest:
                return max(self.longest, self.interval)
        return grown


LOCAL = Pace(interval=0.02, longest=1.0, growth=1.3, job_timeout=600.0)
"""For servers on this machine, whose jobs may be quick and whose polls cost nothing."""


MOVED = Pace(interval=2.0, longest=15.0, growth=1.3)
"""For servers whose clock is moved: every status can be seen, and time costs nothing."""


def retry_after(exchange: Exchange) -> float | None:
    """Return the seconds that a reply asks to wait (RFC 9110 section 10.2.3); None where it asks nothing readable."""
    given = exchange.reply.field("retry-after")
    if given is None:
        return None
    text = given.strip()
    if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS:
        return float(text)
    return _until(text, exchange.reply.field("date"))


def asked_wait(exchange: Exchange) -> float:
    """Return the seconds that a reply asks to wait before the next poll, no more than are bearable."""
    return min(retry_after(exchange) or 0.0, LONGEST_WAIT)


def is_readable(value: str) -> bool:
    """Return whether Retry-After is one of its two forms: seconds, or a date."""
    try:
        _moment(value)
    except (ValueError, TypeError, OverflowError):
        return value.strip().isascii() and value.strip().isdecimal()
    return True


def _until(text: str, date: str | None) -> float | None:
    """The wait until a date, by the server's own clock."""
    if date is None:
        return None
    try:
        seconds = (_moment(text) - _moment(date)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(seconds, 0.0)


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def backoff(exchange: Exchange, tries: int) -> float:
    """Return the seconds to wait before a request that was refused for the moment is sent again."""
    asked = retry_after(exchange)
    return min(asked if asked is not None else 0.5 * 2**tries, LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Time:
    """The time of a run.

    Attributes:
        clock: Seconds.
        sleep: Lets seconds pass: it waits for them, or moves the clock.
        wall: Real seconds, where ``sleep`` moves the clock so that hours cost nothing; None where it waits.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    wall: Callable[[], float] | None = None

    @property
    def moves(self) -> bool:
        """Whether ``sleep`` moves the clock."""
        return self.wall is not None

    def real(self) -> float:
        """Return real seconds."""
        return self.clock() if self.wall is None else self.wall()
