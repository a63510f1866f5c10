"""Edges: how much of a job's life a client has met, as coverage."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from bodydouble.mockserver.journals.journal import Entry, Purpose

Met = Callable[[tuple[Entry, ...]], bool]
"""Tells whether a journal shows that an edge was met."""
_REFUSED, _SERVER_ERROR, _TOO_MANY, _NOT_FOUND = 400, 500, 429, 404


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a job's life, or one thing that may happen on it.

    Attributes:
        name: In words.
        met: Whether a run has met it.
    """

    name: str
    met: Met


def _told(entries: Iterable[Entry]) -> list[str]:
    """Where the job stood, reply after reply, as far as the client heard it."""
    return [entry.stage for entry in entries if entry.stage and entry.heard]


def _begins(stage: str) -> Met:
    def met(entries: tuple[Entry, ...]) -> bool:
        creates = [entry for entry in entries if entry.operation is Purpose.SUBMIT]
        return stage in _told(creates)

    return met


def _steps(before: str, after: str) -> Met:
    return lambda entries: (before, after) in pairwise(_told(entries))


def _answered(purpose: Purpose, lowest: int, highest: int = 599, but: tuple[int, ...] = ()) -> Met:
    def met(entries: tuple[Entry, ...]) -> bool:
        statuses = [entry.status for entry in entries if entry.operation is purpose]
        return any(lowest <= status <= highest and status not in but for status in statuses)

    return met


def _broken(purpose: Purpose) -> Met:
    return lambda entries: any(entry.operation is purpose and not entry.whole for entry in entries)


def _fetched(entries: tuple[Entry, ...]) -> bool:
    return any(entry.operation is Purpose.RESULT and entry.size and entry.whole for entry in entries)


EDGES: tuple[Edge, ...] = (
    Edge("create → queued", _begins("initial")),
    Edge("create → running", _begins("running")),
    Edge("create → success", _begins("success")),
    Edge("create → failure", _begins("failure")),
    Edge("queued → queued", _steps("initial", "initial")),
    Edge("queued → running", _steps("initial", "running")),
    Edge("queued → success", _steps("initial", "success")),
    Edge("queued → failure", _steps("initial", "failure")),
    Edge("running → running", _steps("running", "running")),
    Edge("running → success", _steps("running", "success")),
    Edge("running → failure", _steps("running", "failure")),
    Edge("success → result fetched", _fetched),
    Edge("create: come back later", _answered(Purpose.SUBMIT, _TOO_MANY, _TOO_MANY)),
    Edge("create: refused", _answered(Purpose.SUBMIT, _REFUSED, _SERVER_ERROR - 1, (_TOO_MANY,))),
    Edge("create: server error", _answered(Purpose.SUBMIT, _SERVER_ERROR)),
    Edge("create: reply lost or broken", _broken(Purpose.SUBMIT)),
    Edge("poll: come back later", _answered(Purpose.POLL, _TOO_MANY, _TOO_MANY)),
    Edge("poll: not known yet", _answered(Purpose.POLL, _NOT_FOUND, _NOT_FOUND)),
    Edge("poll: server error", _answered(Purpose.POLL, _SERVER_ERROR)),
    Edge("poll: reply lost or broken", _broken(Purpose.POLL)),
    Edge("result: refused", _answered(Purpose.RESULT, _REFUSED)),
    Edge("result: broken off", _broken(Purpose.RESULT)),
)
"""Every edge, in the order of a life."""


def edges_met(entries: tuple[Entry, ...]) -> frozenset[str]:
    """Return the names of the edges that a run has met."""
    return frozenset(edge.name for edge in EDGES if edge.met(entries))
