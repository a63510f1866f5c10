"""How a run ends."""

from dataclasses import dataclass, field
from enum import IntEnum

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.reports import ORDER

from .ledger import Failure


class Verdict(IntEnum):
    """What a run has to say; the number is the exit code."""

    KEPT = 0
    BROKEN = 1
    COULD_NOT_LOOK = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """How much of one phase was looked at.

    Attributes:
        phase: Its name.
        done: Requests, jobs or examples that were played.
        planned: How many there might have been.
        why: Why not all were; ``""`` where all were.
    """

    phase: str
    done: int
    planned: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        target: The server.
        seed: Repeats the run.
        failures: What was found, with what leads to it.
        looked: How much of each phase was looked at.
        stopped: Why the run ended early; ``""`` if it did not.
        interrupted: Whether the user broke it off.
        exchanges: How many there were.
        checked: How many replies were judged.
        jobs: How many jobs were submitted.
        usd: What they cost by the contract's price.
        unseen: Rules that could not look, with the reason.
        counts: How often each failure was seen, in their order.
    """

    target: str
    seed: int
    failures: tuple[Failure, ...] = ()
    looked: tuple[Looked, ...] = ()
    stopped: str = ""
    interrupted: bool = False
    exchanges: int = 0
    checked: int = 0
    jobs: int = 0
    usd: float = 0.0
    unseen: dict[str, str] = field(default_factory=dict)
    counts: tuple[int, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, the worst first."""
        listed = [failure.finding for failure in self.failures]
        return tuple(sorted(listed, key=lambda finding: ORDER.index(finding.severity)))

    def verdict(self, failing: frozenset[Severity]) -> Verdict:
        """Return what the run has to say.

        Args:
            failing: Severities that break the contract.
        """
        if any(failure.finding.severity in failing for failure in self.failures):
            return Verdict.BROKEN
        return Verdict.COULD_NOT_LOOK if self.stopped or self.interrupted else Verdict.KEPT
