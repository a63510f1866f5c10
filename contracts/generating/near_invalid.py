"""Values that break exactly one rule of a schema, the same every time, each with the rule it breaks.

Whether a value is invalid, where and by which keyword is what validating it says, never what it was made for.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bodydouble.contracts.pointers import JSON

from .breaking_values import breaking_values
from .changes import Change, Inapplicable, putting
from .corners import bases
from .judges import Judge
from .parts import part_changes
from .places import places


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that breaks one rule.

    Attributes:
        pointer: The place that the judge complains about.
        keyword: The keyword that is broken there: JSON Schema's, or ``image``.
        label: What was done to a valid value, in words.
        expected: What should have been there, in words.
        value: The whole value.
    """

    pointer: str
    keyword: str
    label: str
    expected: str
    value: JSON


def near_invalid(*readings: Mapping[str, JSON]) -> Iterator[Broken]:
    """Yield values that break one rule; each once.

    Args:
        readings: A self-contained schema, or the same one in several readings: only what all refuse is yielded. The
            last one says what is wrong.
    """
    judge = Judge(*readings)
    sound = [base.value for base in bases(readings[0]) if judge.is_valid(base.value)]
    taken = set[str]()
    for change in breaking_changes(readings[0]):
        broken = next(filter(None, (broken_by(change, base, judge) for base in sound)), None)
        text = json.dumps(broken.value) if broken else ""
        if broken and text not in taken:
            taken.add(text)
            yield broken


def breaking_changes(root: Mapping[str, JSON]) -> Iterator[Change]:
    """Yield every change that may break a valid value."""
    for place in places(root):
        for what, value in breaking_values(place.view):
            yield putting(place.pointer, what, value)
        yield from part_changes(place)


def broken_by(change: Change, base: JSON, judge: Judge) -> Broken | None:
    """Return a valid value changed, if that breaks exactly one rule; else None."""
    try:
        value = change.applied(base)
    except Inapplicable:
        return None
    if not judge.is_invalid(value):
        return None
    violations = judge.violations(value)
    if len(violations) != 1:
        return None
    (violation,) = violations
    return Broken(violation.pointer, violation.keyword, change.label, violation.expected, value)
