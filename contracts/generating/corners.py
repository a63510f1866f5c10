"""The corners of a schema: a finite list of valid values, the same every time, each with what it is."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Sampler, Unsampleable

from .changes import Change, Inapplicable, putting
from .corner_values import corner_values
from .image_values import sound_images
from .judges import Judge, rules_in
from .parts import part_changes
from .places import places


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
    taken = set[str]()
    for corner in _candidates(root):
        text = json.dumps(corner.value)
        if text not in taken and judge.is_valid(corner.value):
            taken.add(text)
            yield corner


def bases(root: Mapping[str, JSON]) -> Iterator[Corner]:
    """Yield the values that corners are reached from: with every property, and with as few as can be."""
    for wanted, label in ((True, "everything"), (False, "only what is required")):
        try:
            yield Corner("", label, _sampler(root, wanted=wanted).sample())
        except Unsampleable:
            continue


def changes_of(root: Mapping[str, JSON]) -> Iterator[Change]:
    """Yield every change that leads from a base to a candidate for a corner."""
    for place in places(root):
        for what, value in corner_values(place.view):
            yield putting(place.pointer, what, value)
        yield from part_changes(place)


def _candidates(root: Mapping[str, JSON]) -> Iterator[Corner]:
    known = list(bases(root))
    yield from known
    for change in changes_of(root):
        for base in known:
            try:
                yield Corner(change.pointer, change.label, change.applied(base.value))
            except Inapplicable:
                continue
            break
        if change.constant:
            yield from _sought(root, change)


def _sought(root: Mapping[str, JSON], change: Change) -> Iterator[Corner]:
    """The value with the change made where it takes choosing another alternative around it to be valid."""
    if change.pointer.count("/") > 1:
        sampler = _sampler(root, wanted=True, fixed={change.pointer: change.make(None)})
        try:
            yield Corner(change.pointer, change.label, sampler.sample())
        except Unsampleable:
            return


def _sampler(root: Mapping[str, JSON], *, wanted: bool, fixed: Mapping[str, JSON] | None = None) -> Sampler:
    return Sampler(root, leaf=_leaf, wanted=lambda _pointer: wanted, fixed=fixed or {})


def _leaf(_pointer: str, schema: Mapping[str, JSON]) -> Iterator[JSON]:
    """Of images, those that keep their rules."""
    rules = rules_in(schema)
    for _, image in sound_images(rules) if rules else ():
        yield image
