"""Scrubbing bodies: JSON member by member, anything else as text."""

import msgspec

from bodydouble.contracts.pointers import JSON

from .digests import Secrets, digest
from .scrubbing import LONGEST_TEXT, is_plain, scrub_query, scrub_text, without_escapes
from .secret_names import is_secret_name

MOST_LEVELS = 64
"""Levels of a body that are looked at; what lies deeper is replaced."""

MOST_CHARACTERS = 65_536
"""Characters of a body that are looked at, long texts not counted; the others are replaced."""


def scrub_json(raw: bytes, secrets: Secrets) -> bytes:
    """Return a body with digests where secrets stood.

    A body without anything suspicious is returned as it is. What is no JSON is scrubbed as a form or as text; what is
    no text either, or has several parts, is replaced as a whole.
    """
    if is_plain(raw, secrets) and _is_utf8(raw):
        return raw
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _scrub_other(raw, secrets)
    return msgspec.json.encode(_Walk(secrets).scrub(value, 0, under_secret=False))


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _scrub_other(raw: bytes, secrets: Secrets) -> bytes:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or "form-data" in text.lower():
        return digest(raw, secrets.salt).encode()
    is_form = "=" in text and len(text.split(maxsplit=1)) == 1 and text[0] not in '{[<"'
    scrubbed = scrub_query(text, secrets) if is_form else scrub_text(without_escapes(text), secrets)
    return scrubbed.encode("utf-8", "replace")


class _Walk:
    """One walk through a JSON value."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._left = MOST_CHARACTERS

    def scrub(self, value: JSON, level: int, *, under_secret: bool) -> JSON:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, under_secret=under_secret)
        if isinstance(value, int | float):
            return self._number(value, under_secret=under_secret)
        if level >= MOST_LEVELS or len(value) > self._left:
            return self._replaced(msgspec.json.encode(value))
        self._left -= len(value)
        if isinstance(value, list):
            return [self.scrub(item, level + 1, under_secret=under_secret) for item in value]
        return {
            self._text(name, under_secret=False): self.scrub(
                member, level + 1, under_secret=under_secret or is_secret_name(name)
            )
            for name, member in value.items()
        }

    def _text(self, text: str, *, under_secret: bool) -> str:
        if not text:
            return text
        if len(text) <= LONGEST_TEXT:
            self._left -= len(text)
        return self._replaced(text) if under_secret or self._left < 0 else scrub_text(text, self._secrets)

    def _number(self, number: float, *, under_secret: bool) -> JSON:
        text = str(number)
        return self._replaced(text) if under_secret or text in self._secrets.keys else number

    def _replaced(self, secret: str | bytes) -> str:
        return digest(secret, self._secrets.salt)
