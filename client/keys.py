"""The key: where it comes from, what is refused, and that it is never shown."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from .errors import KeyMalformed, KeyMissing

_SHORTEST_MASKED = 8  # shorter keys are words that honest replies contain


class Key:
    """A secret that does not show itself.

    Compare, print or log it as you like: only :meth:`reveal` gives the text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself."""
        return self._text

    def masked_in(self, text: bytes) -> bytes:
        """Return ``text`` with asterisks in place of the key, if that is long enough to be no honest word.

        A server that echoes it may write any of its characters as JSON, a URL or a page has them escaped.
        """
        if len(self._text) < _SHORTEST_MASKED:
            return text
        if not re.search(rb"[\\%&]", text):
            return text.replace(self._text.encode(), b"***")
        return re.sub(b"".join(map(_written, self._text)), b"***", text)

    def __repr__(self) -> str:
        return "Key('***')"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


def checked(text: str, source: str) -> Key:
    """Return ``text`` as a key.

    Args:
        text: The key.
        source: Where it came from, for the message.

    Raises:
        KeyMalformed: It is empty, or has whitespace, control characters or anything else that cannot
            stand in a header field (RFC 9110 section 5.5, RFC 6750 section 2.1). It is not shown.
    """
    if not text:
        raise KeyMalformed(f"the key from {source} is empty")
    for position, character in enumerate(text):
        if not "!" <= character <= "~":
            raise KeyMalformed(
                f"the key from {source} cannot be sent: character {position + 1} of {len(text)} is "
                f"{_described(character)}; copy the key alone, without quotes, a line end or a word before it"
            )
    return Key(text)


def _written(character: str) -> bytes:
    """Return a pattern for the ways to write ``character``: plain, and as JSON, URLs and HTML escape it."""
    code = ord(character)
    escapes = rf"(?i:\\u{code:04x}|%{code:02x}|&#0*{code};|&#x0*{code:x};)"
    others = (f"\\{character}", html.escape(character), character)  # the longest first, lest its end be left
    return "|".join((f"(?:{escapes}", *map(re.escape, others))).encode() + b")"


def _described(character: str) -> str:
    if character.isspace():
        return "whitespace"
    return "a control character" if character < " " or character == "\x7f" else "not ASCII"


def key_from(environ: Mapping[str, str], variables: Sequence[str]) -> Key:
    """Return the key in the first of ``variables`` that is set and not empty.

    Raises:
        KeyMissing: None is.
        KeyMalformed: It cannot be a key.
    """
    for name in variables:
        if environ.get(name):
            return checked(environ[name], f"the environment variable {name}")
    raise KeyMissing(f"no key: set {' or '.join(variables)}, or pass api_key")
