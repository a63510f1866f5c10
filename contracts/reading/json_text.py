"""JSON text (RFC 8259) to a document, strictly, with errors that say where and what was expected."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NoReturn

from bodydouble.contracts.pointers import JSON, join

from .documents import Document, DocumentError, checked, too_deep

_EXPECTED: Mapping[str, str] = {
    "Expecting value": "a value: an object, array, string, number, true, false or null",
    "Expecting ',' delimiter": "a comma or the closing bracket",
    "Expecting ':' delimiter": "a colon after the name",
    "Expecting property name enclosed in double quotes": "a name in double quotes",
    "Unterminated string": "the closing double quote of the string that begins here",
    "Invalid control character": "line breaks and other control characters in strings to be escaped",
    "Invalid \\": 'an escape that JSON knows: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hex digits',
    "Extra data": "nothing after the end of the document",
    "Illegal trailing comma": "another member after the comma, or no comma",
}
"""What to tell a person, by the beginning of what the standard library says."""

_OUTSIDE_STRINGS = r'"(?:[^"\\]|\\.)*"|({})'
_NO_NUMBER = re.compile(_OUTSIDE_STRINGS.format(r"NaN|-?Infinity|-?[0-9.]+(?:[eE][+-]?[0-9]+)?"), re.DOTALL)
_LONG_NUMBER = re.compile(_OUTSIDE_STRINGS.format("[0-9]{4000,}"), re.DOTALL)
_EXCERPT = 20


class _NoNumberError(ValueError):
    """JSON has no such number; the argument is what was written."""


def parse_json(text: str, source: str) -> Document:
    """Return the document that ``text`` writes; names that repeat are listed, the last one counts.

    Raises:
        DocumentError: ``text`` is no JSON, has a number that is none (NaN, Infinity, 1e999) or that is
            thousands of digits long, is nested more than 100 levels deep, or holds half a surrogate pair.
    """
    repeated: list[tuple[dict[str, JSON], str]] = []

    def members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.extend((found, name) for name in _repeated(pairs))
        return found

    value = _loaded(text, source, members)
    return checked(Document(value, tuple(_pointers(value, repeated))), text, source)


def _loaded(text: str, source: str, members: object) -> JSON:
    try:
        value: JSON = json.loads(
            text,
            object_pairs_hook=members,  # type: ignore[arg-type]  # the hook's type names every JSON value
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except RecursionError:
        raise too_deep(source) from None
    except json.JSONDecodeError as error:
        raise _no_json(error, source) from None
    except _NoNumberError as error:
        raise _no_such_number(text, source, str(error)) from None
    except ValueError:
        # Python reads no integer of more than 4,300 digits: the work is quadratic in their number.
        raise _long_number(text, source) from None
    return value


def _no_number(written: str) -> NoReturn:
    raise _NoNumberError(written)


def _finite(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _no_number(written)


def _repeated(pairs: list[tuple[str, JSON]]) -> tuple[str, ...]:
    times = Counter(name for name, _ in pairs)
    return tuple(name for name, count in times.items() if count > 1)


def _pointers(value: JSON, repeated: list[tuple[dict[str, JSON], str]]) -> Iterator[str]:
    """The decoder's hook sees objects without their place, so their places are looked up afterwards."""
    names: dict[int, list[str]] = {}
    for holder, name in repeated:
        names.setdefault(id(holder), []).append(name)
    places: list[tuple[str, JSON]] = [("", value)] if names else []
    while places:
        place, node = places.pop()
        yield from (join(place, name) for name in names.get(id(node), ()))
        if isinstance(node, dict):
            places.extend((join(place, name), child) for name, child in node.items())
        elif isinstance(node, list):
            places.extend((join(place, index), child) for index, child in enumerate(node))


def _no_json(error: json.JSONDecodeError, source: str) -> DocumentError:
    rest = error.doc[error.pos :]
    cut = not rest.strip() or error.msg.startswith("Unterminated string")
    return DocumentError(
        source,
        "not JSON",
        line=error.lineno,
        column=error.colno,
        expected=next((text for said, text in _EXPECTED.items() if error.msg.startswith(said)), error.msg),
        got=repr(rest[:_EXCERPT]) if rest.strip() else "the end of the text",
        hint="the text looks cut off: fetch it again" if cut else "python3 -m json.tool FILE checks the rest",
    )


def _no_such_number(text: str, source: str, written: str) -> DocumentError:
    line, column = _position(text, _NO_NUMBER, written)
    return DocumentError(
        source,
        "not JSON",
        line=line,
        column=column,
        expected="a finite number",
        got=written[:_EXCERPT],
        hint="JSON has no NaN and no infinity: write null, or leave the member out",
    )


def _long_number(text: str, source: str) -> DocumentError:
    line, column = _position(text, _LONG_NUMBER)
    message = "a number is too long to be read"
    return DocumentError(source, message, line=line, column=column, expected="at most 4,300 digits")


def _position(text: str, wanted: re.Pattern[str], written: str = "") -> tuple[int, int]:
    """Line and column, from 1, of the first match outside strings that reads as ``written``."""
    matches = (match for match in wanted.finditer(text) if match[1] and (not written or match[1] == written))
    start = next((match.start() for match in matches), 0)
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
