"""One cause, one change: what was done to several operations at once is told once."""

import json
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from .changes import Change, Impact, Place

_ORDER = tuple(Impact)


def one_for_each_cause(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes, worst first, those with the same cause as one with all its places; else in their order.

    The same cause is behind changes of the same rule and impact, from the same to the same, at the same place of a
    body, whichever operation or reply it is of, or at the same places of the documents, wherever those are referred
    to; and behind paths that moved because what they begin with did.
    """
    merged = _grouped(_grouped(changes, _where_in_documents), _cause)
    return tuple(sorted(merged, key=lambda change: _ORDER.index(change.impact)))


def _grouped(changes: Iterable[Change], key: Callable[[Change], str]) -> list[Change]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(key(change), []).append(change)
    return [_merged(same) for same in found.values()]


def _where_in_documents(change: Change) -> str:
    """Whatever is not about a place within a schema stands for itself."""
    place = change.places[0]
    said = [change.rule, change.impact, change.old, change.new]
    direction, _, where = change.subject.partition(" ")
    if "/" not in where or not place.old_pointer or not place.new_pointer:
        return json.dumps([*said, place.operation, change.subject])
    name = where.rpartition("/")[2]
    stands = (place.old_source, place.old_pointer, place.new_source, place.new_pointer)
    return json.dumps([*said, direction, name, *stands])


def _cause(change: Change) -> str:
    direction, _, rest = change.subject.partition(" ")
    where = f"{direction} {rest[rest.index('/') :]}" if "/" in rest else change.subject
    said = (change.old, change.new)
    if change.rule == "path-moved" and isinstance(change.old, str) and isinstance(change.new, str):
        said = _beginnings(change.old, change.new)
    return json.dumps([change.rule, change.impact, where, *said], sort_keys=True)


def _beginnings(old: str, new: str) -> tuple[str, str]:
    """The paths without what both end with."""
    ours, theirs = old.split("/"), new.split("/")
    while ours and theirs and ours[-1] == theirs[-1]:
        ours.pop()
        theirs.pop()
    return "/".join(ours), "/".join(theirs)


def _merged(same: list[Change]) -> Change:
    first = same[0]
    if len(same) == 1:
        return first
    places: dict[Place, None] = dict.fromkeys(place for change in same for place in change.places)
    others = dict.fromkeys(change.message for change in same[1:] if change.message != first.message)
    return replace(first, places=tuple(places), consequences=(*first.consequences, *others))
