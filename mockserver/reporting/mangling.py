"""Mangled ids: what becomes of an id that is put into a URL as it is, and how it is recognised afterwards.

Ids of job APIs are hostile strings: ``UUID:vendor/model``, digits only, Base64. In a URL some of their characters mean
something else (RFC 3986 section 2.2), in a query a plus sign is a blank, and a long row of digits is no number.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from urllib.parse import unquote

_CUTS: Mapping[str, str] = MappingProxyType(
    {
        "#": "cut at '#', where a URL's fragment begins",
        "&": "cut at '&', where a query's next parameter begins",
        "?": "cut at '?', where a URL's query begins",
        ";": "cut at ';', where some query's next parameter begins",
        "/": "cut at '/', where a path's next segment begins",
        "+": "cut at '+'",
        ":": "cut at ':'",
        "%": "cut at '%'",
    }
)
_AROUND = " \t\r\n\"'<>{}[]()/,;"
_UNESCAPED = "not percent-encoded, so that its own '%' was decoded"
_SHORTEST_PART = 8
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Mangled:
    """What an id became.

    Attributes:
        id: As it was issued.
        how: What happened to it, in words that follow "was".
    """

    id: str
    how: str


class Issued:
    """The ids that were issued, prepared to recognise what became of them."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = frozenset(one for one in ids if one)
        listed = sorted(self._ids)
        self._cut = {part: Mangled(one, how) for one in listed for part, how in _parts(one)}
        self._unquoted = {unquote(one): Mangled(one, _UNESCAPED) for one in listed if "%" in one}
        self._folded = {one.casefold(): Mangled(one, "written in another case") for one in listed}
        self._numbers = {_number(one): Mangled(one, "read as a number and written again") for one in listed}

    def __contains__(self, asked: str) -> bool:
        return asked in self._ids

    def mangled(self, asked: str) -> Mangled | None:
        """Return which issued id ``asked`` once was, or None if it is one or is none at all."""
        if asked in self._ids or not asked or len(asked) > _LONGEST:
            return None
        return next(self._readings(asked), None)

    def _readings(self, asked: str) -> Iterator[Mangled]:
        yield from (Mangled(one, how) for one, how in _undone(asked) if one in self._ids)
        number = _number(asked)
        known = (
            self._unquoted.get(asked),
            self._cut.get(asked),
            self._folded.get(asked.casefold()),
            self._numbers.get(number) if number is not None else None,
        )
        yield from (mangled for mangled in known if mangled is not None)


def _parts(one: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of an id where a character ends it that means something else in a URL."""
    for mark, how in _CUTS.items():
        part, found, _ = one.partition(mark)
        if found and len(part) >= _SHORTEST_PART:
            yield part, how


def _undone(asked: str) -> Iterable[tuple[str, str]]:
    """Yield what the id was if one thing or another happened to it."""
    once = unquote(asked)
    yield asked.replace(" ", "+"), "not percent-encoded, so that its '+' became a blank"
    yield once, "percent-encoded twice"
    yield unquote(once), "percent-encoded three times"
    yield asked.strip(_AROUND), "sent with something around it"


def _number(text: str) -> float | None:
    try:
        number = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and isfinite(number) else None
