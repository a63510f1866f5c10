"""How the job pattern changed: where a job's id and status stand, which words the status has, what polls take.

Such a change is told as what it is to the job's users, instead of as what became of a property.
"""

from collections.abc import Iterable, Sequence

import msgspec

from bodydouble.contracts.jobs.polls import polls_of
from bodydouble.contracts.jobs.reply_shapes import Seen
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.words import one_of

from .changes import Change, Witness
from .described import Both
from .differences import Difference, Kind

Told = tuple[Difference | None, Change]
"""A change with the difference between schemas that it is about, if it is about one."""

_OF_WORDS = frozenset({Kind.ENUM_NARROWED, Kind.ENUM_WIDENED, Kind.ENUM_REPLACED})
_OF_NAMES = frozenset(
    {Kind.PROPERTY_REMOVED, Kind.PROPERTY_ADDED, Kind.RENAMED, Kind.BECAME_REQUIRED, Kind.BECAME_OPTIONAL}
)
_OF_PARAMETERS = frozenset(
    {"parameter-removed", "parameter-added", "required-parameter-added", "parameter-renamed"}
)


class Explained(msgspec.Struct, frozen=True):
    """Changes of a job pattern, and the other changes that they do not explain."""

    changes: tuple[Change, ...]
    others: tuple[Told, ...]


def explained(both: Both, told: Sequence[Told]) -> Explained:
    """Return changes with those that a change of the job pattern explains told as such."""
    about_schemas = any(difference is not None for difference, _ in told)
    if not about_schemas or not _is_about_a_job(both):
        return Explained((), tuple(told))
    old, new = both.old_version.shape(both.old), both.new_version.shape(both.new)
    changes: list[Change] = []
    others = list(told)
    for find in (_identity, _place_of_status, _words):
        change, idle = find(both, old, new, others)
        if change is not None:
            changes.append(change)
            others = [each for each in others if each not in idle]
    return Explained(tuple(changes), tuple(others))


def _is_about_a_job(both: Both) -> bool:
    """Whether both replies tell an id, beside a status or as an acknowledgement; of a GET, a status that it polls."""
    return all(
        _tells(version.shape(op), op.method)
        for version, op in ((both.old_version, both.old), (both.new_version, both.new))
    )


def _tells(seen: Seen, method: str) -> bool:
    told = seen.shape.status in seen.places.outlines
    if method == "get":
        return told
    ids = seen.shape.ids
    return method == "post" and bool(ids) and (told or seen.places.is_acknowledgement(ids[0]))


_Finding = tuple[Change | None, list[Told]]


def _identity(both: Both, old: Seen, new: Seen, told: list[Told]) -> _Finding:
    before, after = old.shape.ids, new.shape.ids
    if not before or not after or any(place in new.places.outlines for place in before):
        return None, []
    idle = [*_about(told, before, _OF_NAMES), *_about(told, after, _OF_NAMES)]
    was: list[JSON] = [*before]
    now: list[JSON] = [*after]
    message = f"the job's id is at {' or '.join(after)}, was at {' or '.join(before)}"
    change = both.change("job-id-renamed", "job id", message, old=was, new=now, witness=_witness(idle))
    return change, idle


def _place_of_status(both: Both, old: Seen, new: Seen, told: list[Told]) -> _Finding:
    before, after = old.shape.status, new.shape.status
    stands = before in old.places.outlines and after in new.places.outlines
    if not stands or before in new.places.outlines or after in old.places.outlines:
        return None, []
    idle = [*_about(told, (before,), _OF_NAMES), *_about(told, (after,), _OF_NAMES)]
    message = f"the job's status is at {after}, was at {before}"
    change = both.change(
        "job-status-moved", "job status", message, old=before, new=after, witness=_witness(idle)
    )
    return change, idle


def _words(both: Both, old: Seen, new: Seen, told: list[Told]) -> _Finding:
    gone = [word for word in old.words if word not in new.words]
    come = [word for word in new.words if word not in old.words]
    idle = _about(told, (old.shape.status,), _OF_WORDS)
    if not old.words or not new.words or not (gone or come) or not idle:
        return None, []
    rule = "job-status-replaced" if gone and come else "job-status-removed" if gone else "job-status-added"
    before: list[JSON] = [*gone]
    after: list[JSON] = [*come]
    parts = [f"{_shown(after)} new"] if come else []
    parts += [f"{_shown(before)} gone"] if gone else []
    message = f"among the statuses of a job {' and '.join(parts)}"
    change = both.change(
        rule, "job status", message, old=before or None, new=after or None, witness=_witness(idle)
    )
    return change, idle


def _shown(words: list[JSON]) -> str:
    return f"{one_of(words).removeprefix('one of ')} {'is' if len(words) == 1 else 'are'}"


def _about(told: Iterable[Told], places: Iterable[str], kinds: frozenset[Kind]) -> list[Told]:
    wanted = {tokens_of(place) for place in places}
    return [
        (difference, change)
        for difference, change in told
        if difference is not None
        and difference.kind in kinds
        and (difference.old_tokens in wanted or difference.new_tokens in wanted)
    ]


def _witness(told: Iterable[Told]) -> Witness | None:
    """The witness of a change that is told otherwise; one that could be built comes first."""
    witnesses = [change.witness for _, change in told if change.witness is not None]
    return min(witnesses, key=lambda each: bool(each.problem), default=None)


def poll_changes(both: Both, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes of parameters with that of the one that takes a job's id told as what it is."""
    old, new = (_id_parameter(both, is_old=is_old) for is_old in (True, False))
    idle = [
        change
        for change in changes
        if change.rule in _OF_PARAMETERS and change.subject in (f"query {old}", f"query {new}")
    ]
    if not old or not new or old == new or not any(change.old == old for change in idle):
        return tuple(changes)
    message = f"polls take the job's id as {new}, was {old}"
    change = both.change("job-poll-parameter-renamed", "job poll", message, old=old, new=new)
    return (change, *(each for each in changes if each not in idle))


def _id_parameter(both: Both, *, is_old: bool) -> str:
    operation = both.old if is_old else both.new
    poll = next(iter(polls_of((operation,))), None)
    usable = poll.parameters if poll is not None and not poll.lack else ()
    return next((parameter.name for parameter in usable[:1] if parameter.location == "query"), "")
