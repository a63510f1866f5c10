"""Ids of jobs and of replies: version 4 UUIDs (RFC 9562) cut from a pool of random bytes.

A pool because asking for sixteen bytes at a time costs a tenth of a create. A plain pseudo-random generator because
a seeded run must repeat to the byte; ids of a double guard nothing.
"""

from collections.abc import Iterator
from random import Random

POOL = 256


def ids(rng: Random) -> Iterator[str]:
    """Yield version 4 UUIDs in their usual form, without end."""
    while True:
        digits = rng.randbytes(16 * POOL).hex()
        for start in range(0, 32 * POOL, 32):
            yield _uuid(digits[start : start + 32])


def _uuid(digits: str) -> str:
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
