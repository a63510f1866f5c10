"""What the client hands out: jobs, videos, errors of jobs. Frozen, hashable, with the raw body kept."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a status word means."""

    INITIAL = "initial"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"

    @property
    def terminal(self) -> bool:
        """Whether a job of this kind never changes again."""
        return self in (Kind.SUCCESS, Kind.FAILURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One result.

    Attributes:
        url: Where it can be fetched for a while; its query is a credential and is not shown in ``repr``.
        duration: Length in seconds, if the server said.
        content_type: Media type, if the server said.
        file_name: Name the server gave it, if any.
        file_size: Size in bytes, if the server said.
    """

    url: str = field(repr=False)
    duration: float | None = None
    content_type: str | None = None
    file_name: str | None = None
    file_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed, as the server told it.

    Attributes:
        name: Name of the error; empty if the server gave none.
        message: What went wrong; empty if the server said nothing.
    """

    name: str = ""
    message: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.name, self.message) if part) or "no reason given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a job cost, in whichever of these units the server counts.

    Attributes:
        credits_used: Credits.
        tokens_used: Tokens.
        usd_spent: US dollars.
    """

    credits_used: float | None = None
    tokens_used: float | None = None
    usd_spent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as last seen.

    Attributes:
        id: The server's id.
        status: The status word as the server wrote it; empty for a job that was never looked at.
        kind: What that word means.
        videos: The results, in the server's order.
        error: Why it failed, if the reply says.
        usage: What it cost, if the reply says.
        client_request_id: The id that this client sent with the create; None for an attached job.
        created_at: When the create was answered, in seconds since the epoch; None for an attached job.
        retry_after: Seconds for which the create's reply asked not to be polled; 0 if it did not ask.
        body: The last reply's body, exactly as it came; empty for a job that was never looked at.
    """

    id: str
    status: str = ""
    kind: Kind = Kind.UNKNOWN
    videos: tuple[Video, ...] = ()
    error: JobError | None = None
    usage: Usage | None = None
    client_request_id: str | None = None
    created_at: float | None = field(default=None, compare=False)
    retry_after: float = field(default=0.0, compare=False)
    body: bytes = field(default=b"", repr=False, compare=False)

    @property
    def video(self) -> Video | None:
        """The first result, or None."""
        return self.videos[0] if self.videos else None

    @property
    def looked_at(self) -> bool:
        """Whether the server has ever been asked for this job."""
        return bool(self.body)

    @property
    def raw(self) -> Any:
        """The last reply's body as decoded JSON, a fresh copy each time; None if there was none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a listener is told while a wait goes on.

    Attributes:
        job: The job as last seen.
        changed: Whether this is news about the job itself.
        elapsed: Seconds since the wait began.
        next_poll: Seconds until the next poll; None if there will be none.
        problem: Why the last poll told nothing; empty if it told something.
    """

    job: Job
    changed: bool
    elapsed: float
    next_poll: float | None
    problem: str = ""
