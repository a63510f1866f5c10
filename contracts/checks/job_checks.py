"""What holds for one reply about a job."""

from collections.abc import Iterable, Iterator

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_pattern import Promise
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.words import either, show

from .check_rules import Area, Breach, Direction, ExchangeCheck, Rule, Seen
from .matching import Role, told_ids, told_status, value_at

REPLY_ID = "$reply.id"
"""The value of a tracing header: the job's id where there is a job."""


def _id_told(seen: Seen) -> Iterator[Breach]:
    shape, body = seen.match.shape, seen.job
    if shape is not None and isinstance(body, dict) and not told_ids(shape, body):
        yield Breach(
            message="the reply does not tell the job's id",
            expected=f"an id at {either(shape.ids)}",
            got=show(list(body)),
        )


def _ids_agree(seen: Seen) -> Iterator[Breach]:
    shape = seen.match.shape
    told = told_ids(shape, seen.job) if shape else ()
    if shape and len(told) > 1:
        yield Breach(
            message="the reply tells two ids", expected=f"the same at {' and '.join(shape.ids)}", got="two"
        )


def _id_echoed(seen: Seen) -> Iterator[Breach]:
    shape, asked = seen.match.shape, seen.match.asked_id
    told = told_ids(shape, seen.job) if shape and asked and seen.match.role is Role.POLL else ()
    if shape and told and asked not in told:
        yield Breach(
            pointer=shape.ids[0],
            message="the reply is about another job",
            expected="the id that was asked for",
            got="another",
        )


def _header_agrees(seen: Seen) -> Iterator[Breach]:
    """The header that names a reply names the job where there is one, on the create and on every poll."""
    shape = seen.match.shape
    told = told_ids(shape, seen.job) if shape else ()
    for name, value in seen.conventions.headers if told else ():
        given = seen.exchange.reply.field(name)
        if value == REPLY_ID and given is not None and given not in told:
            message = f"the header {name} names something else than the job"
            yield Breach(message=message, expected="the job's id", got="another id")


def _status_known(seen: Seen) -> Iterator[Breach]:
    shape = seen.match.shape
    word = told_status(shape, seen.job) if shape else None
    if shape and word is not None and word not in _words(shape.promises):
        known = _words(shape.promises)
        yield Breach(
            pointer=shape.status,
            message="the status is not one that the contract knows",
            expected=either(known),
            got=show(word),
            hint=did_you_mean(word, known),
        )


def _present(seen: Seen) -> Iterator[Breach]:
    for promise in _promise(seen):
        for place in promise.present:
            if value_at(seen.job, place) is None:
                message = f"the status {promise.status} promises a value here"
                yield Breach(pointer=place, message=message, expected="a value", got="nothing or null")


def _absent(seen: Seen) -> Iterator[Breach]:
    for promise in _promise(seen):
        for place in promise.absent:
            if value_at(seen.job, place) is not None:
                message = f"the status {promise.status} excludes a value here"
                yield Breach(pointer=place, message=message, expected="nothing or null", got="a value")


def _promise(seen: Seen) -> Iterable[Promise]:
    shape = seen.match.shape
    word = told_status(shape, seen.job) if shape else None
    return [promise for promise in shape.promises if promise.status == word][:1] if shape else []


def _words(promises: tuple[Promise, ...]) -> tuple[str, ...]:
    return tuple(promise.status for promise in promises)


_ERROR, _REPLY = Severity.ERROR, Direction.REPLY

JOB_RULES: tuple[tuple[Rule, ExchangeCheck], ...] = (
    (Rule("job-id-missing", _ERROR, _REPLY, Area.IDENTITY, "A reply about a job tells its id"), _id_told),
    (
        Rule("job-ids-differ", _ERROR, _REPLY, Area.IDENTITY, "All places of the id hold the same one"),
        _ids_agree,
    ),
    (
        Rule(
            "job-id-not-echoed", _ERROR, _REPLY, Area.IDENTITY, "A poll is answered about the job it asks for"
        ),
        _id_echoed,
    ),
    (
        Rule(
            "job-header-differs",
            Severity.WARNING,
            _REPLY,
            Area.HEADERS,
            "The tracing header holds the job's id, from the create to the last poll",
        ),
        _header_agrees,
    ),
    (
        Rule(
            "job-status-unknown",
            _ERROR,
            _REPLY,
            Area.STATUS,
            "The status word is one that the contract knows",
        ),
        _status_known,
    ),
    (Rule("job-promise-unkept", _ERROR, _REPLY, Area.PROMISES, "What a status promises is there"), _present),
    (
        Rule("job-promise-excluded", _ERROR, _REPLY, Area.PROMISES, "What a status excludes is not there"),
        _absent,
    ),
)
"""Every rule about a reply that tells about a job."""
