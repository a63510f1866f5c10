"""What is made of the changes that were found: severities overridden, findings silenced, an exit code."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import IntEnum

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.words import show

from .changes import Change, Impact
from .grouping import ORDER, together, worst_first
from .silences import Silence, Silenced, silence

NEVER = "none"
"""What ``--fail-on`` says where no finding is a failure."""


class Exit(IntEnum):
    """Exit codes of every command about drift."""

    CLEAN = 0
    """Nothing at or above what fails."""
    FINDINGS = 1
    """Something is."""
    USAGE = 2
    """The command was not understood."""
    COULD_NOT_LOOK = 3
    """Something could not be looked at, and what could be had nothing."""


class OverrideError(ValueError):
    """An override that names no rule or no severity."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told about one comparison.

    Attributes:
        old: What the old side is called.
        new: What the new side is called.
        changes: What is reported, worst first.
        silenced: What somebody does not want to hear of.
        notices: What the reader should know beside, in words.
        unseen: What could not be looked at; that is never the same as no change.
        operations: What was compared: ``"POST /v2/things"``.
        fail_on: The mildest impact that fails; None if nothing does.
    """

    old: str
    new: str
    changes: tuple[Change, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    notices: tuple[str, ...] = ()
    unseen: tuple[Finding, ...] = ()
    operations: tuple[str, ...] = ()
    fail_on: Impact | None = Impact.BREAKING

    def fails(self, change: Change) -> bool:
        """Return whether a change is bad enough to fail; one that the client was seen to survive is not."""
        if self.fail_on is None or change.survives:
            return False
        return ORDER.index(change.impact) <= ORDER.index(self.fail_on)

    @property
    def exit(self) -> Exit:
        """The exit code; what was found counts more than what could not be looked at."""
        if any(self.fails(change) for change in self.changes):
            return Exit.FINDINGS
        return Exit.COULD_NOT_LOOK if self.unseen else Exit.CLEAN

    @property
    def counts(self) -> dict[Impact, int]:
        """How many changes of each impact are reported."""
        return {impact: sum(change.impact is impact for change in self.changes) for impact in ORDER}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants to hear of.

    Attributes:
        overrides: Impact by rule.
        silences: What is known already.
        today: The day on which silences are judged.
        fail_on: See :class:`Report`.
    """

    today: date
    overrides: Mapping[str, Impact] = msgspec.field(default_factory=dict)
    silences: Sequence[Silence] = ()
    fail_on: Impact | None = Impact.BREAKING


def judged(
    changes: Iterable[Change],
    policy: Policy,
    *,
    old: str,
    new: str,
    notices: Sequence[str] = (),
    unseen: Sequence[Finding] = (),
    operations: Sequence[str] = (),
) -> Report:
    """Return the report of ``changes``: the same change once, overridden, silenced, worst first."""
    given = [replace(c, impact=policy.overrides.get(c.rule, c.impact)) for c in together(changes)]
    heard = silence(given, policy.silences, policy.today)
    return Report(
        old=old,
        new=new,
        changes=worst_first(heard.changes),
        silenced=heard.silenced,
        notices=(*notices, *heard.notices),
        unseen=tuple(unseen),
        operations=tuple(operations),
        fail_on=policy.fail_on,
    )


def parse_overrides(written: Iterable[str], rules: Sequence[str]) -> dict[str, Impact]:
    """Return impacts by rule from texts like ``"request-default-changed=breaking"``; the last of a rule counts.

    Raises:
        OverrideError: One is no such text, or names what is not known.
    """
    return dict(_override(each, rules) for each in written)


def _override(written: str, rules: Sequence[str]) -> tuple[str, Impact]:
    rule, sign, severity = (part.strip() for part in written.partition("="))
    if not sign:
        raise OverrideError(f"{show(written)} is no override; expected RULE=SEVERITY")
    if rule not in rules:
        hint = did_you_mean(rule, rules)
        raise OverrideError(f"no rule is called {show(rule)}" + (f"; {hint}" if hint else ""))
    if severity not in tuple(Impact):
        raise OverrideError(f"no severity is called {show(severity)}; known are {', '.join(Impact)}")
    return rule, Impact(severity)
