"""Ids of jobs and of replies: version 4 UUIDs (RFC 9562) cut from a pool of random bytes.

A pool because asking for sixteen bytes at a time costs a tenth of a create. A plain pseudo-random generator because
a seeded run must repeat to the byte; ids of a double guard nothing.
"""

from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from random import Random
from urllib.parse import quote, unquote

from bodydouble.mockserver.scenes.scenarios import Ids

POOL = 256
_VARIANTS: Mapping[str, str] = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_URL_SAFE = str.maketrans("+/", "-_")


def ids(rng: Random, skip: int = 0) -> Iterator[str]:
    """Yield version 4 UUIDs in their usual form, without end; ``skip`` says how many of the first are left out."""
    for _ in range(skip // POOL):
        rng.randbytes(16 * POOL)
    first = skip % POOL
    while True:
        digits = rng.randbytes(16 * POOL).hex()
        yield from [_uuid(digits[start : start + 32]) for start in range(32 * first, 32 * POOL, 32)]
        first = 0


def _uuid(d: str) -> str:
    return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-{_VARIANTS[d[16]]}{d[17:20]}-{d[20:]}"


def odd_id(uuid: str, form: Ids) -> str:
    """Return an id of another form, as unique as ``uuid``: each has been seen in the wild or uses what RFC 3986 allows.

    None of them needs to be escaped in JSON or in a header.
    """
    digits = uuid.replace("-", "")
    match form:
        case Ids.UUID:
            return uuid
        case Ids.DIGITS:
            return f"{10**14 + int(digits, 16) % (9 * 10**14)}"
        case Ids.LONG_DIGITS:
            return f"{10**19 + int(digits, 16) % (9 * 10**19)}"
        case Ids.PATH:
            return f"{uuid}:vendor/model"
        case Ids.DASH:
            return f"-{_url_safe(bytes.fromhex(digits))}"
        case Ids.MARKS:
            return f"{digits[:8]}+{digits[8:16]}/%2F?a={digits[16:24]}&b=#{digits[24:]}=="


def _url_safe(raw: bytes) -> str:
    """Base64 for URLs (RFC 4648 section 5), without padding."""
    return b2a_base64(raw, newline=False).decode().translate(_URL_SAFE).rstrip("=")


def file_name(job_id: str) -> str:
    """Return an id as one segment of a path that survives every decoding; UUIDs stay as they are."""
    return quote(job_id, safe="").replace("~", "%7E").replace("%", "~")


def named_by(file: str) -> str:
    """Return the id whose :func:`file_name` this is."""
    return unquote(file.replace("~", "%"))
