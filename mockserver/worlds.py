"""A world: jobs, clock, chance, scenes, limits and journal that belong together. Two worlds never see each other."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Annotated

import msgspec
from msgspec.structs import replace

from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.journals.journal import Journal
from bodydouble.mockserver.journals.register import Register
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.faults import Call, Decision, Rule, decide
from bodydouble.mockserver.scenes.limits import Bucket, RateLimit, Taken, take
from bodydouble.mockserver.scenes.plans import Plan, plan_for, skip_plans
from bodydouble.mockserver.scenes.scenarios import Ids, Scenario

from .clocks import Clock, WorldClock
from .ids import ids, odd_id
from .jobs import Job, JobStore
from .replies import Play

DEFAULT_MAX_JOBS = 100_000
DEFAULT_URL_TTL = 3600.0
MOST_BUCKETS = 4096
MOST_DECISIONS = 4096
MOST_DRAWN = 100_000_000
"""Draws of a generator that can be gone through again, in a few seconds."""

Count = Annotated[int, msgspec.Meta(ge=0)]
"""How often something happened."""
Drawn = Annotated[int, msgspec.Meta(ge=0, le=MOST_DRAWN)]
"""How often something was drawn."""


class WorldSettings(msgspec.Struct, frozen=True):
    """How a world is set up.

    Attributes:
        clock: The time that its own clock follows.
        scenario: What happens to jobs that ask for nothing else.
        seed: Makes ids, plans, faults and signatures repeat.
        max_jobs: How many jobs it keeps.
        url_ttl: Seconds a result's URL is good for.
        speed: Seconds of its clock in one second of ``clock``.
        castings: Which requests get which scenario, whatever they ask for.
        faults: What goes wrong in every scenario.
        rate: How many requests a key may make, or None for any number.
        credit: Credits that can be spent, or None for as many as it takes.
        store: Makes a store for so many jobs.
    """

    clock: Clock
    scenario: Scenario
    seed: int = 0
    max_jobs: int = DEFAULT_MAX_JOBS
    url_ttl: float = DEFAULT_URL_TTL
    speed: float = 1.0
    castings: tuple[Casting, ...] = ()
    faults: tuple[Rule, ...] = ()
    rate: RateLimit | None = None
    credit: int | None = None
    store: Callable[[int], JobStore] = JobStore


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a world has counted: all that its chance and its limits depend on.

    Attributes:
        plans: Plans and ids of jobs that were drawn.
        replies: Ids of replies that were drawn.
        creates: Creates that were asked for.
        evicted: Jobs that had to leave.
        played: Creates by the name of the scenario that was played for them.
        credit: Credits left, or None for as many as it takes.
        buckets: By the digest of a key, how full its bucket was.
    """

    plans: Drawn = 0
    replies: Drawn = 0
    creates: Count = 0
    evicted: Count = 0
    played: dict[str, Count] = msgspec.field(default_factory=dict)
    credit: int | None = None
    buckets: dict[str, Bucket] = msgspec.field(default_factory=dict)


