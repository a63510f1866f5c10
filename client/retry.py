"""What an outcome means and how long to wait: pure, as tables.

A create and a poll read the same outcome differently: sending a create again may buy twice, sending a poll
again costs nothing.
"""

import random
import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from .api import Api
from .errors import ConfigurationError
from .parsing import is_own_refusal, object_in
from .steps import Failed, Reply

_LONGEST = 1e8  # three years; beyond it, sleeping overflows
_LARGEST_GROWTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the client asks, all in seconds unless said otherwise.

    Attributes:
        first_poll: From the create to the first poll.
        interval: Between the first two polls.
        growth: Factor from one interval to the next.
        longest: Longest interval.
        jitter: Share by which every pause varies up and down, so that clients do not march in step.
        poll_timeout: For one poll, everything included.
        create_timeout: For one create, everything included, further attempts too.
        least_answer: A create is not sent again with less than this left to hear the answer (or half its time).
        connect_attempts: Most attempts at a create that does not reach the server (a number, not seconds).
        settle: How long after its create a job may be unknown to the server (404).
        stall: Longest silence during a download before the connection is given up.
    """

    first_poll: float = 2.0
    interval: float = 2.0
    growth: float = 1.5
    longest: float = 15.0
    jitter: float = 0.1
    poll_timeout: float = 20.0
    create_timeout: float = 180.0
    least_answer: float = 10.0
    connect_attempts: int = 5
    settle: float = 30.0
    stall: float = 30.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not (isinstance(value, int | float) and 0 <= value <= _LONGEST):
                raise ConfigurationError(
                    f"{name} must be a number from 0 to {_LONGEST:.0f}, got {str(value)[:80]}"
                )
        if not 1 <= self.growth <= _LARGEST_GROWTH or self.jitter > 1:
            raise ConfigurationError(f"growth must be 1 to {_LARGEST_GROWTH}, and jitter at most 1")
        if not all((self.poll_timeout, self.create_timeout, self.stall, self.connect_attempts)):
            raise ConfigurationError(
                "poll_timeout, create_timeout, stall and connect_attempts must be more than 0"
            )


class Fate(Enum):
    """What became of a create."""

    ACCEPTED = auto()  # a job may be read from the reply
    NOT_SENT = auto()  # surely not received: send again
    BUSY = auto()  # refused for now: send again
    REFUSED = auto()
    UNKNOWN = auto()  # perhaps accepted: never send again


# Refusals by their very meaning: nothing was done here, the same request belongs elsewhere (RFC 9110
# sections 15.4.8, 15.4.9). Other redirects may follow work that was done.
_POINTS_ELSEWHERE = frozenset({307, 308})
_REQUEST_TIMEOUT, _TOO_MANY, _UNAVAILABLE, _NOT_FOUND = 408, 429, 503, 404


def fate_of_create(answer: Reply | Failed, api: Api) -> Fate:
    """Return what became of a create.

    ======================================================  ========
    answer                                                  fate
    ======================================================  ========
    not one byte was sent (refused, DNS, timeouts before)   NOT_SENT
    sent, and no reply                                      UNKNOWN
    2xx with a whole JSON object                            ACCEPTED
    2xx otherwise                                           UNKNOWN
    307, 308                                                REFUSED
    429                                                     BUSY
    408                                                     UNKNOWN
    other 4xx                                               REFUSED
    503 in the API's error shape with Retry-After           BUSY
    other 5xx in the API's error shape                      REFUSED
    everything else                                         UNKNOWN
    ======================================================  ========
    """
    if isinstance(answer, Failed):
        return Fate.UNKNOWN if answer.sent else Fate.NOT_SENT
    status = answer.status
    if answer.successful:
        return Fate.ACCEPTED if not answer.cut and object_in(answer.body) is not None else Fate.UNKNOWN
    if status == _TOO_MANY:
        return Fate.BUSY
    if status in _POINTS_ELSEWHERE or (answer.blames_client and status != _REQUEST_TIMEOUT):
        return Fate.REFUSED
    if answer.blames_server and not answer.cut and is_own_refusal(answer.body, status, api):
        return Fate.BUSY if status == _UNAVAILABLE and retry_after(answer) is not None else Fate.REFUSED
    return Fate.UNKNOWN


class Verdict(Enum):
    """What a poll told."""

    TOLD = auto()
    AGAIN = auto()  # nothing about the job: ask again
    REFUSED = auto()
    NOT_FOUND = auto()


_POLL_AGAIN = frozenset({408, 425, _TOO_MANY})
_MOVED_FOR_GOOD = frozenset({301, 308})


def verdict_of_poll(answer: Reply | Failed, *, young: bool) -> Verdict:
    """Return what a poll told.

    Args:
        answer: What came of it.
        young: Whether the job was created so recently that the server may not know it yet.
    """
    if isinstance(answer, Failed):
        return Verdict.AGAIN
    status = answer.status
    if answer.successful:
        return Verdict.TOLD if not answer.cut and object_in(answer.body) is not None else Verdict.AGAIN
    if status == _NOT_FOUND:
        return Verdict.AGAIN if young else Verdict.NOT_FOUND
    if status in _MOVED_FOR_GOOD or (answer.blames_client and status not in _POLL_AGAIN):
        return Verdict.REFUSED
    return Verdict.AGAIN


def retry_after(answer: Reply | Failed) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, or None if it is absent or unreadable.

    Both forms of RFC 9110 section 10.2.3 are read. A date is counted from the reply's own ``Date``, so that
    a wrong clock on either side does no harm, else from ours; one in the past is 0.
    """
    if isinstance(answer, Failed):
        return None
    text = answer.header("retry-after").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text), _LONGEST)
    until, since = _epoch(text), _epoch(answer.header("date"))
    if until is None:
        return None
    return min(max(0.0, until - (answer.wall if since is None else since)), _LONGEST)


def _epoch(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def poll_pause(count: int, pace: Pace, rng: random.Random) -> float:
    """Return the seconds before poll number ``count`` (0 is the first after a create)."""
    if count == 0:
        return _jittered(pace.first_poll, pace, rng)
    # The exponent is bounded because a float's power overflows after some hundred polls.
    steps = min(count - 1, 64)
    return _jittered(min(pace.longest, pace.interval * pace.growth**steps), pace, rng)


def create_pause(count: int, pace: Pace, rng: random.Random) -> float:
    """Return the seconds before attempt number ``count`` (1 is the second) of a create."""
    return _jittered(min(pace.longest, 0.5 * 2.0 ** min(count - 1, 64)), pace, rng)


def _jittered(seconds: float, pace: Pace, rng: random.Random) -> float:
    return seconds * (1 + pace.jitter * (2 * rng.random() - 1))
