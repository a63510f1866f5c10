"""Telling: what a test's world saw, in words, bounded and without secrets, for whoever reads a failure."""

from collections.abc import Iterator, Sequence

from bodydouble.contracts.words import count
from bodydouble.mockserver.control.answers import JobInfo, JournalEntry, Moment

MOST_LINES = 40
MOST_JOBS = 5
WIDTH = 200


def told(entries: Sequence[JournalEntry], jobs: Sequence[JobInfo]) -> tuple[str, ...]:
    """Return the lines of a timeline.

    Args:
        entries: What was asked and answered, the oldest first; their secrets have been removed.
        jobs: What became of it.
    """
    return tuple(_plain(line) for line in (*_jobs(jobs), *shortened(tuple(_requests(entries)))))


def shortened(lines: Sequence[str], most: int = MOST_LINES) -> tuple[str, ...]:
    """Return ``most`` of the lines: the first and the last, and between them how many are left out."""
    if len(lines) <= most:
        return tuple(lines)
    first = most // 3
    last = most - first - 1
    return (*lines[:first], f"    ... {len(lines) - first - last} more ...", *lines[-last:])


def _jobs(jobs: Sequence[JobInfo]) -> Iterator[str]:
    for job in jobs[:MOST_JOBS]:
        life = ", ".join(_moment(moment, job.submitted) for moment in job.timeline)
        yield f"job {job.id}, scenario {job.scenario}, is {job.status} after {count(job.facts.polls, 'poll')}: {life}"
    if len(jobs) > MOST_JOBS:
        yield f"and {count(len(jobs) - MOST_JOBS, 'more job')}"


def _moment(moment: Moment, submitted: float) -> str:
    forced = ", forced" if moment.forced else ""
    if moment.poll is not None:
        return f"{moment.status} from poll {moment.poll}{forced}"
    if moment.at is None:
        return f"{moment.status} never"
    return f"{moment.status} at {moment.at - submitted:.1f} s{forced}"


def _requests(entries: Sequence[JournalEntry]) -> Iterator[str]:
    if not entries:
        yield "no request came"
        return
    begun = entries[0].at
    for entry in entries:
        yield f"{entry.at - begun:9.1f} s  {entry.method} {entry.path}  {_answer(entry)}"
        yield from (f"             {violation}" for violation in entry.violations[:3])


def _answer(entry: JournalEntry) -> str:
    if not entry.status:
        return f"no reply ({entry.operation})"
    about = f", job {entry.job} is {entry.stage}" if entry.job and entry.stage else ""
    broken = "" if entry.whole else ", reply broken off"
    return f"{entry.status} ({entry.operation}{about}){broken}"


def _plain(line: str) -> str:
    """Paths come from clients, and go to terminals."""
    shown = "".join(character if character.isprintable() else "?" for character in line)
    return shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 3]}..."
