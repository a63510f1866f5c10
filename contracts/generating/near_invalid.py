"""Values that break exactly one rule of a schema, the same every time, each with the rule it breaks.

Whether a value is invalid, where and by which keyword is what validating it says, never what it was made for.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Violation

from .breaking_values import breaking_values
from .changes import Change, Inapplicable, putting
from .corners import bases, has
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
        nearest = sorted(sound, key=lambda base: not has(base, change.pointer))
        broken = next(filter(None, (broken_by(change, base, judge) for base in nearest)), None)
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
    rules = told_apart(judge.violations(value))
    if len(rules) != 1:
        return None
    (violation,) = rules
    return Broken(violation.pointer, violation.keyword, change.label, violation.expected, value)


def told_apart(violations: Sequence[Violation]) -> list[Violation]:
    """Return the violations without those that another one implies.

    What is of the wrong type is not listed either; what two schemas demand of one place is missed once.
    """
    mistyped = {violation.pointer for violation in violations if violation.keyword == "type"}
    apart = [each for each in violations if each.keyword not in _LISTING or each.pointer not in mistyped]
    return [*{(each.pointer, each.keyword): each for each in reversed(apart)}.values()]


_LISTING = frozenset({"enum", "const"})
