"""A history as it is told: what each version changed, judged like any other drift."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.findings import Finding

from .judging import Exit, Policy, Report, judged
from .reverting import Step
from .silences import silence


class Entry(msgspec.Struct, frozen=True):
    """One version and what it changed.

    Attributes:
        name: Of the version.
        same_as: Name of the earlier version that it returns to; ``""`` for none.
        report: What changed since the version before.
    """

    name: str
    same_as: str
    report: Report


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The story of a document.

    Attributes:
        name: What the user named.
        first: Name of the oldest version.
        entries: Every later version that differs from the one before, oldest first.
        notices: What the reader should know beside.
        unseen: Versions that could not be looked at.
    """

    name: str
    first: str
    entries: tuple[Entry, ...]
    notices: tuple[str, ...] = ()
    unseen: tuple[Finding, ...] = ()

    @property
    def exit(self) -> Exit:
        """The worst exit code of all entries; what was found counts more than what could not be looked at."""
        if any(entry.report.exit is Exit.FINDINGS for entry in self.entries):
            return Exit.FINDINGS
        return Exit.COULD_NOT_LOOK if self.unseen else Exit.CLEAN


def told(
    name: str,
    steps: Sequence[Step],
    policy: Policy,
    *,
    notices: Iterable[str] = (),
    unseen: Iterable[Finding] = (),
) -> Timeline:
    """Return the timeline of ``steps``, of which there is at least one; silences are judged over all of them."""
    everything = [change for step in steps for change in step.changes]
    heard = silence(everything, policy.silences, policy.today)
    return Timeline(
        name=name,
        first=steps[0].old,
        entries=tuple(Entry(step.new, step.same_as, _report(step, policy)) for step in steps),
        notices=(*notices, *heard.notices),
        unseen=tuple(unseen),
    )


def _report(step: Step, policy: Policy) -> Report:
    return replace(judged(step.changes, policy, old=step.old, new=step.new), notices=())
