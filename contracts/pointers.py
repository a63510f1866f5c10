"""JSON values and JSON Pointers (RFC 6901)."""

import re
from collections.abc import Iterable
from typing import TypeAlias

_INDEX = r"0|[1-9][0-9]{0,17}"  # RFC 6901 section 4; no list is longer than that has digits

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"
"""Any JSON value as Python's decoder gives it."""


def escape(token: str) -> str:
    """Return one reference token with ``~`` and ``/`` escaped (RFC 6901 section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return one reference token as the key it stands for (RFC 6901 section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def pointer(tokens: Iterable[str | int]) -> str:
    """Return the pointer that names ``tokens``, from the root down."""
    return "".join(f"/{escape(str(token))}" for token in tokens)


def join(base: str, *tokens: str | int) -> str:
    """Return ``base`` extended by ``tokens``."""
    return base + pointer(tokens)


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the reference tokens of a pointer.

    Raises:
        ValueError: ``text`` is neither empty nor begins with a slash.
    """
    if text and not text.startswith("/"):
        raise ValueError(f"a JSON Pointer is empty or begins with '/': {text!r}")
    return tuple(unescape(token) for token in text.split("/")[1:])


def look_up(document: JSON, text: str) -> JSON:
    """Return the value that the pointer ``text`` names in ``document``.

    Raises:
        LookupError: Nothing is there.
        ValueError: ``text`` is no pointer.
    """
    value = document
    for name in tokens_of(text):
        value = _child(value, name)
    return value


def _child(value: JSON, name: str) -> JSON:
    if isinstance(value, dict):
        return value[name]
    if isinstance(value, list) and re.fullmatch(_INDEX, name):
        return value[int(name)]
    raise LookupError(name)
