"""The same run against two servers, and where they differ."""

from dataclasses import dataclass, replace

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern

from .answer_rules import Answer
from .differences import differences
from .judging import Referee
from .outcomes import Outcome, Verdict
from .pacing import Time
from .progress import Listener
from .running import Run
from .settings import Settings
from .targets import Target
from .tracks import Track


@dataclass(frozen=True, slots=True)
class Side:
    """One of two servers.

    Attributes:
        target: The server.
        time: Of its run.
        settings: Of its run; bodies are the same where seeds are.
        key: Never shown.
    """

    target: Target
    time: Time
    settings: Settings
    key: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

    Attributes:
        findings: Where the two differ.
        tracks: What each did.
        outcomes: How each run ended.
    """

    findings: tuple[Finding, ...]
    tracks: tuple[Track, Track]
    outcomes: tuple[Outcome, Outcome]

    def verdict(self, failing: frozenset[Severity]) -> Verdict:
        """Return what the comparison has to say: what one server hid is no agreement."""
        if any(finding.severity in failing for finding in self.findings):
            return Verdict.BROKEN
        hidden = any(outcome.stopped or outcome.interrupted for outcome in self.outcomes)
        return Verdict.COULD_NOT_LOOK if hidden else Verdict.KEPT


def compared(
    contract: Contract, pattern: JobPattern, one: Side, other: Side, listener: Listener | None = None
) -> Comparison:
    """Ask two servers the same, one after the other; the second is left alone if the first was broken off."""
    first, ended = _tracked(contract, pattern, one, listener)
    if ended.interrupted:
        return Comparison((), (first, Track(other.target.origin)), (ended, Outcome(other.target.origin, 0)))
    second, other_ended = _tracked(contract, pattern, other, listener)
    whole = not (ended.stopped or other_ended.stopped or other_ended.interrupted)
    found = tuple(differences(first, second, whole=whole))
    return Comparison(found, (first, second), (ended, other_ended))


def _tracked(
    contract: Contract, pattern: JobPattern, side: Side, listener: Listener | None
) -> tuple[Track, Outcome]:
    track, referee = Track(side.target.origin, timed=not side.time.moves), Referee(contract, pattern)

    def watch(answer: Answer) -> None:
        track.saw(answer, referee.match(answer.asked))

    # What is made smaller depends on what fails: the other server would be asked something else.
    settings = replace(side.settings, shrink=False, first_only=False)
    run = Run(
        contract, pattern, side.target, side.time, settings, listener=listener, watcher=watch, key=side.key
    )
    outcome = run()
    for life in run.lives:
        track.lived(life)
    return track, outcome
