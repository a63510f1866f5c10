"""Limits that count: a token bucket for each key, and a balance that goes down. Both are pure."""

from math import ceil

import msgspec

NEARLY = 1e-6
"""Tokens that may be missing: seconds since the epoch have no more digits than that."""


class RateLimit(msgspec.Struct, frozen=True):
    """A token bucket's size and how fast it fills.

    Attributes:
        burst: Requests that may come at once.
        per_second: Requests that may come in a second for ever.
    """

    burst: int
    per_second: float

    def __post_init__(self) -> None:
        if self.burst < 1 or not self.per_second > 0:
            raise ValueError(
                f"a rate limit lets something through; got {self.burst} at {self.per_second} a second"
            )


class Bucket(msgspec.Struct, frozen=True):
    """How full a bucket was at a moment.

    Attributes:
        tokens: Requests it would have let through.
        at: Seconds since the epoch.
    """

    tokens: float
    at: float


class Taken(msgspec.Struct, frozen=True):
    """What became of a request for a token.

    Attributes:
        bucket: The bucket afterwards.
        allowed: Whether there was a token.
        remaining: Whole tokens left.
        retry_after: Whole seconds until there is one; 0 if there was.
    """

    bucket: Bucket
    allowed: bool
    remaining: int
    retry_after: int


def take(limit: RateLimit, bucket: Bucket | None, now: float) -> Taken:
    """Take a token at ``now``; None is a bucket never used, which is full."""
    before = bucket or Bucket(float(limit.burst), now)
    filled = min(limit.burst, before.tokens + max(0.0, now - before.at) * limit.per_second)
    latest = max(now, before.at)
    if filled > 1 - NEARLY:
        left = max(0.0, filled - 1)
        return Taken(Bucket(left, latest), allowed=True, remaining=int(left + NEARLY), retry_after=0)
    wait = max(1, ceil((1 - filled) / limit.per_second))
    return Taken(Bucket(filled, latest), allowed=False, remaining=0, retry_after=wait)


def spend(balance: int | None, price: int) -> tuple[bool, int | None]:
    """Return whether ``balance`` pays ``price``, and what is left; a balance of None never ends."""
    if balance is None:
        return True, None
    return (True, balance - price) if balance >= price else (False, balance)
