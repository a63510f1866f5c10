"""Snapshots: a world as JSON, and the world that a snapshot holds, which goes on exactly as the first would have.

What a client could see is in it, keys are not: the journal was scrubbed when it was written, and of keys it has
digests. Time stands still while a world is a snapshot.
"""

from typing import Annotated

import msgspec

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.journals.journal import Entry
from bodydouble.mockserver.scenes.faults import Decision
from bodydouble.mockserver.scenes.scenarios import Scenario

from .notes import (
    JobNote,
    NoteError,
    Resolving,
    Setup,
    checked,
    decoded,
    encoded,
    founded,
    note_of,
    put_back,
    setup_of,
)
from .worlds import Count, Counts, World

FORMAT = "bodydouble world 1"


class SnapshotError(ValueError):
    """A snapshot cannot be restored here; the message says what does not fit. Nothing was changed."""


class Kept(msgspec.Struct, frozen=True):
    """A journal, written down.

    Attributes:
        last: Number of the last entry.
        dropped: How many entries had left.
        entries: Oldest first.
    """

    last: Count
    dropped: Count
    entries: tuple[Entry, ...]


class Snapshot(msgspec.Struct, frozen=True):
    """A world, written down.

    Attributes:
        format: :data:`FORMAT`.
        contract: Title and version of the contract that was played, for people.
        setup: How it is set up.
        counts: What it has counted.
        scenarios: Those that jobs refer to by number.
        jobs: In the order of their submission.
        gone: The last jobs that had to leave: id, and when each ended or would have, None for never.
        journal: What was asked and answered.
        decisions: Those that can be explained, the oldest first.
    """

    format: str
    contract: str
    setup: Setup
    counts: Counts
    scenarios: tuple[Scenario, ...]
    jobs: tuple[JobNote, ...]
    gone: tuple[tuple[str, float | None], ...]
    journal: Kept
    decisions: tuple[Decision, ...]


class _Head(msgspec.Struct):
    format: Annotated[str, msgspec.Meta(max_length=100)] = ""
    contract: Annotated[str, msgspec.Meta(max_length=1000)] = ""


def snapshot_of(world: World, contract: Contract) -> bytes:
    """Return a world as JSON.

    Raises:
        Unwritable: A scenario, built in Python, cannot be written down.
    """
    numbers: dict[int, int] = {}
    scenarios: list[Scenario] = []
    jobs: list[JobNote] = []
    for job in world.jobs:
        if id(job.scenario) not in numbers:
            numbers[id(job.scenario)] = len(scenarios)
            scenarios.append(checked(job.scenario))
        jobs.append(note_of(job, numbers[id(job.scenario)]))
    journal = world.journal
    return encoded(
        Snapshot(
            FORMAT,
            f"{contract.title} {contract.version}",
            setup_of(world),
            world.counts,
            tuple(scenarios),
            tuple(jobs),
            world.jobs.gone,
            Kept(journal.last, journal.dropped, tuple(journal)),
            world.decisions,
        )
    )


def restored(raw: bytes, like: World, resolving: Resolving) -> World:
    """Return the world that a snapshot holds.

    Args:
        raw: What :func:`snapshot_of` returned.
        like: Gives the world its name, its limits and its base clock; it is not changed.
        resolving: What this server knows.

    Raises:
        SnapshotError: It is no snapshot, one of a later version, damaged, or does not fit this server.
    """
    head = _head(raw)
    try:
        snapshot = decoded(raw, Snapshot)
        world = _filled(snapshot, like, resolving)
    except NoteError as problem:
        made = f" (made while {head.contract} was played)" if head.contract else ""
        raise SnapshotError(f"this snapshot cannot be restored here: {problem}{made}") from None
    gone = ((job, float("inf") if end is None else end) for job, end in snapshot.gone)
    world.recall(snapshot.counts, gone, snapshot.decisions)
    kept = snapshot.journal
    world.register.journal.recall(kept.entries, kept.dropped, kept.last)
    return world


def _filled(snapshot: Snapshot, like: World, resolving: Resolving) -> World:
    """Return a new world with the jobs of a snapshot."""
    if snapshot.counts.plans < len(snapshot.jobs) + snapshot.counts.evicted:
        raise NoteError("it counts fewer jobs than it holds")
    world = founded(snapshot.setup, like, resolving, still=True)
    scenarios = tuple(map(resolving.scenario, snapshot.scenarios))
    put_back(snapshot.jobs, scenarios, world, resolving)
    return world


def restore(raw: bytes, world: World, resolving: Resolving) -> None:
    """Have ``world`` be the one that a snapshot holds.

    Raises:
        SnapshotError: See :func:`restored`; the world is as it was.
    """
    world.become(restored(raw, world, resolving))


def _head(raw: bytes) -> _Head:
    try:
        head = decoded(raw, _Head)
    except NoteError as problem:
        raise SnapshotError(f"this is no snapshot: {problem}") from None
    if not head.format.startswith(FORMAT.rstrip("0123456789")):
        got = f"format {head.format!r}" if head.format else "no format"
        raise SnapshotError(f"this is no snapshot: expected format {FORMAT!r}, got {got}")
    if head.format != FORMAT:
        raise SnapshotError(f"this snapshot has format {head.format!r}; this version reads {FORMAT!r}")
    return head
