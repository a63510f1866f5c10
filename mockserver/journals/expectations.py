"""Expectations: how often and in which order something was to be asked, as data; :mod:`.verifying` holds them up.

"Exactly one create, then at least two polls, none after the end"::

    [
      {"operation": "submit", "exactly": 1},
      {"operation": "poll", "at_least": 2, "after": "submit"},
      {"operation": "poll", "exactly": 0, "after": "end"}
    ]
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import count, describe

from .journal import Purpose

ANY = "any"
"""In place of an operation: whatever is not control."""
END = "end"
"""A moment: a job's end was told, whichever it was."""
OPERATIONS = (*Purpose, ANY)
"""What ``operation`` may name."""
MOMENTS: Mapping[str, str] = MappingProxyType(
    {
        **{purpose: f"the first {purpose}" for purpose in Purpose},
        **{stage: f"the first reply that told {stage}" for stage in Stage},
        END: "the first reply that told the job's end",
    }
)
"""Moments that ``after`` and ``before`` may name, and which they are."""

EACH_JOB = "each"
"""In place of a job's id: every job by itself."""


class ExpectationError(ValueError):
    """An expectation that cannot be understood; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How many requests there were to be.

    Attributes:
        operation: What for: one of :data:`OPERATIONS`.
        at_least: The fewest.
        at_most: The most, or None for any number.
        after: A moment of :data:`MOMENTS`, or ``""``: only requests that came after it count.
        before: The same: only requests that came before it count.
        job: Only requests about this job count; ``"each"`` holds the expectation against every job by itself.
        status: Only requests with this status code count, or None for any.
    """

    operation: str = ANY
    at_least: int = 0
    at_most: int | None = None
    after: str = ""
    before: str = ""
    job: str = ""
    status: int | None = None

    def __str__(self) -> str:
        """Return it in words: ``"at least 2 polls after the first submit"``."""
        noun = "request" if self.operation == ANY else self.operation
        parts = [
            _amount(self, noun),
            f"with status {self.status}" if self.status is not None else "",
            f"about {'each job' if self.job == EACH_JOB else f'job {self.job}'}" if self.job else "",
            f"after {MOMENTS[self.after]}" if self.after else "",
            f"before {MOMENTS[self.before]}" if self.before else "",
        ]
        return " ".join(part for part in parts if part)


def _amount(expectation: Expectation, noun: str) -> str:
    least, most = expectation.at_least, expectation.at_most
    if most is None:
        return f"at least {count(least, noun)}" if least else f"any number of {noun}s"
    if most == 0:
        return f"no {noun}"
    if least == most:
        return f"exactly {count(least, noun)}"
    return f"{least} to {count(most, noun)}" if least else f"at most {count(most, noun)}"


def expectations(value: JSON) -> tuple[Expectation, ...]:
    """Return the expectations that a JSON value states: one object or a list of them.

    An object has the attributes of :class:`Expectation`, or ``exactly`` in place of ``at_least`` and ``at_most``.

    Raises:
        ExpectationError: It states something else.
    """
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise ExpectationError("the list of expectations is empty; expected at least one")
    return tuple(_read(node, index + 1) for index, node in enumerate(listed))


def _read(node: JSON, number: int) -> Expectation:
    if not isinstance(node, dict) or not node:
        raise ExpectationError(
            f"expectation {number} is {describe(node)}; expected an object with {_MEMBERS_LISTED}"
        )
    for name in node:
        if name not in _MEMBERS:
            known = did_you_mean(name, _MEMBERS) or f"known are {_MEMBERS_LISTED}"
            raise ExpectationError(f"expectation {number} has no member '{name}'; {known}")
    exactly = _whole(node, "exactly", number)
    least, most = _whole(node, "at_least", number), _whole(node, "at_most", number)
    if exactly is not None and (least is not None or most is not None):
        raise ExpectationError(f"expectation {number} has 'exactly' beside 'at_least' or 'at_most'; take one")
    if least is not None and most is not None and least > most:
        raise ExpectationError(
            f"expectation {number} wants at least {least} and at most {most}; nothing can meet that"
        )
    if exactly is None and least is None and most is None:
        raise ExpectationError(f"expectation {number} names no number; expected exactly, at_least or at_most")
    return Expectation(
        operation=_word(node, "operation", OPERATIONS, number) or ANY,
        at_least=exactly or least or 0,
        at_most=exactly if exactly is not None else most,
        after=_word(node, "after", MOMENTS, number),
        before=_word(node, "before", MOMENTS, number),
        job=_text(node, "job", number),
        status=_whole(node, "status", number),
    )


_MEMBERS = ("operation", "exactly", "at_least", "at_most", "after", "before", "job", "status")
_MEMBERS_LISTED = ", ".join(_MEMBERS)


def _whole(node: Mapping[str, JSON], name: str, number: int) -> int | None:
    value = node.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ExpectationError(
            f"expectation {number}: {name} is {describe(value)}; expected a whole number from 0 up"
        )
    return value


def _text(node: Mapping[str, JSON], name: str, number: int) -> str:
    value = node.get(name)
    if value is not None and not isinstance(value, str):
        raise ExpectationError(f"expectation {number}: {name} is {describe(value)}; expected a string")
    return value or ""


def _word(node: Mapping[str, JSON], name: str, known: Iterable[str], number: int) -> str:
    value = _text(node, name, number)
    if value and value not in tuple(known):
        hint = did_you_mean(value, known) or f"known are {', '.join(known)}"
        raise ExpectationError(f"expectation {number}: {name} is {describe(value)}, which is nothing; {hint}")
    return value
