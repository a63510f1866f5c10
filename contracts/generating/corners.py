"""The corners of a schema: a finite list of valid values, the same every time, each with what it is."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.schema.samples import Sampler, Unsampleable

from .changes import Change, Inapplicable, putting
from .corner_values import corner_values
from .image_values import sound_images
from .judges import Judge, rules_in
from .parts import part_changes
from .places import places

MAX_BASES = 40
"""Values made for alternatives; nested ones multiply."""


@dataclass(frozen=True, slots=True)
class Corner:
    """A valid value at a corner.

    Attributes:
        pointer: Where the corner is; ``""`` for the value as a whole.
        label: What it is, in words: ``"prompt: 2000 characters exactly"``.
        value: The whole value.
    """

    pointer: str
    label: str
    value: JSON


def corners(*readings: Mapping[str, JSON]) -> Iterator[Corner]:
    """Yield the corners of a schema, the plainest value first; none is yielded twice.

    Args:
        readings: A self-contained schema, or the same one in several readings: only what all accept is yielded. The
            first one is what values are made from.
    """
    root = readings[0]
    judge = Judge(*readings)
    sound = [base for base in bases(root) if judge.is_valid(base.value)]
    taken = set[str]()
    for corner in chain(sound, _changed(root, sound, judge)):
        text = json.dumps(corner.value)
        if text not in taken:
            taken.add(text)
            yield corner


def bases(root: Mapping[str, JSON]) -> Iterator[Corner]:
    """Yield the values that corners are reached from; whether they are valid is for a judge to say.

    These are one with every property, one with as few as can be, and one for each further alternative that a place
    inside can choose.
    """
    plain = []
    for wanted, label in ((True, "everything"), (False, "only what is required")):
        try:
            plain.append(Corner("", label, sampler(root, wanted=wanted).sample()))
        except Unsampleable:
            continue
    yield from plain
    yield from islice(_alternatives(root, [base.value for base in plain]), MAX_BASES)


def _alternatives(root: Mapping[str, JSON], plain: list[JSON]) -> Iterator[Corner]:
    counts = Counter(place.pointer for place in places(root))
    for place in places(root):
        if counts[place.pointer] > 1:
            view = {**place.view, "$defs": root.get("$defs", {})}
            try:
                change = putting(place.pointer, "another alternative", sampler(view, wanted=True).sample())
                yield Corner(place.pointer, change.label, change.applied(plain[0]))
            except (Unsampleable, Inapplicable, IndexError):
                continue


def changes_of(root: Mapping[str, JSON]) -> Iterator[Change]:
    """Yield every change that leads from a base to a candidate for a corner."""
    for place in places(root):
        for what, value in corner_values(place.view):
            yield putting(place.pointer, what, value)
        yield from part_changes(place)


def _changed(root: Mapping[str, JSON], sound: list[Corner], judge: Judge) -> Iterator[Corner]:
    for change in changes_of(root):
        for base in sorted(sound, key=lambda base: not has(base.value, change.pointer)):
            try:
                value = change.applied(base.value)
            except Inapplicable:
                continue
            if judge.is_valid(value):
                yield Corner(change.pointer, change.label, value)
                break


def has(value: JSON, pointer: str) -> bool:
    """Return whether there is such a place in a value."""
    try:
        look_up(value, pointer)
    except LookupError:
        return False
    return True


def sampler(root: Mapping[str, JSON], *, wanted: bool) -> Sampler:
    """Return what makes a plain value of ``root``, with all optional properties or with none."""
    return Sampler(root, leaf=_leaf, wanted=lambda _pointer: wanted)


def _leaf(_pointer: str, schema: Mapping[str, JSON]) -> Iterator[JSON]:
    """Of images, those that keep their rules."""
    rules = rules_in(schema)
    for _, image in sound_images(rules) if rules else ():
        yield image
