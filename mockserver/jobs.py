"""Jobs and their store: bounded, the job that finished first leaves first."""

from collections import OrderedDict
from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import msgspec

from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Scenario

from .replies import Play
from .states import Forced, ends_at


class Job(msgspec.Struct, order=True, gc=False):
    """One job: its plan, and what came from outside since.

    The collector skips it: a full collection over a million dicts takes half a second, and nothing that a job refers
    to refers back to it. Jobs compare by their end, the first attribute, for the store's heap.

    Attributes:
        ends: When it reaches its final state, in its world's seconds since the epoch.
        submitted: When it was submitted.
        id: As issued.
        plan: What will happen to it.
        play: The replies it is played with.
        scenario: Whose faults its polls and its result meet.
        model: What the create asked for, or ``""``.
        polls: How often it was polled.
        fetches: How often its result was asked for.
        forced: What somebody forced, or None.
    """

    ends: float
    submitted: float
    id: str
    plan: Plan
    play: Play
    scenario: Scenario
    model: str = ""
    polls: int = 0
    fetches: int = 0
    forced: Forced | None = None


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
        self._jobs: dict[str, Job] = {}
        self._by_end: list[Job] = []
        self._gone: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        """Yield the jobs in the order of their submission."""
        return iter(tuple(self._jobs.values()))

    def get(self, job_id: str) -> Job | None:
        """Return the job with this id, or None."""
        return self._jobs.get(job_id)

    def add(self, job: Job) -> None:
        """Keep ``job``; beyond the limit the job that ends first leaves."""
        self._jobs[job.id] = job
        heappush(self._by_end, job)
        if len(self._jobs) > self.limit:
            self._evict()

    def force(self, job: Job, forced: Forced) -> None:
        """Have ``job`` stand where somebody wants it."""
        job.forced = forced
        job.ends = ends_at(job.plan, job)
        heapify(self._by_end)

    def remove(self, job_id: str) -> Job | None:
        """Forget the job with this id and return it, or None if there is none."""
        job = self._jobs.pop(job_id, None)
        if job is not None:
            self._by_end.remove(job)
            heapify(self._by_end)
        return job

    def clear(self) -> None:
        """Forget every job, those that had to leave included."""
        self._jobs.clear()
        self._by_end.clear()
        self._gone.clear()
        self.evicted = 0

    def evicted_end(self, job_id: str) -> float | None:
        """Return when an evicted job ended or would have, or None if it is not among the last that left."""
        return self._gone.get(job_id)

    def _evict(self) -> None:
        job = heappop(self._by_end)
        del self._jobs[job.id]
        self.evicted += 1
        self._gone[job.id] = job.ends
        if len(self._gone) > self.limit:
            self._gone.popitem(last=False)
