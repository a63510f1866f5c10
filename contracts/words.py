"""JSON values, places and amounts in words, short and safe to print.

Values come from outside: they may be secret, megabytes long, or hold what moves a terminal's cursor. At most
60 characters of one are shown, and only printable ones.
"""

import json
import re
from collections.abc import Iterator, Sequence

from .pointers import JSON, tokens_of

MAX_SHOWN = 60
MAX_LISTED = 20

_PLAIN_NAME = r"[^\W\d][\w-]*"
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_DIGITS_PER_BIT = 0.30103


def show(value: JSON) -> str:
    """Return ``value`` as JSON text of at most 60 characters; an ellipsis stands for the rest."""
    if isinstance(value, str):
        return _shortened(
            json.dumps(value[:MAX_SHOWN], ensure_ascii=False), '…"', longer=len(value) > MAX_SHOWN
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return _shortened(_integer(value), "…")
    return _shortened(_beginning(value), "…")


def _shortened(text: str, ending: str, *, longer: bool = False) -> str:
    shown = "".join(_printable(text))
    return shown[: MAX_SHOWN - len(ending)] + ending if longer or len(shown) > MAX_SHOWN else shown


def _printable(text: str) -> Iterator[str]:
    for character in text[: MAX_SHOWN + 1]:
        yield character if character.isprintable() else f"\\u{ord(character):04x}"


def _integer(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes out 4,300 digits at most
        return f"an integer of about {int(value.bit_length() * _DIGITS_PER_BIT)} digits"


def _beginning(value: JSON) -> str:
    text = ""
    try:
        for piece in _ENCODER.iterencode(value):
            text += piece
            if len(text) > MAX_SHOWN:
                break
    except (ValueError, RecursionError):  # an integer too long to write out, or nested beyond Python's stack
        text += "…"
    return text


def describe(value: JSON) -> str:
    """Return what kind of thing ``value`` is, and which: ``"a number (12)"``, ``"an array of 3 items"``."""
    if value is None or isinstance(value, bool):
        return show(value)
    if isinstance(value, str):
        return f"a string ({show(value)})" if value else "an empty string"
    if isinstance(value, list):
        return f"an array of {count(len(value), 'item')}" if value else "an empty array"
    if isinstance(value, dict):
        return f"an object with {count(len(value), 'property')}" if value else "an empty object"
    return f"a number ({show(value)})"


def place(pointer: str) -> str:
    """Return how a person names the place: ``"meta.usage"``, ``"images[0].url"``; the root is "the value"."""
    steps = "".join(_step(token) for token in tokens_of(pointer))
    return steps.removeprefix(".") or "the value"


def _step(token: str) -> str:
    if token.isdecimal() and len(token) < MAX_SHOWN:
        return f"[{token}]"
    return f".{token}" if re.fullmatch(_PLAIN_NAME, token) and len(token) <= MAX_SHOWN else f"[{show(token)}]"


def count(number: int, noun: str) -> str:
    """Return the amount with its noun: ``"1 item"``, ``"2 properties"``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def either(options: Sequence[str]) -> str:
    """Return the options as one phrase, each once: ``"a, b or c"``."""
    listed = _listed(tuple(dict.fromkeys(options)))
    return " or ".join(part for part in (", ".join(listed[:-1]), *listed[-1:]) if part)


def one_of(values: Sequence[JSON]) -> str:
    """Return what an enumeration demands: ``'one of "a", "b"'``; a single value stands alone."""
    listed = _listed(tuple(dict.fromkeys(show(value) for value in values)))
    return f"one of {', '.join(listed)}" if len(listed) > 1 else "".join(listed) or "nothing"


def _listed(options: tuple[str, ...]) -> tuple[str, ...]:
    more = len(options) - MAX_LISTED
    return (*options[:MAX_LISTED], f"{more} more") if more > 0 else options
