"""Limiting: how many requests a key may make, and how much can be spent; both are counted, nothing is random."""

from math import ceil

from bodydouble.mockserver.http.messages import Headers
from bodydouble.mockserver.scenes.limits import RateLimit, Taken, spend

from .judging import Refused
from .problems import Problem
from .worlds import World

TOO_MANY = "Too Many Requests"
NO_CREDIT = "Out of credit: a job costs {price} credits, {left} are left"


def admit(world: World, limit: RateLimit, key: bytes, now: float) -> Headers:
    """Take a token for ``key`` and return the headers that tell how many are left.

    The bucket fills in the world's time; headers tell the client's, which is another where the world is slowed down.

    Raises:
        Refused: 429 with ``Retry-After``; there is none.
    """
    taken = world.admit(key, limit, now)
    speed = world.clock.speed or 1.0
    headers = limit_headers(limit, taken, speed)
    if not taken.allowed:
        retry = (b"retry-after", str(ceil(taken.retry_after / speed)).encode())
        raise Refused(Problem(429, TOO_MANY, headers=(retry, *headers)))
    return headers


def limit_headers(limit: RateLimit, taken: Taken, speed: float = 1.0) -> Headers:
    """Return the bucket's size, what is left in it, and the seconds until it is full.

    Args:
        limit: The bucket.
        taken: What became of the last request.
        speed: Seconds in which it fills in one second of the client's.
    """
    until_full = ceil((limit.burst - taken.bucket.tokens) / limit.per_second / speed)
    numbers = (limit.burst, taken.remaining, until_full)
    names = (b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset")
    return [(name, str(number).encode()) for name, number in zip(names, numbers, strict=True)]


def check_credit(world: World, price: int) -> None:
    """Let a create pass that can be paid for.

    Raises:
        Refused: 403; it cannot.
    """
    enough, _ = spend(world.credit, price)
    if not enough:
        raise Refused(Problem(403, NO_CREDIT.format(price=price, left=world.credit)))


def charge(world: World, price: int) -> None:
    """Spend the price of a job that will succeed; one that fails is not charged."""
    _, world.credit = spend(world.credit, price)
