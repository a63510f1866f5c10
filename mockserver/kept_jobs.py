"""A job store that knows which of its jobs have changed since somebody wrote them down."""

from .jobs import Job, JobStore
from .states import Forced


class KeptStore(JobStore):
    """A store for worlds that are kept.

    Attributes:
        news: By id, the jobs that are new or were forced, and None for those that left, since it was last emptied.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.news: dict[str, Job | None] = {}

    def add(self, job: Job) -> None:
        """Keep ``job``, which is news."""
        self.news[job.id] = job
        super().add(job)

    def force(self, job: Job, forced: Forced) -> None:
        """Have ``job`` stand where somebody wants it, which is news."""
        self.news[job.id] = job
        super().force(job, forced)

    def remove(self, job_id: str) -> Job | None:
        """Forget a job, which is news."""
        self.news[job_id] = None
        return super().remove(job_id)

    def clear(self) -> None:
        """Forget every job, which is news of each."""
        self.news.update(dict.fromkeys(self._jobs))
        super().clear()

    def _evict(self) -> None:
        self.news[self._endings.first.id] = None
        super()._evict()
