"""What the control API answers, as frozen types; the attributes are the members that its document describes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Span
from bodydouble.mockserver.scenes.limits import RateLimit

_NOTHING: Mapping[str, str] = {}


class ClockReading(msgspec.Struct, frozen=True):
    """What a namespace's clock shows.

    Attributes:
        now: Seconds since the epoch.
        time: The same as RFC 3339 in UTC.
        speed: Seconds of this clock in a second.
        frozen: Whether it stands still.
    """

    now: float
    time: str
    speed: float
    frozen: bool


class Namespace(msgspec.Struct, frozen=True):
    """A namespace as a whole.

    Attributes:
        name: ``default`` for the one of clients that name none.
        seed: Makes it repeat.
        scenario: What happens to jobs that ask for nothing else, by name.
        clock: What its clock shows.
        jobs: How many it keeps.
        requests: How many its journal holds.
        dropped: How many had to leave the journal.
    """

    name: str
    seed: int
    scenario: str
    clock: ClockReading
    jobs: int
    requests: int
    dropped: int


class ScenarioInfo(msgspec.Struct, frozen=True):
    """A scenario that can be asked for.

    Attributes:
        name: How.
        description: What happens.
        breaks_contract: Whether replies may be what the contract forbids.
    """

    name: str
    description: str
    breaks_contract: bool


class Failure(msgspec.Struct, frozen=True):
    """How a job fails.

    Attributes:
        name: In short.
        message: In words.
    """

    name: str
    message: str


class Polls(msgspec.Struct, frozen=True):
    """Progress counted in polls.

    Attributes:
        queued: Polls that find the job in the queue.
        running: Polls after those that find it running.
    """

    queued: int
    running: int


class JobPlan(msgspec.Struct, frozen=True):
    """What was decided about a job when it was submitted.

    Attributes:
        queued: Seconds in the queue; None is for ever.
        running: Seconds of work; None is for ever.
        outcome: How it ends.
        failure: How it fails, if it is to.
        seconds: Length of its result.
        polls: Progress counted in polls instead of seconds, or None.
    """

    queued: float | None
    running: float | None
    outcome: Stage
    failure: Failure | None
    seconds: float
    polls: Polls | None


class Forcing(msgspec.Struct, frozen=True):
    """Where somebody put a job.

    Attributes:
        stage: Where.
        at: When, in the namespace's seconds since the epoch.
        failure: How it fails, if it does.
    """

    stage: Stage
    at: float
    failure: Failure | None


class JobFacts(msgspec.Struct, frozen=True):
    """What came from outside since a job was submitted.

    Attributes:
        polls: How often it was polled.
        fetches: How often its result was asked for.
        forced: Where somebody put it, or None.
    """

    polls: int
    fetches: int
    forced: Forcing | None


class Moment(msgspec.Struct, frozen=True):
    """One step of a job's life.

    Attributes:
        stage: Where the job stands from then on.
        status: The word that replies say for it.
        at: When, in the namespace's seconds since the epoch; None where polls are counted, or never.
        poll: Which poll finds it first, where polls are counted.
        reached: Whether it has come.
        forced: Whether somebody put the job there.
    """

    stage: Stage
    status: str
    at: float | None
    poll: int | None
    reached: bool
    forced: bool


class JobInfo(msgspec.Struct, frozen=True):
    """A job.

    Attributes:
        id: As issued.
        model: What its create asked for.
        scenario: What happens to it, by name.
        status: The word that replies say now.
        stage: Where it stands now.
        submitted: When, in the namespace's seconds since the epoch.
        ends: When it reached or reaches its end; None where that is not known, or never.
        plan: What was decided.
        facts: What came from outside since.
        timeline: Its life so far and to come.
    """

    id: str
    model: str
    scenario: str
    status: str
    stage: Stage
    submitted: float
    ends: float | None
    plan: JobPlan
    facts: JobFacts
    timeline: tuple[Moment, ...]


class JobPage(msgspec.Struct, frozen=True):
    """A page of jobs.

    Attributes:
        jobs: In the order of their submission.
        total: How many there are on all pages.
        next: The offset of the next page, or None.
    """

    jobs: tuple[JobInfo, ...]
    total: int
    next: int | None


class CastingData(msgspec.Struct, frozen=True):
    """A casting as the API tells it.

    Attributes:
        scenario: By name.
        models: Only creates for one of these; none for any.
        prompt: Only creates in whose texts this is found.
        nth: From which create on, or from which to which.
    """

    scenario: str
    models: tuple[str, ...] = ()
    prompt: str = ""
    nth: float | tuple[float, float] = 1.0

    def casting(self) -> Casting:
        """Return it as the double uses it."""
        span = Span(*self.nth) if isinstance(self.nth, tuple) else Span(self.nth)
        return Casting(self.scenario, self.models, self.prompt, span)


class LimitsData(msgspec.Struct, frozen=True):
    """Limits of a namespace.

    Attributes:
        rate: How many requests a key may make, or None for any number.
        credit: Credits left, or None for as many as it takes.
    """

    rate: RateLimit | None
    credit: int | None


class JournalEntry(msgspec.Struct, frozen=True):
    """One request and its reply, scrubbed; see :class:`~bodydouble.mockserver.journals.journal.Entry`.

    Attributes:
        number: Counts from one.
        time: When it came, RFC 3339.
        at: The same in the namespace's seconds since the epoch.
        took: Seconds to the end of the reply.
        method: Upper case.
        path: As asked for, decoded.
        operation: What it was for.
        status: Status code of the reply; 0 where none was sent.
        job: The job's id, or ``""``.
        stage: Where the job stands as the reply tells it, or ``""``.
        decision: Names what decided about a fault, or ``""``; see :meth:`~..client.Control.explain`.
        scenario: The scenario that it asked for, or ``""``.
        violations: What was wrong with it.
        query: Without the question mark.
        body: The request's body: JSON as a value, anything else as text.
        reply: The reply's body, the same.
        key: Digest of its key, or ``""``.
        whole: Whether the reply was sent as meant.
    """

    number: int
    time: str
    at: float
    took: float
    method: str
    path: str
    operation: Purpose
    status: int
    job: str = ""
    stage: str = ""
    decision: str = ""
    scenario: str = ""
    violations: tuple[str, ...] = ()
    query: str = ""
    body: Any = None
    reply: Any = None
    key: str = ""
    whole: bool = True


class Verdict(msgspec.Struct, frozen=True):
    """What came of holding the journal against expectations.

    Attributes:
        ok: Whether all were met.
        findings: Those that were not.
    """

    ok: bool
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        """Return it in words, a line for each finding."""
        if self.ok:
            return "as expected"
        return "\n".join(
            f"{finding.message}: expected {finding.expected}, got {finding.got}" for finding in self.findings
        )


class RuleVerdict(msgspec.Struct, frozen=True):
    """What one rule for clients said.

    Attributes:
        id: Of the rule.
        severity: Of what it finds.
        verdict: ``found``, ``nothing found`` or ``not looked at``.
    """

    id: str
    severity: str
    verdict: str


class ReportData(msgspec.Struct, frozen=True):
    """What was noticed about clients.

    Attributes:
        failed: Whether there is more than notes.
        requests: How many were looked at.
        findings: The gravest first.
        rules: What each rule said.
        unseen: Rules that could not look, by id, with the reason.
    """

    failed: bool
    requests: int
    findings: tuple[Finding, ...] = ()
    rules: tuple[RuleVerdict, ...] = ()
    unseen: Mapping[str, str] = _NOTHING


class CallData(msgspec.Struct, frozen=True):
    """The call that was decided about.

    Attributes:
        target: Its kind.
        nth: Which of its subject it is, counted from one.
        subject: The job's id, or the number of the create.
        elapsed: Seconds since the create; since the end for results.
        stage: Where the job stood, or ``""``.
        model: The job's.
    """

    target: str
    nth: int
    subject: str
    elapsed: float
    stage: str
    model: str


class AskedRule(msgspec.Struct, frozen=True):
    """What one rule said to a call.

    Attributes:
        place: Where it stands: ``faults/0`` of the namespace, ``flaky/faults/0`` of a scenario.
        rule: As in scenario files.
        condition: When it applies, in words.
        applies: Whether it did.
        probability: From 0 to 1.
        drawn: The number that was drawn, or None; below the probability the rule won.
        won: Whether it did.
    """

    place: str
    rule: Mapping[str, Any]
    condition: str
    applies: bool
    probability: float
    drawn: float | None
    won: bool


class Explanation(msgspec.Struct, frozen=True):
    """Why a reply was as it was.

    Attributes:
        id: Of the decision.
        kept: Whether it is; False where it never had a rule to ask.
        scenario: Whose rules were asked, by name.
        call: What was decided about, or None where that is not kept.
        rules: Those that were asked, in order, up to the one that won.
        explanation: All of it in words.
    """

    id: str
    kept: bool
    scenario: str
    call: CallData | None
    rules: tuple[AskedRule, ...]
    explanation: str

    def __str__(self) -> str:
        """Return it in words."""
        return self.explanation
