"""What came of testing a client."""

from dataclasses import dataclass, field
from enum import IntEnum

from bodydouble.contracts.findings import FAILING, Finding, Severity

from .behaviours import Behaviour
from .edges import EDGES, edges_met
from .endings import End, Life


class Verdict(IntEnum):
    """What a run has to say; the number is the exit code."""

    KEPT = 0
    BROKEN = 1
    COULD_NOT_LOOK = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the client.

    Attributes:
        phase: ``sweep``, ``search`` or ``shrink``.
        behaviour: How the double behaved.
        life: What was seen of the client.
        findings: What was wrong with that.
    """

    phase: str
    behaviour: Behaviour
    life: Life
    findings: tuple[Finding, ...]

    def breaks(self, failing: frozenset[Severity] = FAILING) -> bool:
        """Return whether something grave enough was found."""
        return any(finding.severity in failing for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule that the client broke.

    Attributes:
        finding: As found with the smallest behaviour.
        behaviour: The smallest behaviour that shows it.
        times: How many trials showed it.
    """

    finding: Finding
    behaviour: Behaviour
    times: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all runs.

    Attributes:
        client: What was tested.
        seed: Repeats the search.
        trials: The sweep and the search; what was tried to shrink a failure is not among them.
        failures: One for each rule that was broken.
        planned: How many trials there were to be.
        blind: Why nothing can be said; ``""`` if something can.
        stopped: Why there were fewer trials than planned; ``""`` if there were not.
        interrupted: Whether somebody broke it off, so that what was not found may be there.
    """

    client: str
    seed: int
    trials: tuple[Trial, ...] = ()
    failures: tuple[Failure, ...] = ()
    planned: int = 0
    blind: str = ""
    stopped: str = ""
    interrupted: bool = False
    met: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Unite the edges of all trials."""
        met = frozenset[str]().union(*(edges_met(trial.life.entries) for trial in self.trials))
        object.__setattr__(self, "met", met)

    def verdict(self, failing: frozenset[Severity] = FAILING) -> Verdict:
        """Return what there is to say; what could not be looked at is never fine."""
        if self.blind:
            return Verdict.COULD_NOT_LOOK
        if any(failure.finding.severity in failing for failure in self.failures):
            return Verdict.BROKEN
        return Verdict.COULD_NOT_LOOK if self.interrupted or not self.trials else Verdict.KEPT

    @property
    def coverage(self) -> str:
        """How much of a job's life the client has met, in words."""
        return f"your client met {len(self.met)} of {len(EDGES)} edges of the job's life"


class Interrupted(KeyboardInterrupt):
    """Somebody broke the runs off.

    Attributes:
        outcome: What was found so far.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("interrupted")
        self.outcome = outcome


def blindness(life: Life) -> str:
    """Return why nothing can be learned from a client, from its plain run; ``""`` if something can."""
    if life.end is End.NOT_STARTED:
        return life.told
    if not life.entries:
        last = f"; it ended: {life.told}" if life.told else ""
        return f"the client never asked the double for anything{last}; does it read BASE_URL?"
    if not any(entry.operation == "submit" for entry in life.entries):
        first = life.entries[0]
        return f"the client never sent a create; its first request was {first.method} {first.path}"
    return ""
