"""The journal of a world: what was asked and what was answered, bounded, without secrets."""

from collections import deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import takewhile

import msgspec

from bodydouble.contracts.jobs.stages import Stage

DEFAULT_LIMIT = 10_000
DEFAULT_SIZE = 64 * 1024 * 1024
"""Bytes of bodies and queries that are kept."""


_FINAL = frozenset(stage.value for stage in Stage if stage.is_final)


class Purpose(StrEnum):
    """What a request was for."""

    SUBMIT = "submit"
    POLL = "poll"
    RESULT = "result"
    UNKNOWN = "unknown"
    CONTROL = "control"


class Entry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One request and its reply, scrubbed. The collector skips it: it refers to nothing that refers back.

    Times are in the world's seconds, whatever its clock does, but for ``came`` and ``left``: a client that is asked to
    wait, or waits for a reply, does so by a clock that nobody freezes or sets forward.

    Attributes:
        number: Counts from one; the order in which replies were decided. Numbers are not used twice.
        at: When the request came, in seconds since the epoch.
        took: Seconds from then to the end of the reply.
        method: Upper case.
        path: As asked for, decoded.
        operation: What it was for.
        status: Status code of the reply; 0 where none was sent.
        route: The path template that it matched, or ``""``.
        job: The job's id, or ``""`` where there was no job.
        asked: The id that was asked about, as it arrived, or ``""``.
        stage: Where the job stands as the reply tells it (a ``Stage``), or ``""``.
        key: Digest of the key that came with it, or ``""``.
        query: Without the question mark.
        headers: Header fields of the request that are of interest; names in lower case.
        body: The request's body, at most :data:`~bodydouble.mockserver.journals.journaling.KEPT` bytes of it.
        body_size: Bytes it had.
        reply_headers: Header fields of the reply, where it told a problem.
        reply: The reply's body, as the request's.
        reply_size: Bytes it had.
        violations: What was wrong with the request, in words.
        decision: Names what decided about a fault, or ``""``.
        scenario: The scenario that the request asked for, or ``""``.
        client_request_id: The client's own name of the request, or ``""``.
        retry_after: Seconds after which the reply asked to come back, or None.
        whole: Whether the reply was sent as meant; False where the scene lost, cut or garbled it.
        gone: Whether the client went away before the reply had been sent.
        url_until: When the result's URL in the reply ends, or None where there is none in it.
        expired: Whether a result was refused because its URL had ended.
        first: Position of the first byte of the result that was sent.
        sent: Bytes of the result that were sent from there.
        size: Bytes that the whole result has; 0 where the reply held none of it.
        came: When the request came, in seconds of the clock that the world's own follows; None where that is unknown.
        left: When the reply had been sent, by the same clock.
    """

    number: int
    at: float
    took: float
    method: str
    path: str
    operation: Purpose
    status: int
    route: str = ""
    job: str = ""
    asked: str = ""
    stage: str = ""
    key: str = ""
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    body_size: int = 0
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply: bytes = b""
    reply_size: int = 0
    violations: tuple[str, ...] = ()
    decision: str = ""
    scenario: str = ""
    client_request_id: str = ""
    retry_after: float | None = None
    whole: bool = True
    gone: bool = False
    url_until: float | None = None
    expired: bool = False
    first: int = 0
    sent: int = 0
    size: int = 0
    came: float | None = None
    left: float | None = None

    @property
    def tells_end(self) -> bool:
        """Whether the client heard that the job had ended; a HEAD tells nothing."""
        return self.heard and self.method != "HEAD" and self.stage in _FINAL

    @property
    def heard(self) -> bool:
        """Whether the reply reached the client as it was meant."""
        return self.whole and not self.gone

    @property
    def until(self) -> float:
        """When the reply had been sent."""
        return self.at + self.took


class Journal:
    """The last entries of a world.

    Attributes:
        limit: How many entries are kept.
        size: How many bytes of bodies and queries are kept.
        dropped: How many entries had to leave so far.
        last: Number of the last entry; 0 before there was one.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT, size: int = DEFAULT_SIZE) -> None:
        if limit < 1:
            raise ValueError(f"a journal keeps at least one entry; got a limit of {limit}")
        self.limit = limit
        self.size = size
        self.dropped = 0
        self.last = 0
        self._entries: deque[Entry] = deque()
        self._held = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def append(self, entry: Entry) -> None:
        """Keep ``entry``; beyond the limits the oldest ones leave, but never the last."""
        self._entries.append(entry)
        self.last = entry.number
        self._held += len(entry.body) + len(entry.reply) + len(entry.query)
        if self._held > self.size or len(self._entries) > self.limit:
            self._shrink()

    def _shrink(self) -> None:
        entries = self._entries
        while len(entries) > self.limit or (self._held > self.size and len(entries) > 1):
            oldest = entries.popleft()
            self._held -= len(oldest.body) + len(oldest.reply) + len(oldest.query)
            self.dropped += 1

    def entries(
        self, *, job: str | None = None, operation: Purpose | None = None, status: int | None = None
    ) -> tuple[Entry, ...]:
        """Return the entries, oldest first, that have all of what is given."""
        return tuple(
            entry
            for entry in self._entries
            if (job is None or entry.job == job)
            and (operation is None or entry.operation == operation)
            and (status is None or entry.status == status)
        )

    def after(self, number: int) -> tuple[Entry, ...]:
        """Return the entries that were appended after the one of this number, oldest first."""
        newer = takewhile(lambda entry: entry.number > number, reversed(self._entries))
        return tuple(newer)[::-1]

    def recall(self, entries: Iterable[Entry], dropped: int, last: int) -> None:
        """Hold what another journal held: its entries, how many had left, and the number of the last one."""
        for entry in entries:
            self.append(entry)
        self.dropped += dropped
        self.last = last

    def skip(self, count: int) -> None:
        """Count entries that are never made, because more than the limit followed them; what there was leaves, too."""
        self.dropped += len(self._entries) + count
        self.last += count
        self._entries.clear()
        self._held = 0

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
        self._held = 0
        self.dropped = 0
