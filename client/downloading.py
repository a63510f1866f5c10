"""A video, whole or not at all: the conversation that fetches it.

No request here carries the key: links are signed, and a host that is told the key might keep it. (A fresh
link is asked of the API, by an ordinary poll.)
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin

from .addresses import usable_link, without_query
from .asking import Asking
from .errors import (
    DownloadError,
    Incomplete,
    LinkRefused,
    NoAnswer,
    NotAVideo,
    ResultMissing,
    StorageError,
    TooLarge,
    TrackingError,
)
from .heads import Head, Note, Use, describe, looks_like_markup
from .models import Job, Kind
from .parsing import shown
from .retry import create_pause, retry_after
from .steps import Conversation, Failed, Open, Piece, Read, Reply, Request, Send, Shut, Sleep, Tick
from .submission import REPLY_LIMIT
from .waiting import poll_request, told_by

_MOST_STRIKES = 5
_MOST_REDIRECTS = 5
_BEGINNING = 512  # bytes by which markup is known


class Part(Protocol):
    """Where bytes gather; every method may raise OSError.

    Attributes:
        size: How many bytes are there.
        note: What they are part of, or None if nobody can tell.
    """

    size: int
    note: Note | None

    @property
    def destination(self) -> object:
        """Where the whole will be, as a person wants to read it."""

    def restart(self, note: Note | None) -> None:
        """Drop all bytes; those that follow are part of what ``note`` says."""

    def append(self, data: bytes) -> None:
        """Add ``data``."""

    def head(self, length: int) -> bytes:
        """Return the first ``length`` bytes, or all if there are fewer."""

    def finish(self) -> None:
        """Put the whole in place, durably."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to fetch.

    Attributes:
        index: Which of the job's videos, from 0.
        timeout: Seconds for everything.
        limit: Most bytes.
    """

    index: int
    timeout: float
    limit: int


def downloading(job: Job, part: Part, order: Order, asking: Asking, start: Tick) -> Conversation[Job]:
    """Fetch a video of ``job`` into ``part`` and put it in place; return the job as last seen.

    A lost connection is taken up where it broke, if the host can tell that the file is still the same.

    Raises:
        DownloadError: It was not saved; see the tree for the kinds.
        PollRefused: A fresh link was needed and the API refused to tell.
        ResultMissing: The job is complete and has no such video.
    """
    try:
        return (yield from _Download(job, part, order, asking, start).run())
    except OSError as error:
        if isinstance(error, TrackingError):
            raise
        raise StorageError(
            f"cannot write {part.destination}: {error.strerror or error}; job {shown(job.id)} is not lost, "
            f"download it again",
            job=job,
        ) from error
    except BaseException as error:
        if not isinstance(error, TrackingError | GeneratorExit):
            error.add_note(f"job {shown(job.id)} is not lost; to go on, download it again to the same path")
        raise


class _Download:
    """The state of one download."""

    def __init__(self, job: Job, part: Part, order: Order, asking: Asking, start: Tick) -> None:
        self.job = job
        self.part = part
        self.order = order
        self.asking = asking
        self.deadline = start.now + order.timeout
        self.now = start.now
        self.strikes = 0
        self.reached = part.size
        self.refreshed = False
        self.source = f"{job.id} {order.index}"

    def run(self) -> Conversation[Job]:
        if self._has_all():
            self.part.finish()
            return self.job
        link = self._link()
        while True:
            if not link:
                link = yield from self._fresh_link()
                continue
            head = yield from self._open(link)
            if head.use is Use.AGAIN:
                yield from self._strike(head.told, head.pause)
            elif head.use is Use.EXPIRED:
                link = self._expired(head)
            elif head.use is Use.RESTART:
                self.part.restart(None)
                yield from self._strike(head.told, 0.0)
            elif (yield from self._body(head)):
                self.part.finish()
                return self.job

    def _has_all(self) -> bool:
        """Return whether a former download died between its last byte and the rename."""
        note, size = self.part.note, self.part.size
        if note is None or note.source != self.source or note.total != size:
            return False
        return size <= self.order.limit and not looks_like_markup(self.part.head(_BEGINNING))

    def _link(self) -> str:
        videos = self.job.videos
        return videos[self.order.index].url if self.order.index < len(videos) else ""

    def _left(self) -> float:
        if self.now >= self.deadline:
            raise self._incomplete("the time is over")
        return min(self.deadline - self.now, self.asking.pace.stall)

    def _open(self, link: str) -> Conversation[Head]:
        """Follow ``link`` to a reply; redirects are followed, without the key as ever."""
        for _ in range(_MOST_REDIRECTS + 1):
            if not usable_link(link):
                raise LinkRefused(
                    f"the link of job {shown(self.job.id)} is no http(s) URL: {without_query(link)}",
                    job=self.job,
                )
            answer: Reply | Failed = yield Open(request=self._request(link), timeout=self._left())
            self.now = answer.now
            if isinstance(answer, Failed):
                return Head(use=Use.AGAIN, told=answer.reason)
            head = describe(answer, self.part.size if self._resumable() else 0, self.part.note)
            if head.use is not Use.ELSEWHERE:
                return self._accepted(head)
            link = self._next_hop(link, head.told)
        raise LinkRefused(f"more than {_MOST_REDIRECTS} redirects from {without_query(link)}", job=self.job)

    def _next_hop(self, link: str, location: str) -> str:
        following = urljoin(link, location)
        if link.startswith("https:") and not following.startswith("https:"):
            raise LinkRefused(f"{without_query(link)} redirects to an unprotected URL", job=self.job)
        return following

    def _request(self, link: str) -> Request:
        note = self.part.note
        if not self._resumable() or note is None:
            return Request(method="GET", url=link)
        return Request(
            method="GET",
            url=link,
            headers=(("Range", f"bytes={self.part.size}-"), ("If-Range", note.validator)),
        )

    def _resumable(self) -> bool:
        """Return whether the bytes at hand are of this video and the host can say so (RFC 9110 13.1.5)."""
        note, size = self.part.note, self.part.size
        if note is None or not size or note.source != self.source or not note.validator:
            return False
        return note.total is None or size < note.total

    def _accepted(self, head: Head) -> Head:
        """Return ``head`` if its body may be read, or need not be.

        Raises:
            DownloadError: Its body is not wanted.
        """
        if head.use is Use.REFUSED:
            raise LinkRefused(self._about(head.told), job=self.job, status=head.status)
        if head.use is Use.MARKUP:
            raise NotAVideo(self._about(head.told), job=self.job)
        if head.use is Use.UNCHECKED:
            raise self._incomplete(head.told)
        if head.total is not None and head.total > self.order.limit:
            raise TooLarge(
                self._about(f"{head.total} bytes, and {self.order.limit} are allowed"), job=self.job
            )
        return head

    def _body(self, head: Head) -> Conversation[bool]:
        """Read the body into the part file; return whether it is whole now."""
        if head.use is Use.WHOLE:
            self.part.restart(Note(source=self.source, validator=head.validator, total=head.total))
        while True:
            answer: Piece | Failed = yield Read(self._left())
            self.now = answer.now
            if isinstance(answer, Failed) and self.part.size != head.total:
                yield from self._strike(answer.reason, 0.0)
                return False
            if isinstance(answer, Failed) or not answer.data:
                break
            self._take(answer.data, head)
        yield Shut()
        if head.total is not None and self.part.size != head.total:
            yield from self._strike(f"{self.part.size} of {head.total} bytes came", 0.0)
            return False
        if not self.part.size:
            raise NotAVideo(self._about("an empty file"), job=self.job)
        if looks_like_markup(self.part.head(_BEGINNING)):
            self.part.restart(None)
            raise NotAVideo(self._about("a web page or an XML document"), job=self.job)
        return True

    def _take(self, data: bytes, head: Head) -> None:
        size = self.part.size + len(data)
        if size > (self.order.limit if head.total is None else head.total):
            self.part.restart(None)
            raise TooLarge(self._about(f"more than {size - len(data)} bytes"), job=self.job)
        self.part.append(data)
        if size > self.reached:
            # Bytes that had come before are no progress: a host that always breaks off at the same place is
            # not asked for ever.
            self.reached, self.strikes, self.refreshed = size, 0, False

    def _strike(self, told: str, pause: float) -> Conversation[None]:
        """Count a failed attempt and pause, or give up."""
        self.strikes += 1
        pause = max(pause, create_pause(self.strikes, self.asking.pace, self.asking.rng))
        if self.strikes > _MOST_STRIKES or self.now + pause >= self.deadline:
            raise self._incomplete(told)
        yield Shut()
        tick: Tick = yield Sleep(pause)
        self.now = tick.now

    def _expired(self, head: Head) -> str:
        """Return no link, so that a fresh one is asked for, once."""
        if self.refreshed:
            raise LinkRefused(
                self._about(f"{head.told}, also with a fresh link"), job=self.job, status=head.status
            )
        self.refreshed = True
        return ""

    def _fresh_link(self) -> Conversation[str]:
        """Ask the API for the job and return its link; empty if the API told nothing this time."""
        self.refreshed = True
        yield Shut()
        timeout = min(self._left(), self.asking.pace.poll_timeout)
        answer: Reply | Failed = yield Send(
            request=poll_request(self.job, self.asking), timeout=timeout, limit=REPLY_LIMIT
        )
        self.now = answer.now
        try:
            self.job = told_by(answer, self.job, self.asking)
        except NoAnswer as nothing:
            told = f"no fresh link: {nothing.problem}"
        else:
            return self._refreshed_link()
        yield from self._strike(told, retry_after(answer) or 0.0)
        return ""

    def _refreshed_link(self) -> str:
        if not self._link():
            raise self._no_video()
        return self._link()

    def _no_video(self) -> TrackingError:
        job = self.job
        if job.kind is Kind.SUCCESS:
            return ResultMissing(f"job {shown(job.id)} has no video number {self.order.index + 1}", job=job)
        reason = f": {job.error}" if job.error else ""
        return DownloadError(
            f"job {shown(job.id)} is {shown(job.status)!r} and has no video{reason}", job=job
        )

    def _about(self, told: str) -> str:
        return f"the video of job {shown(self.job.id)} was not saved: {told}"

    def _incomplete(self, told: str) -> Incomplete:
        kept = f"; {self.part.size} bytes are kept to go on from" if self.part.size else ""
        return Incomplete(self._about(told) + kept, job=self.job)
