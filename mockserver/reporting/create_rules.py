"""Rules about creates: what is sent again because its reply was lost is bought again."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from bodydouble.mockserver.journals.journal import Entry, Purpose

from .histories import JobFacts, Noticed, Observed, costs, own_pause

_SERVER_ERROR = 500

_Group: TypeAlias = tuple[object, ...]


def create_sent_again(observed: Observed) -> Iterator[Noticed]:
    """A create was accepted, its reply was not heard, and the same create was sent and accepted again."""
    accepted = _Accepted(observed)
    told: set[int] = set()
    for first in observed.of(Purpose.SUBMIT):
        if first.job and first.number not in told:
            chain = tuple(_chain(first, accepted, told))
            if len(chain) > 1:
                yield _noticed(chain, [observed.jobs.get(entry.job, JobFacts()) for entry in chain])


def _chain(first: Entry, accepted: "_Accepted", told: set[int]) -> Iterator[Entry]:
    """Yield ``first`` and what repeats it, one after the other; nothing repeats two."""
    entry: Entry | None = first
    while entry is not None and entry.number not in told:
        told.add(entry.number)
        yield entry
        entry = accepted.repeated(entry)


class _Accepted:
    """The creates that were accepted, by what makes two of them one.

    Two creates are one if the client gave them one name. If one of them has no name, they are one if they say the
    same, unless the client sends this very body on purpose: it had done so before, and was heard.
    """

    def __init__(self, observed: Observed) -> None:
        self._window = observed.thresholds.resend
        self._beginning_known = not observed.dropped
        self._groups: dict[_Group, list[Entry]] = {}
        self._first_heard: dict[_Group, int] = {}
        for entry in observed.of(Purpose.SUBMIT):
            if entry.job:
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.client_request_id:
            self._groups.setdefault(_named(entry), []).append(entry)
        if entry.body:
            named = bool(entry.client_request_id)
            self._groups.setdefault((*_saying(entry), named), []).append(entry)
            if not _is_lost(entry):
                self._first_heard.setdefault(_saying(entry), entry.number)

    def repeated(self, before: Entry) -> Entry | None:
        """Return the next create that is the same as ``before``, sent because the client had not heard of that."""
        found = (entry for entry in self._candidates(before) if own_pause(before, entry) <= self._window)
        return next((entry for entry in found if entry.job != before.job), None)

    def _candidates(self, before: Entry) -> Iterator[Entry]:
        """A name proves more than a body."""
        named = self._next(_named(before), before) if before.client_request_id else None
        if named is not None and (_is_lost(before) or _is_impatient(before, named)):
            yield named
        if self._beginning_known:
            for kind in (False,) if before.client_request_id else (False, True):
                same = self._next((*_saying(before), kind), before)
                if same is not None and self._first_heard.get(_saying(before), same.number) >= same.number:
                    yield same

    def _next(self, group: _Group, before: Entry) -> Entry | None:
        entries = self._groups.get(group, [])
        place = bisect_right(entries, before.number, key=lambda entry: entry.number)
        return entries[place] if place < len(entries) else None


def _named(entry: Entry) -> _Group:
    return (entry.key, entry.client_request_id)


def _saying(entry: Entry) -> _Group:
    return (entry.key, entry.body, entry.body_size, entry.scenario)


def _is_lost(entry: Entry) -> bool:
    """Whether the client cannot know that it was accepted; one that was told to come back later may do so."""
    return not entry.heard or (entry.status >= _SERVER_ERROR and entry.retry_after is None)


def _is_impatient(before: Entry, again: Entry) -> bool:
    """Whether the same was sent before the first reply had come."""
    return own_pause(before, again) < 0 and _saying(before) == _saying(again)


def _noticed(chain: Sequence[Entry], jobs: Sequence[JobFacts]) -> Noticed:
    total, needed = costs(jobs), costs([max(jobs, key=lambda job: (job.usd, job.credits))])
    first = chain[0]
    why = "was lost on its way or not waited for"
    if first.heard:
        why = f"was {first.status}" if _is_lost(first) else "had not come yet"
    return Noticed(
        f"a create was sent again {'because' if _is_lost(first) else 'while'} its reply {why}, "
        f"and {len(chain)} jobs were bought instead of one",
        tuple(chain),
        expected=f"one job{f' for {needed}' if needed else ''}",
        got=f"{len(chain)} jobs{f' for {total}' if total else ''}: {', '.join(entry.job for entry in chain)}",
    )
