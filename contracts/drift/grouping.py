"""The same change in many files as one change with many places."""

import json
from collections.abc import Iterable

from msgspec.structs import replace

from .changes import Change, Impact, Place

ORDER = tuple(Impact)
"""Worst first."""


def together(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return each change once, with every place where it was made, in the order in which they first come.

    Changes are the same if rule, impact, subject, old and new are. Words and witness are those of the first.
    """
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(_identity(change), []).append(change)
    return tuple(_merged(same) for same in found.values())


def _identity(change: Change) -> str:
    named = [change.rule, change.impact, change.subject, change.survives, change.reverted_to]
    return json.dumps([*named, change.old, change.new], sort_keys=True)


def _merged(same: list[Change]) -> Change:
    if len(same) == 1:
        return same[0]
    places: dict[Place, None] = {}
    for change in same:
        places.update(dict.fromkeys(change.places))
    witness = next(
        (each.witness for each in same if each.witness and not each.witness.problem), same[0].witness
    )
    return replace(same[0], places=tuple(places), witness=witness)


def worst_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes by impact; equals keep their order."""
    return tuple(sorted(changes, key=lambda change: ORDER.index(change.impact)))


def files_of(change: Change) -> tuple[str, ...]:
    """Return the names of the documents in which the change was made, each once: the new ones where there are any."""
    return tuple(dict.fromkeys(place.new_source or place.old_source for place in change.places))
