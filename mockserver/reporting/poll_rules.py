"""Rules about polls: too fast, too early, too long, not long enough."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from bodydouble.mockserver.journals.journal import Entry, Purpose

from .histories import JobFacts, Noticed, Observed, costs, own_pause, pauses, seconds

_LEAST_TOLERANCE = 0.1
_REFUSED = 400


def polls_too_fast(observed: Observed) -> Iterator[Noticed]:
    """A job is polled in a burst, by one client; the fastest burst of each job is told."""
    for (job, _), polls in _pollers(observed).items():
        burst = min(_bursts(polls, observed.thresholds.burst), key=_length, default=None)
        if burst is None or _length(burst) >= (observed.thresholds.interval - 1e-6) * (len(burst) - 1):
            continue
        mean = _length(burst) / (len(burst) - 1)
        yield Noticed(
            f"job {job} was polled every {seconds(mean)}",
            tuple(burst),
            expected=f"{observed.thresholds.interval:g} s or more between polls, on average",
            got=f"{len(burst)} polls within {seconds(_length(burst))}",
        )


def _pollers(observed: Observed) -> dict[tuple[str, str], list[Entry]]:
    pollers: dict[tuple[str, str], list[Entry]] = {}
    for entry in observed.of(Purpose.POLL):
        if entry.job:
            pollers.setdefault((entry.job, entry.key), []).append(entry)
    return pollers


def _bursts(polls: list[Entry], count: int) -> Iterator[list[Entry]]:
    """Where the clock stood still or was set back nothing can be said about the pace."""
    for start in range(len(polls) - count + 1):
        burst = polls[start : start + count]
        if all(pause > 0 for pause in pauses(burst)):
            yield burst


def _length(burst: list[Entry]) -> float:
    """Seconds from the first to the last: the world's or the client's own, whichever passed more slowly.

    A client that waits as long as it should is not in haste because somebody slowed the world down.
    """
    return sum(_pace(*pair) for pair in pairwise(burst))


def _pace(before: Entry, after: Entry) -> float:
    in_world = after.at - before.at
    if before.came is None or after.came is None:
        return in_world
    return max(in_world, after.came - before.came)


def retry_after_ignored(observed: Observed) -> Iterator[Noticed]:
    """A reply asked to come back later, and the same request came again before that."""
    early: dict[str, list[tuple[Entry, Entry]]] = {}
    for (subject, _, _), entries in _requests(observed).items():
        for told, again in pairwise(entries):
            if _is_early(told, again, observed.thresholds.early):
                early.setdefault(subject, []).append((told, again))
    for subject, pairs in early.items():
        told, again = min(pairs, key=lambda pair: own_pause(*pair) - (pair[0].retry_after or 0.0))
        times = "once" if len(pairs) == 1 else f"{len(pairs)} times"
        yield Noticed(
            f"Retry-After was ignored {times}, {subject}",
            tuple(entry for pair in pairs for entry in pair),
            expected=f"no further attempt within {seconds(told.retry_after or 0.0)}, as the {told.status} reply asked",
            got=f"the next attempt after {seconds(own_pause(told, again))}",
        )


def _requests(observed: Observed) -> dict[tuple[str, str, bytes], list[Entry]]:
    """Requests by what they ask for and by whom; equal ones are attempts at the same thing."""
    requests: dict[tuple[str, str, bytes], list[Entry]] = {}
    for entry in observed.of(Purpose.SUBMIT, Purpose.POLL, Purpose.RESULT):
        about = entry.job or entry.asked
        if entry.operation is Purpose.SUBMIT:
            name = ("creating a job", f"{entry.key} {entry.client_request_id}", entry.body)
        else:
            word = "polling" if entry.operation is Purpose.POLL else "fetching the result of"
            name = (f"{word} job {about}", entry.key, b"")
        requests.setdefault(name, []).append(entry)
    return requests


def _is_early(told: Entry, again: Entry, share: float) -> bool:
    """Clients wait by clocks of their own, whatever the world's shows; where both stand still nothing can be said."""
    stood_still = again.at == told.at and again.came == told.came
    pause = own_pause(told, again)
    if told.retry_after is None or not told.heard or stood_still or pause < 0:
        return False
    return pause < told.retry_after - max(_LEAST_TOLERANCE, share * told.retry_after)


def polls_after_end(observed: Observed) -> Iterator[Noticed]:
    """A client goes on polling though it was told the end; looking once more, or for a fresh URL, is no fault."""
    results = observed.by_job(Purpose.RESULT)
    for (job, _), polls in _pollers(observed).items():
        told = next((poll for poll in polls if _is_final(poll)), None)
        strays = tuple(_strays(polls, results.get(job, []))) if told else ()
        if told and len(strays) >= observed.thresholds.strays:
            yield Noticed(
                f"job {job} was polled {len(strays)} times after its end had been told",
                (told, *strays),
                expected=f"no poll after the reply that told {told.stage}",
            )


def _is_final(entry: Entry) -> bool:
    """A success without its result's URL leaves something to ask for."""
    return entry.tells_end and (entry.stage != "success" or entry.url_until is not None)


def _strays(polls: list[Entry], results: list[Entry]) -> Iterator[Entry]:
    told: Entry | None = None
    for poll in polls:
        if told is not None and own_pause(told, poll) >= 0 and not _has_reason(told, poll, results):
            yield poll
        if _is_final(poll):
            told = poll


def _has_reason(told: Entry, poll: Entry, results: list[Entry]) -> bool:
    """The URL has ended, or the result was refused, since it was told."""
    if told.url_until is not None and poll.at >= told.url_until:
        return True
    return any(told.number < result.number < poll.number and not _gave(result) for result in results)


def _gave(result: Entry) -> bool:
    return result.status < _REFUSED and result.whole


def job_orphaned(observed: Observed) -> Iterator[Noticed]:
    """A job ended well, costs money, and nobody asked for it any more."""
    polls = observed.by_job(Purpose.POLL)
    for created in observed.of(Purpose.SUBMIT):
        facts = observed.jobs.get(created.job)
        if facts and facts.success and created.heard and created.status < _REFUSED:
            yield from _orphaned(created, polls.get(created.job, []), facts, observed)


def _orphaned(created: Entry, polls: list[Entry], facts: JobFacts, observed: Observed) -> Iterable[Noticed]:
    ended = facts.ended
    seen = [created, *polls]
    if ended is None or any(entry.tells_end for entry in seen) or any(poll.at >= ended for poll in polls):
        return
    last = seen[-1]
    sent_away = not last.heard or last.status >= _REFUSED
    if sent_away or not observed.is_late(max(ended, last.until), seen):
        return
    cost = costs([facts])
    yield Noticed(
        f"job {created.job} ended in success and was never polled to its end",
        (created,) if last is created else (created, last),
        expected="polls until a reply tells the end",
        got=f"{'no poll' if not polls else f'the last of {len(polls)} polls {seconds(ended - last.at)} before the end'}"
        f"{f'; the job costs {cost}' if cost else ''}",
    )
