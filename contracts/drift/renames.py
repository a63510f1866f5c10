"""Which of the names that went and the names that came are the same thing."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

import msgspec

from bodydouble.contracts.pointers import JSON

THRESHOLD = 4.0
"""Evidence that makes a rename; fewer points are two changes."""
LIKENESS = 0.6
"""Share of the words of a description that makes two of them alike."""
_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*|[0-9]+")


class Named(msgspec.Struct, frozen=True):
    """Something with a name.

    Attributes:
        name: The name.
        position: Among its siblings, from 0.
        kinds: Types of its values.
        required: Whether it must be there.
        description: As written.
        traits: What else is said: default, format, listed values.
    """

    name: str
    position: int
    kinds: frozenset[str]
    required: bool
    description: str
    traits: tuple[JSON, ...]


def renames(gone: Sequence[Named], come: Sequence[Named]) -> dict[str, str]:
    """Return new names by old ones: pairs that are each other's likeliest, with evidence enough and no rival."""
    alone = len(gone) == len(come) == 1
    scores = {(a.name, b.name): _evidence(a, b, alone=alone) for a in gone for b in come}
    found: dict[str, str] = {}
    for (old, new), score in scores.items():
        rivals = [other for pair, other in scores.items() if (pair[0] == old) != (pair[1] == new)]
        if score >= THRESHOLD and all(score > rival for rival in rivals):
            found[old] = new
    return found


def _evidence(old: Named, new: Named, *, alone: bool) -> float:
    """Points for what speaks for a rename; none if the values differ or neither name nor description is alike."""
    if old.kinds != new.kinds:
        return 0
    told = _description_points(old.description, new.description)
    called = 2.0 if words_of(old.name) & words_of(new.name) else 0.0
    if not told and not called:
        return 0
    agreeing = sum(a == b for a, b in zip(old.traits, new.traits, strict=True) if a is not None)
    against = sum(a != b for a, b in zip(old.traits, new.traits, strict=True)) / 2
    placed = float(old.position == new.position)
    return (
        told + called + agreeing - against + placed + float(old.required == new.required) / 2 + float(alone)
    )


def _description_points(old: str, new: str) -> float:
    if not old or not new:
        return 0
    if old == new:
        return 3
    ours, theirs = old.lower().split(), new.lower().split()
    return 2.0 if SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= LIKENESS else 0.0


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name, however they are joined, in the singular."""
    return frozenset(_stems(_WORDS.findall(name)))


def _stems(words: Iterable[str]) -> Iterable[str]:
    return (word.lower().removesuffix("s") for word in words)
