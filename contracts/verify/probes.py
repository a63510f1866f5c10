"""Requests that cost nothing: what every server must refuse, whatever it makes."""

from collections.abc import Iterator
from random import Random

from .asking import Asked, Meant, Requests

METHODS = ("PUT", "DELETE", "PATCH")
"""Those that no job API has beside its create."""
ODD_IDS = (
    "0",
    "-Dq3dT9a_x7",
    "123456789012345",
    "a/b:c",
    "..%2f..%2fetc",
    "'; DROP TABLE jobs; --",
    "\U0001f3ac",
    "x" * 300,
)
"""Ids that no server has issued: shapes of other vendors' ids, and text that is put together carelessly somewhere."""


def unknown_ids(rng: Random) -> tuple[str, ...]:
    """Return ids that were never issued; the first look as most ids do."""
    digits = f"{rng.getrandbits(128):032x}"
    first = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
    return (first, f"{rng.getrandbits(96):024x}", *ODD_IDS)


def free_probes(requests: Requests, rng: Random) -> Iterator[Asked]:
    """Yield polls that no job answers; none of them can cost anything.

    The first is plain and carries the key: what it is answered tells whether anything can be looked at.
    """
    ids = unknown_ids(rng)
    for job in ids:
        yield requests.poll(job, Meant.UNKNOWN)
    yield requests.poll(ids[0], Meant.KEYLESS)
    incomplete = requests.incomplete_poll()
    if incomplete is not None:
        yield incomplete


def risky_probes(requests: Requests, body: bytes) -> Iterator[Asked]:
    """Yield what a sound server refuses for nothing, and a broken one may charge for.

    Args:
        requests: Of the job pattern.
        body: A valid create.
    """
    yield requests.create_raw(body, keyed=False)
    for broken in (b"", b"{", body[:-1], b"\xff\xfe", b"null", b"[]", body + body):
        yield requests.create_raw(broken)
    for method in METHODS:
        yield requests.other_method(method)
