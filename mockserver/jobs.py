"""Jobs and their store: bounded, the job that finished first leaves first."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

import msgspec

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Outcome, PollCount, Scenario

from .endings import Endings
from .replies import Play
from .states import Forced, ends_at, state_at, timed

MOST_GONE = 10_000
"""Jobs that had to leave of which it is still known that there were such."""
MOST_PARTS = 4096


class Part(msgspec.Struct, frozen=True, gc=False):
    """What a job has in common with many others: one object for all of them, so that a job weighs little.

    Attributes:
        play: The replies they are played with.
        scenario: Whose faults their polls and their results meet.
        model: What their creates asked for, or ``""``.
        outcome: How they end.
        seconds: Length of their results.
        polls: Progress counted in polls instead of seconds, or None.
    """

    play: Play
    scenario: Scenario
    model: str
    outcome: Outcome
    seconds: float
    polls: PollCount | None


class Job(msgspec.Struct, gc=False):
    """One job: its plan, and what came from outside since.

    The collector skips it: a full collection over a million dicts takes half a second, and nothing that a job refers
    to refers back to it.

    Attributes:
        ends: When it reaches its final state, in its world's seconds since the epoch.
        submitted: When it was submitted.
        id: As issued.
        queued: Seconds from submission to the start of the work, as planned.
        running: Seconds of work, as planned.
        part: What it has in common with others.
        polls: How often it was polled.
        fetches: How often its result was asked for.
        forced: What somebody forced, or None.
    """

    ends: float
    submitted: float
    id: str
    queued: float
    running: float
    part: Part
    polls: int = 0
    fetches: int = 0
    forced: Forced | None = None

    @property
    def plan(self) -> Plan:
        """What will happen to it."""
        part = self.part
        return Plan(self.queued, self.running, part.outcome, part.seconds, part.polls)

    def stage_at(self, now: float) -> Stage:
        """Return where it stands at ``now``; see :func:`~bodydouble.mockserver.states.state_at`."""
        part = self.part
        if self.forced is None and part.polls is None:
            # Every poll comes this way, and need not have the plan put together.
            return timed(self.queued, self.running, part.outcome, now - self.submitted)
        return state_at(self.plan, self, now)

    @property
    def play(self) -> Play:
        """The replies it is played with."""
        return self.part.play

    @property
    def scenario(self) -> Scenario:
        """Whose faults its polls and its result meet."""
        return self.part.scenario

    @property
    def model(self) -> str:
        """What the create asked for, or ``""``."""
        return self.part.model


class JobStore:
    """Jobs by id.

    Attributes:
        limit: How many are kept.
        evicted: How many had to leave so far.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"a store keeps at least one job; got a limit of {limit}")
        self.limit = limit
        self.evicted = 0
        self._removed = 0
        self._jobs: dict[str, Job] = {}
        self._endings: Endings[Job] = Endings()
        self._gone: OrderedDict[str, float] = OrderedDict()
        self._parts: dict[tuple[int, int, str, float], Part] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def begun(self) -> int:
        """How many jobs were ever kept, those that are here no more included."""
        return len(self._jobs) + self.evicted + self._removed

    def __iter__(self) -> Iterator[Job]:
        """Yield the jobs in the order of their submission."""
        return iter(tuple(self._jobs.values()))

    def get(self, job_id: str) -> Job | None:
        """Return the job with this id, or None."""
        return self._jobs.get(job_id)

    def begin(
        self, job_id: str, submitted: float, plan: Plan, play: Play, scenario: Scenario, model: str = ""
    ) -> Job:
        """Keep a new job and return it.

        Args:
            job_id: As issued.
            submitted: When, in the world's seconds since the epoch.
            plan: What will happen to it.
            play: The replies it is played with.
            scenario: Whose faults its polls and its result meet.
            model: What the create asked for.
        """
        ends = submitted if plan.polls is not None else submitted + plan.queued + plan.running
        part = self._part(plan, play, scenario, model)
        job = Job(ends, submitted, job_id, plan.queued, plan.running, part)
        self.add(job)
        return job

    def _part(self, plan: Plan, play: Play, scenario: Scenario, model: str) -> Part:
        # It holds what the key names, so that no identity in a key is given to another.
        key = (id(play), id(scenario), model, plan.seconds)
        found = self._parts.get(key)
        if found is None or found.outcome is not plan.outcome or found.polls is not plan.polls:
            if len(self._parts) >= MOST_PARTS:
                self._parts.clear()
            found = self._parts[key] = Part(play, scenario, model, plan.outcome, plan.seconds, plan.polls)
        return found

    def add(self, job: Job) -> None:
        """Keep ``job``; beyond the limit the job that ends first leaves."""
        self._jobs[job.id] = job
        self._endings.add(job)
        if len(self._jobs) > self.limit:
            self._evict()

    def force(self, job: Job, forced: Forced) -> None:
        """Have ``job`` stand where somebody wants it."""
        self._endings.remove(job)
        job.forced = forced
        job.ends = ends_at(job.plan, job)
        self._endings.add(job)

    def remove(self, job_id: str) -> Job | None:
        """Forget the job with this id and return it, or None if there is none."""
        job = self._jobs.pop(job_id, None)
        if job is not None:
            self._removed += 1
            self._endings.remove(job)
        return job

    def clear(self) -> None:
        """Forget every job, those that had to leave included."""
        self._removed = self.begun
        self._jobs.clear()
        self._endings.clear()
        self._gone.clear()
        self.evicted = 0

    def evicted_end(self, job_id: str) -> float | None:
        """Return when an evicted job ended or would have, or None if it is not among the last that left."""
        return self._gone.get(job_id)

    @property
    def gone(self) -> tuple[tuple[str, float], ...]:
        """The last jobs that had to leave: id, and when each ended or would have."""
        return tuple(self._gone.items())

    def recall(self, begun: int, evicted: int, gone: Iterable[tuple[str, float]] = ()) -> None:
        """Remember the jobs that left before the present ones were kept here again.

        Args:
            begun: See :attr:`begun`.
            evicted: How many of them had to leave.
            gone: See :attr:`gone`.
        """
        self.evicted = evicted
        self._removed = begun - evicted - len(self._jobs)
        self._gone = OrderedDict(gone)

    def _evict(self) -> None:
        job = self._endings.pop()
        del self._jobs[job.id]
        self.evicted += 1
        self._gone[job.id] = job.ends
        if len(self._gone) > min(self.limit, MOST_GONE):
            self._gone.popitem(last=False)
