"""What holds for all that was seen of one job.

The server's clock is not ours: a status that nobody saw is no breach, and two polls that overlap have no order.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_pattern import Promise
from bodydouble.contracts.pointers import JSON, join

from .check_rules import Area, Breach, Direction, HistoryCheck, Observation, Rule
from .exchanges import Exchange
from .matching import Match, Role, told_status, value_at
from .oracle import possible

NOT_FOUND = frozenset({404, 410})


def observe(exchange: Exchange, match: Match) -> Observation:
    """Return what an exchange said about its job."""
    shape = match.shape
    body = exchange.reply.json_or_none() if exchange.succeeded else None
    word = told_status(shape, body) if shape else None
    known = [promise for promise in shape.promises if promise.status == word] if shape else []
    return Observation(
        number=exchange.number,
        submitted=match.role is Role.SUBMIT,
        started=exchange.started,
        ended=exchange.ended,
        code=exchange.status,
        status=word or "",
        stage=known[0].stage if known else None,
        result=_result(body, known[0]) if known and known[0].stage.is_final else None,
    )


def _result(body: JSON, promise: Promise) -> JSON:
    return {place: without_queries(value_at(body, place)) for place in promise.present}


def without_queries(value: JSON) -> JSON:
    """Return ``value`` with the query and fragment of every URL left out: a new signature is no new result."""
    match value:
        case dict():
            return {name: without_queries(member) for name, member in value.items()}
        case list():
            return [without_queries(member) for member in value]
        case str() if "://" in value:
            return _without_query(value)
    return value


def _without_query(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(query="", fragment=""))


def _unique(before: tuple[Observation, ...], now: Observation) -> Iterator[Breach]:
    earlier = [seen.number for seen in before if seen.submitted]
    if now.submitted and earlier:
        yield Breach(
            message=f"the id was given to the job of exchange {earlier[0]} already",
            expected="a new id",
            got=f"that of exchange {earlier[0]}",
        )


def _found(before: tuple[Observation, ...], now: Observation) -> Iterator[Breach]:
    known = [seen for seen in before if seen.status and seen.precedes(now)]
    if now.code in NOT_FOUND and known:
        yield Breach(
            message=f"the job is not found any more; exchange {known[-1].number} told of it",
            expected="the job's status",
            got=f"status {now.code}",
        )


def _forward(before: tuple[Observation, ...], now: Observation) -> Iterator[Breach]:
    known = possible(before, now.started)
    stage = now.stage
    if known.reached and stage and not known.ended and stage not in known.stages and not stage.is_final:
        yield _step_back(known.reached, now, "a job moves forward only")


def _is_final(before: tuple[Observation, ...], now: Observation) -> Iterator[Breach]:
    known = possible(before, now.started)
    if known.end is None or now.status in ("", known.end.status):
        return
    if known.ended or (now.stage is not None and now.stage.is_final):
        yield _step_back(known.end, now, "a final status is final")


def _immutable(before: tuple[Observation, ...], now: Observation) -> Iterator[Breach]:
    """Polls that overlap are no exception: both tell of the end, after which nothing changes."""
    ends = [seen for seen in before if _final(seen) and seen.status == now.status]
    if not ends:
        return
    across = ends[0].submitted is not now.submitted
    for place in _differences(ends[0].result, now.result, across=across):
        yield Breach(
            pointer=place,
            message=f"the result differs from that of exchange {ends[0].number}",
            expected="the same value, queries of URLs aside",
            got="another value",
        )


def _differences(old: JSON, new: JSON, *, across: bool) -> Iterator[str]:
    """Yield the pointers of the promised values that differ; both results are objects by pointer.

    Args:
        old: Of the first reply that told the end.
        new: Of this one.
        across: Whether one is the create's and the other a poll's: each answers by its own schema, so that only what
            both tell is compared.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for place, value in old.items():
            if place in new or not across:
                yield from _deeper(value, new.get(place), place, across=across)


def _deeper(old: JSON, new: JSON, place: str, *, across: bool) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict) and (across or old.keys() == new.keys()):
        for name in (name for name in old if name in new):
            yield from _deeper(old[name], new[name], join(place, name), across=across)
    elif old != new:
        yield place


def _final(seen: Observation) -> bool:
    return seen.stage is not None and seen.stage.is_final


def _step_back(seen: Observation, now: Observation, expected: str) -> Breach:
    message = f"the status {now.status} follows {seen.status} of exchange {seen.number}"
    return Breach(message=message, expected=expected, got=f"{seen.status}, then {now.status}")


_ERROR, _WARNING, _REPLY = Severity.ERROR, Severity.WARNING, Direction.REPLY

HISTORY_RULES: tuple[tuple[Rule, HistoryCheck], ...] = (
    (Rule("job-id-reused", _ERROR, _REPLY, Area.IDENTITY, "Every create is given an id of its own"), _unique),
    (Rule("job-lost", _WARNING, _REPLY, Area.IDENTITY, "A job that was told of can be polled"), _found),
    (
        Rule("job-backwards", _ERROR, _REPLY, Area.ORDER, "The status moves forward along the job's stages"),
        _forward,
    ),
    (Rule("job-end-left", _ERROR, _REPLY, Area.ORDER, "A final status is final"), _is_final),
    (
        Rule(
            "job-result-changed",
            _ERROR,
            _REPLY,
            Area.RESULT,
            "A final result stays as it is, signatures aside",
        ),
        _immutable,
    ),
)
"""Every rule about one job's history."""
