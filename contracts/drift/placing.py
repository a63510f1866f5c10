"""Lines and columns of the places where changes were made."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.positions import Position, positions

from .changes import Change, Place

TextOf: TypeAlias = Callable[[str], bytes | None]
"""The text in which a document of a given name is written; None where it cannot be had."""


class Lines:
    """Positions of both sides, found once."""

    def __init__(
        self, old: Mapping[tuple[str, str], Position], new: Mapping[tuple[str, str], Position]
    ) -> None:
        self._old = old
        self._new = new

    def old(self, place: Place) -> Position | None:
        """Return where a place is in the old document, or None where that is not known."""
        return self._old.get((place.old_source, place.old_pointer))

    def new(self, place: Place) -> Position | None:
        """Return where a place is in the new document, or None where that is not known."""
        return self._new.get((place.new_source, place.new_pointer))


NOWHERE = Lines({}, {})
"""For reports that show no lines."""


def lines_of(changes: Iterable[Change], old: TextOf, new: TextOf) -> Lines:
    """Return where the places of ``changes`` are; each document is read once."""
    places = [place for change in changes for place in change.places]
    return Lines(
        _positions(((place.old_source, place.old_pointer) for place in places), old),
        _positions(((place.new_source, place.new_pointer) for place in places), new),
    )


def _positions(wanted: Iterable[tuple[str, str]], text_of: TextOf) -> dict[tuple[str, str], Position]:
    pointers: dict[str, list[str]] = {}
    for source, pointer in wanted:
        if source:
            pointers.setdefault(source, []).append(pointer)
    found = {}
    for source, listed in pointers.items():
        text = text_of(source)
        for pointer, position in _in_text(text, source, listed).items():
            found[source, pointer] = position
    return found


def _in_text(text: bytes | None, source: str, pointers: list[str]) -> dict[str, Position]:
    try:
        return positions(text, source, pointers) if text is not None else {}
    except DocumentError:  # it was read before and is another one now
        return {}
