"""Digests that stand in for secrets: equal ones stay recognisable as equal, and nothing else can be learned of them."""

import re
from dataclasses import dataclass, field

FRAGMENT = 8
"""Characters of a key that give it away; shorter keys are looked for as whole values only, they are in every text."""

_DIGESTS = re.compile(r"sha256:[0-9a-f]{12}:[0-9]{1,20}(?::sha256:[0-9a-f]{12}:[0-9]{1,20})?")


@dataclass(frozen=True, slots=True, eq=False)
class Secrets:
    """What is known of the secrets in use; equal to nothing but itself, so that it is quick to look up.

    Attributes:
        salt: Random bytes of this process, 16 or more; without them a short key could be found by trying all.
        keys: Keys in use, as text.
        probes: Beginnings and ends of the keys, in lower case, as they stand in text that was read as Latin-1;
            where none of them occurs, no key and no half of a key does.
    """

    salt: bytes = field(repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    probes: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        probes = (probe for key in self.keys if key for probe in _probes(key))
        object.__setattr__(self, "probes", tuple(dict.fromkeys(probes)))


def _probes(key: str) -> tuple[str, ...]:
    if len(key) < FRAGMENT:
        return (f'"{_as_read(key)}"', f"={_as_read(key)}")
    return (_as_read(key[:FRAGMENT]), _as_read(key[-FRAGMENT:]))


def _as_read(text: str) -> str:
    return _bytes(text).decode("latin-1").lower()


def digest(secret: str | bytes, salt: bytes) -> str:
    """Return what stands in for ``secret``: ``sha256:``, 12 hexadecimal digits, and its length in bytes.

    The digits are the first of HMAC-SHA256 (RFC 2104) under ``salt``. A digest stands for itself, so that what was
    scrubbed before stays as it is.
    """
    if isinstance(secret, str) and is_digest(secret):
        return secret
    data = _bytes(secret) if isinstance(secret, str) else secret
    # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
    import hmac  # noqa: PLC0415

    return f"sha256:{hmac.digest(salt, data, 'sha256').hex()[:12]}:{len(data)}"


def is_digest(text: str) -> bool:
    """Return whether ``text`` is what :func:`digest` returns, or two of them with a colon between."""
    return text.startswith("sha256:") and _DIGESTS.fullmatch(text) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
