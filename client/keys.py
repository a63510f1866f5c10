"""The key: where it comes from, what is refused, and that it is never shown."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from .errors import KeyMalformed, KeyMissing


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
