"""A world: jobs, clock and chance that belong together. Two worlds never see each other."""

from random import Random

import msgspec

from bodydouble.mockserver.scenes.plans import plan_for
from bodydouble.mockserver.scenes.scenarios import Scenario

from .clocks import Clock
from .ids import ids
from .jobs import Job, JobStore
from .replies import Play

DEFAULT_MAX_JOBS = 100_000
DEFAULT_URL_TTL = 3600.0


class WorldSettings(msgspec.Struct, frozen=True):
    """How a world is set up.

    Attributes:
        clock: Its time.
        seed: Makes ids, plans and signatures repeat; None draws them afresh.
        max_jobs: How many jobs it keeps.
        url_ttl: Seconds a result's URL is good for.
        scenario: What happens to jobs that ask for nothing else.
    """

    clock: Clock
    scenario: Scenario
    seed: int | None = None
    max_jobs: int = DEFAULT_MAX_JOBS
    url_ttl: float = DEFAULT_URL_TTL


class World:
    """An isolated world.

    Attributes:
        clock: Its time.
        jobs: Its jobs.
        secret: What its result URLs are signed with.
        url_ttl: Seconds a result's URL is good for.
        scenario: What happens to jobs that ask for nothing else.
    """

    def __init__(self, settings: WorldSettings) -> None:
        source = Random(settings.seed)  # noqa: S311 - a double repeats itself on purpose
        self.clock = settings.clock
        self.scenario = settings.scenario
        self.url_ttl = settings.url_ttl
        self.jobs = JobStore(settings.max_jobs)
        self.secret = source.randbytes(32)
        self._plan_rng = Random(source.getrandbits(64))  # noqa: S311 - same
        self._job_ids = ids(Random(source.getrandbits(64)))  # noqa: S311 - same
        self._reply_ids = ids(Random(source.getrandbits(64)))  # noqa: S311 - same

    def submit(self, play: Play, scenario: Scenario, seconds: float, now: float) -> Job:
        """Create and keep a job whose result will last ``seconds``."""
        plan = plan_for(scenario, self._plan_rng, seconds)
        job = Job(now + plan.queued + plan.running, now, next(self._job_ids), plan, play)
        self.jobs.add(job)
        return job

    def reply_id(self) -> str:
        """Return a fresh id for a reply that is about no job."""
        return next(self._reply_ids)
