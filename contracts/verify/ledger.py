"""What was found: each kind once, with the shortest run of steps that showed it, and how often."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.pointers import tokens_of

from .steps import Deed, Step

Kind: TypeAlias = tuple[str, str, str]
"""Rule, operation and place, indexes of arrays left out: what makes two findings the same one."""

MAX_KINDS = 500
"""Kinds that are told apart; a server that breaks everything needs no longer list."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of breach.

    Attributes:
        finding: In words.
        steps: What leads to it.
        exchanges: What came of the steps.
        phase: In which phase it was found first.
    """

    finding: Finding
    steps: tuple[Step, ...]
    exchanges: tuple[Exchange, ...]
    phase: str = ""

    @property
    def size(self) -> tuple[int, int, int]:
        """How much there is to read: steps, polls among them that only repeat, bytes that were sent."""
        twice = sum(step.deed is Deed.POLL_TWICE for step in self.steps)
        sent = sum(len(step.asked.body) + len(step.asked.url) for step in self.steps if step.asked)
        return len(self.steps), twice, sent


class Ledger:
    """Findings of a run.

    Attributes:
        phase: What is going on; new failures are marked with it.
        checked: How many replies were judged.
    """

    def __init__(self) -> None:
        self.phase = ""
        self.checked = 0
        self._failures: dict[Kind, Failure] = {}
        self._counts: Counter[Kind] = Counter()
        self._settled: set[Kind] = set()

    def add(self, finding: Finding, steps: Sequence[Step], exchanges: Sequence[Exchange]) -> Kind | None:
        """Take a finding in; return its kind if no search has settled it yet."""
        kind = kind_of(finding)
        self._counts[kind] += 1
        found = Failure(finding, tuple(steps), tuple(exchanges), self.phase)
        known = self._failures.get(kind)
        if known is None and len(self._failures) >= MAX_KINDS:
            return None
        if known is None or found.size < known.size:
            self._failures[kind] = found if known is None else replace(found, phase=known.phase)
        return None if kind in self._settled else kind

    def settle(self) -> int:
        """Declare every kind so far known well enough; return how many became so."""
        fresh = self._failures.keys() - self._settled
        self._settled |= fresh
        return len(fresh)

    def replace(self, failure: Failure) -> None:
        """Let a failure stand for its kind, which is known already."""
        self._failures[kind_of(failure.finding)] = failure

    def count(self, failure: Failure) -> int:
        """Return how often a kind was found."""
        return self._counts[kind_of(failure.finding)]

    def __iter__(self) -> Iterator[Failure]:
        return iter(self._failures.values())

    def __len__(self) -> int:
        return len(self._failures)


def kind_of(finding: Finding) -> Kind:
    """Return what makes a finding the same as another one."""
    operation = finding.source.partition(", ")[2]
    place = "/".join(token for token in tokens_of(finding.pointer) if not token.isdecimal())
    return finding.rule, operation, place
