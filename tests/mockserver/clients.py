"""Histories of clients, written down by hand: entries as a server would have made them."""

from dataclasses import dataclass, field, replace
from typing import Any

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.journals.journal import Entry, Purpose
from bodydouble.mockserver.reporting.histories import JobFacts, Observed
from bodydouble.mockserver.reporting.request_shapes import RequestShape

NEW, OLD = "/v2/video/generations", "/v2/generate/video/minimax/generation"
KEY = "sha256:0123456789ab:24"
BODY = b'{"model":"video-01","prompt":"a cat"}'
HOUR = 3600.0
SHAPE = RequestShape(
    routes=frozenset({NEW}),
    model="model",
    models=frozenset({"video-01"}),
    fields=frozenset({"", "/model", "/prompt"}),
    closed=frozenset({""}),
)


@dataclass
class Script:
    """A journal in the making; every method adds one entry and returns it. Times are in seconds from the start."""

    entries: list[Entry] = field(default_factory=list)
    jobs: dict[str, JobFacts] = field(default_factory=dict)

    def add(self, at: float, method: str, operation: Purpose, status: int, **facts: Any) -> Entry:
        made = {"took": 0.001, "path": NEW, "route": NEW, "key": KEY, **facts}
        entry = Entry(
            number=len(self.entries) + 1, at=at, method=method, operation=operation, status=status, **made
        )
        self.entries.append(entry)
        return entry

    def create(self, at: float, job: str = "job-1", status: int = 200, **facts: Any) -> Entry:
        if job:
            self.jobs.setdefault(job, JobFacts(ended=at + 60, success=True, credits=120_000, usd=0.06))
        stage = {"stage": "initial"} if job else {}
        return self.add(at, "POST", Purpose.SUBMIT, status, **{"job": job, "body": BODY, **stage, **facts})

    def poll(
        self, at: float, stage: str = "running", job: str = "job-1", status: int = 200, **facts: Any
    ) -> Entry:
        told = {"stage": stage} if status < 300 else {}
        if stage == Stage.SUCCESS and status < 300:
            told["url_until"] = facts.get("url_until", at + HOUR)
        return self.add(at, "GET", Purpose.POLL, status, **{"job": job, "asked": job, **told, **facts})

    def miss(self, at: float, asked: str, **facts: Any) -> Entry:
        return self.add(at, "GET", Purpose.POLL, 404, **{"asked": asked, **facts})

    def fetch(self, at: float, job: str = "job-1", status: int = 200, **facts: Any) -> Entry:
        sizes = {"sent": 5000, "size": 5000} if status < 300 else {}
        path = f"/_double/media/{job}.mp4"
        return self.add(
            at, "GET", Purpose.RESULT, status, **{"job": job, "path": path, "key": "", **sizes, **facts}
        )

    def observed(self, now: float | None = None, **facts: Any) -> Observed:
        latest = max((entry.until for entry in self.entries), default=0.0)
        known = {"jobs": self.jobs, "now": latest if now is None else now, **facts}
        return Observed(entries=tuple(self.entries), **known)


def lived(*polls: float, end: float = 60.0) -> Script:
    """Return the history of a job that was created at 0, polled, and polled to its end, and fetched."""
    script = Script()
    script.create(0.0)
    script.jobs["job-1"] = replace(script.jobs["job-1"], ended=end)
    for at in polls:
        script.poll(at)
    script.poll(end + 1, "success")
    script.fetch(end + 2)
    return script
