"""Rules about results: paid for and never fetched, fetched too late, fetched in part."""

from collections.abc import Iterable, Iterator

from bodydouble.mockserver.journals.journal import Entry, Purpose

from .histories import Noticed, Observed, seconds

_REFUSED = 400


def result_never_fetched(observed: Observed) -> Iterator[Noticed]:
    """The client was told where the result is, and did not ask for it while that was good."""
    fetched = observed.by_job(Purpose.RESULT)
    for job, told in _told(observed).items():
        until = _until(told)
        if job not in fetched and (observed.over or observed.now > until):
            yield Noticed(
                f"the result of job {job} was never fetched",
                (told[-1],),
                expected="one download",
                got="none"
                if observed.over
                else f"none until its URL ended {seconds(observed.now - until)} ago",
            )


def result_fetched_late(observed: Observed) -> Iterator[Noticed]:
    """The result was asked for after its URL had ended, and not with a fresh one afterwards."""
    fetched = observed.by_job(Purpose.RESULT)
    for job, told in _told(observed).items():
        late = tuple(entry for entry in fetched.get(job, ()) if _is_late(entry, told))
        if late and not _recovered(late[0], told, fetched[job]) and observed.is_late(late[-1].until, late):
            until = _until(entry for entry in told if entry.number < late[0].number)
            yield Noticed(
                f"the result of job {job} was fetched too late",
                (told[-1], *late),
                expected=f"a download within the {seconds(until - told[-1].until)} that its URL was good",
                got=f"the first attempt {seconds(late[0].at - until)} after that",
            )


def _is_late(fetched: Entry, told: list[Entry]) -> bool:
    """Whether every URL that had been told by then had been good, and had ended of itself."""
    before = [entry for entry in told if entry.number < fetched.number]
    good = [entry for entry in before if entry.url_until is not None and entry.url_until > entry.until]
    return fetched.expired and bool(good) and fetched.at >= _until(before)


def _recovered(late: Entry, told: list[Entry], fetched: list[Entry]) -> bool:
    """Whether a fresh URL was asked for, or the result given, afterwards."""
    return any(entry.number > late.number and entry.status < _REFUSED for entry in (*told, *fetched))


def result_incomplete(observed: Observed) -> Iterator[Noticed]:
    """Some bytes of a result went out and never all of them, and the client did not try for the others."""
    told = _told(observed)
    for job, entries in observed.by_job(Purpose.RESULT).items():
        parts = [entry for entry in entries if entry.method == "GET" and entry.size]
        # What came before may have left the journal, unless something older has not.
        if not parts or job not in told or told[job][0].number > parts[0].number:
            continue
        if not observed.over and observed.now <= _until(told[job]):
            continue
        size = parts[-1].size
        covered = _covered((entry.first, entry.first + entry.sent) for entry in parts)
        # Whoever tried again, and was cut off by the scene again, did what can be done.
        tried = len(parts) > 1 and not parts[-1].whole
        if 0 < covered < size and not tried:
            yield Noticed(
                f"the result of job {job} was fetched in part",
                tuple(parts),
                expected=f"{size} bytes",
                got=f"{covered} bytes in {'one request' if len(parts) == 1 else f'{len(parts)} requests'}",
            )


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    """Return how many places lie in at least one of the spans."""
    covered = end = 0
    for first, last in sorted(spans):
        covered += max(last - max(first, end), 0)
        end = max(end, last)
    return covered


def _told(observed: Observed) -> dict[str, list[Entry]]:
    """The replies that told where the result is, by job."""
    told: dict[str, list[Entry]] = {}
    for entry in observed.of(Purpose.SUBMIT, Purpose.POLL):
        if entry.job and entry.tells_end and entry.url_until is not None:
            told.setdefault(entry.job, []).append(entry)
    return told


def _until(told: Iterable[Entry]) -> float:
    """When the last of the URLs ends."""
    return max((entry.url_until for entry in told if entry.url_until is not None), default=0.0)
