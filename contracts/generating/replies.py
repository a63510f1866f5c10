"""What an operation may reply, by status code, and what a job's reply may say, by the word of its status."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.jobs.job_pattern import Promise, ReplyShape
from bodydouble.contracts.openapi.operations import Operation, Reply
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.schema.keywords import TYPES

from .corners import Corner, corners
from .library import SearchStrategy, st
from .near_invalid import Broken, near_invalid
from .odd_ids import ODD_IDS
from .strategies import near_invalid_values, values

NOT_NULL: Mapping[str, JSON] = {"type": [word for word in TYPES if word != "null"]}


def reply_for(operation: Operation, status: int | str) -> Reply:
    """Return the documented reply for a status code: by the code, its range, or ``default``.

    Raises:
        LookupError: The contract documents none.
    """
    code = str(status).upper()
    replies = {reply.status.upper(): reply for reply in operation.replies}
    for key in (code, f"{code[:1]}XX", "DEFAULT"):
        if key in replies:
            return replies[key]
    raise LookupError(f"{operation} documents no reply {code}; it documents {', '.join(replies) or 'none'}")


def reply_readings(reply: Reply) -> tuple[Mapping[str, JSON], ...]:
    """Return the schema of a reply in both readings; a reply without one may say anything."""
    return (reply.schema.strict, reply.schema.lenient) if reply.schema is not None else ({},)


def replies(operation: Operation, status: int | str, *, extras: bool = True) -> SearchStrategy[JSON]:
    """Return a strategy for the valid bodies of a reply.

    Raises:
        LookupError: The contract documents no such reply.
        Unsampleable: No valid body was found.
    """
    return values(*reply_readings(reply_for(operation, status)), extras=extras)


def broken_replies(operation: Operation, status: int | str) -> SearchStrategy[Broken]:
    """Return a strategy for bodies that break exactly one rule of a reply.

    Raises:
        LookupError: The contract documents no such reply.
        Unsampleable: Nothing breaks exactly one rule.
    """
    return near_invalid_values(*reply_readings(reply_for(operation, status)))


def job_replies(
    shape: ReplyShape, promise: Promise, job_id: str | None = None, *, extras: bool = True
) -> SearchStrategy[JSON]:
    """Return a strategy for replies about a job that keep the schema and the promise of a status.

    Args:
        shape: Of the create's reply or the poll's.
        promise: What the status says.
        job_id: What stands at every place of the id; None for anything.
        extras: Whether objects may have properties that the schema allows and does not name.

    Raises:
        Unsampleable: No reply keeps both.
    """
    return values(*job_readings(shape, promise, job_id), extras=extras)


def job_ids() -> SearchStrategy[str]:
    """Return a strategy for ids as servers give them, the plainest first."""
    return st.sampled_from([ident for _, ident in ODD_IDS])


def job_corners(shape: ReplyShape, promise: Promise, job_id: str | None = None) -> Iterator[Corner]:
    """Yield the corners of the replies that `job_replies` draws."""
    return corners(*job_readings(shape, promise, job_id))


def job_breaches(shape: ReplyShape, promise: Promise, job_id: str | None = None) -> Iterator[Broken]:
    """Yield replies about a job that break exactly one rule, of the schema or of the promise."""
    return near_invalid(*job_readings(shape, promise, job_id))


def job_readings(
    shape: ReplyShape, promise: Promise, job_id: str | None = None
) -> tuple[Mapping[str, JSON], ...]:
    """Return the schema of a reply about a job together with what a status says, in both readings."""
    demands: list[JSON] = [_at(shape.status, {"const": promise.status}, required=True)]
    demands += [_at(place, dict(NOT_NULL), required=True) for place in promise.present]
    demands += [_at(place, {"type": "null"}, required=False) for place in promise.absent]
    if job_id is not None:
        demands += [_at(place, {"const": job_id}, required=place == shape.ids[0]) for place in shape.ids]
    return tuple(
        {"allOf": [_without_definitions(reading), *demands], "$defs": reading.get("$defs", {})}
        for reading in reply_readings(shape.reply)
    )


def _at(pointer: str, schema: dict[str, JSON], *, required: bool) -> JSON:
    """The schema of a value that keeps ``schema`` at a place, and, if it is required, has that place."""
    for name in reversed(tokens_of(pointer)):
        held: dict[str, JSON] = {"properties": {name: schema}}
        schema = {**held, "type": "object", "required": [name]} if required else held
    return schema


def _without_definitions(schema: Mapping[str, JSON]) -> JSON:
    return {keyword: held for keyword, held in schema.items() if keyword != "$defs"}