class World:
    """An isolated world.

    Attributes:
        name: Its namespace; ``""`` for the one of clients that name none.
        settings: How it was set up.
        clock: Its time.
        jobs: Its jobs.
        secret: What its result URLs are signed with.
        url_ttl: Seconds a result's URL is good for.
        scenario: What happens to jobs that ask for nothing else.
        castings: Which requests get which scenario, whatever they ask for.
        faults: What goes wrong in every scenario.
        rate: How many requests a key may make, or None for any number.
        credit: Credits left, or None for as many as it takes.
        register: The way into its journal.
        creates: How many creates were asked for.
        used: When it was last used, in the server's seconds.
    """

    def __init__(self, name: str, settings: WorldSettings, clerk: Hired) -> None:
        self.name = name
        self.settings = settings
        self._clerk = clerk
        self.used = 0.0
        self.reset()

    def reset(self) -> None:
        """Be as new: the same seed gives the same run once more."""
        settings = self.settings
        source = Random(settings.seed)  # noqa: S311 - a double repeats itself on purpose
        self.clock = WorldClock(settings.clock, settings.speed)
        self.scenario = settings.scenario
        self.castings = settings.castings
        self.faults = settings.faults
        self.rate = settings.rate
        self.credit = settings.credit
        self.url_ttl = settings.url_ttl
        self.jobs = settings.store(settings.max_jobs)
        self.register = Register(self._clerk, Journal())
        self.creates = 0
        self.secret = source.randbytes(32)
        self._seeds = source.getrandbits(64), source.getrandbits(64), source.getrandbits(64)
        self._chance = str(settings.seed)
        self._decisions: dict[str, Decision] = {}
        self._draw_from(0, 0)
        self._played: dict[str, int] = {}
        self._buckets: dict[str, Bucket] = {}

    def _draw_from(self, plans: int, replies: int) -> None:
        """Have the generators stand where they do after so many draws."""
        chance, job_ids, reply_ids = map(Random, self._seeds)
        skip_plans(chance, plans)
        self._plan_rng = chance
        self._job_ids = ids(job_ids, plans)
        self._reply_ids = ids(reply_ids, replies)
        self._replies = replies

    @property
    def tally(self) -> tuple[object, ...]:
        """What differs whenever :attr:`counts` does, and is had at less cost."""
        limited = self.counts if self.rate is not None else None
        jobs = self.jobs
        return self.creates, jobs.begun, jobs.evicted, self._replies, self.credit, limited

    @property
    def counts(self) -> Counts:
        """What it has counted so far."""
        jobs = self.jobs
        played, buckets = dict(self._played), dict(self._buckets)
        return Counts(jobs.begun, self._replies, self.creates, jobs.evicted, played, self.credit, buckets)

    def recall(
        self,
        counts: Counts,
        gone: Iterable[tuple[str, float]] = (),
        decisions: Iterable[Decision] = (),
    ) -> None:
        """Go on from what a world with this seed had counted; its jobs have been put in already.

        Args:
            counts: What it had counted.
            gone: The last jobs that had to leave, see :attr:`~bodydouble.mockserver.jobs.JobStore.gone`.
            decisions: Those that can be explained, the oldest first.
        """
        self._draw_from(counts.plans, counts.replies)
        self.jobs.recall(counts.plans, counts.evicted, (*gone, *self.jobs.gone))
        self.creates = counts.creates
        self.credit = counts.credit
        self._played = dict(counts.played)
        self._buckets = dict(counts.buckets)
        self._decisions = {decision.id: decision for decision in decisions}

    def anew(self, seed: int, max_jobs: int | None = None) -> "World":
        """Return a new world like this one, with another seed, and with room for other many jobs if so asked."""
        room = self.settings.max_jobs if max_jobs is None else max_jobs
        return World(self.name, replace(self.settings, seed=seed, max_jobs=room), self._clerk)

    def become(self, other: "World") -> None:
        """Be what ``other`` is, its name aside; whoever holds this world goes on with that one."""
        name, used = self.name, self.used
        self.__dict__.update(other.__dict__)
        self.name, self.used = name, used

    @property
    def journal(self) -> Journal:
        """Everything that was asked and answered."""
        return self.register.journal

    def submit(
        self,
        play: Play,
        scenario: Scenario,
        seconds: float,
        now: float,
        model: str = "",
        after: float | None = None,
    ) -> Job:
        """Create and keep a job.

        Args:
            play: The replies it is played with.
            scenario: What happens to it.
            seconds: How long its result lasts.
            now: The world's time.
            model: What the create asked for.
            after: Seconds in which it ends, or None for what the scenario says.
        """
        plan = plan_for(scenario, self._plan_rng, seconds, after)
        job_id = next(self._job_ids)
        if scenario.ids is not Ids.UUID:
            job_id = odd_id(job_id, scenario.ids)
        return self.jobs.begin(job_id, now, plan, play, scenario, model)

    def submit_planned(self, play: Play, scenario: Scenario, plan: Plan, now: float, model: str = "") -> Job:
        """Create and keep a job whose plan is known; its draws are taken all the same.

        Args:
            play: The replies it is played with.
            scenario: Whose faults it meets.
            plan: What will happen to it.
            now: The world's time.
            model: What the create asked for.
        """
        skip_plans(self._plan_rng, 1)
        return self.jobs.begin(next(self._job_ids), now, plan, play, scenario, model)

    def played(self, scenario: str) -> int:
        """Return how many creates :meth:`count` has counted under this name."""
        return self._played.get(scenario, 0)

    def reply_id(self) -> str:
        """Return a fresh id for a reply that is about no job."""
        self._replies += 1
        return next(self._reply_ids)

    def count(self, scenario: str) -> int:
        """Count a create that ``scenario`` is played for, and return which one it is."""
        number = self._played[scenario] = self._played.get(scenario, 0) + 1
        return number

    def decide(self, scenario: Scenario, call: Call) -> Decision:
        """Return what happens to ``call``, and keep the decision so that it can be explained."""
        made = decide(scenario.name, (*self.faults, *scenario.faults), call, self._chance)
        if len(self._decisions) >= MOST_DECISIONS:
            del self._decisions[next(iter(self._decisions))]
        self._decisions[made.id] = made
        return made

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions that can be explained, the oldest first."""
        return tuple(self._decisions.values())

    def decision(self, name: str) -> Decision | None:
        """Return the decision called ``name``, or None if it is not among the last that were made."""
        return self._decisions.get(name)

    def admit(self, key: bytes, limit: RateLimit, now: float) -> Taken:
        """Take a token from the bucket of ``key``, of which a digest is kept: buckets are written down at times."""
        # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
        from hashlib import blake2b  # noqa: PLC0415

        name = blake2b(key, digest_size=16, key=self.secret).hexdigest()
        taken = take(limit, self._buckets.get(name), now)
        if len(self._buckets) >= MOST_BUCKETS and name not in self._buckets:
            self._buckets.clear()
        self._buckets[name] = taken.bucket
        return taken


Founder = Callable[[str], World]
"""Makes the world of a namespace."""
