"""What was seen of an API: exchanges, brought to the operations of a contract."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

import msgspec

from bodydouble.contracts.checks.exchanges import Ending, Exchange, NotJSON, Unread
from bodydouble.contracts.checks.matching import Match, Matcher, told_status
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import Promise
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One call of one operation, and what came back.

    Attributes:
        operation: What was called.
        code: Status code of the reply.
        reply: Its JSON body; None where there was none to read.
        request: The request's JSON body, likewise.
        word: The job's status as the reply tells it; ``""`` where it tells none.
        promise: What the contract says about that status; None where it says nothing.
        source: Where it was seen: the file's name.
        is_garbled: Whether a whole body came that is no JSON.
    """

    operation: Operation
    code: int
    reply: JSON = None
    request: JSON = None
    word: str = ""
    promise: Promise | None = None
    source: str = ""
    is_garbled: bool = False


class Observed(msgspec.Struct, frozen=True):
    """All that was seen.

    Attributes:
        observations: Calls of the contract's operations.
        others: Calls of anything else, each once: ``"GET /v2/logs"``.
        unanswered: How many calls had no reply.
    """

    observations: tuple[Observation, ...]
    others: tuple[str, ...] = ()
    unanswered: int = 0


def observe(contract: Contract, seen: Iterable[tuple[str, Exchange]]) -> Observed:
    """Return what exchanges say about the operations of ``contract``.

    Args:
        contract: What is known of the API.
        seen: Exchanges, each with the name of the file that it was read from.
    """
    matcher = Matcher(contract)
    observations: list[Observation] = []
    others: dict[str, None] = {}
    unanswered = 0
    for source, exchange in seen:
        match = matcher.match(exchange)
        if match is None:
            others[f"{exchange.method} {unquote(exchange.path)}"] = None
        elif not exchange.status:
            unanswered += 1
        else:
            observations.append(_observation(match, exchange, source))
    return Observed(tuple(observations), tuple(others), unanswered)


def _observation(match: Match, exchange: Exchange, source: str) -> Observation:
    reply = exchange.reply.json_or_none()
    word, promise = "", None
    if match.shape is not None and exchange.succeeded:
        word = told_status(match.shape, reply) or ""
        promise = next((each for each in match.shape.promises if each.status == word), None)
    return Observation(
        operation=match.operation,
        code=exchange.status,
        reply=reply,
        request=exchange.request.json_or_none(),
        word=word,
        promise=promise,
        source=source,
        is_garbled=reply is None and _is_garbled(exchange),
    )


def _is_garbled(exchange: Exchange) -> bool:
    """Whether a whole body came that nobody can read as JSON; ``null`` can be."""
    content = exchange.reply.body.content
    is_whole = (
        exchange.ending is Ending.COMPLETE
        and bool(content)
        and len(content or b"") == exchange.reply.body.size
    )
    try:
        return is_whole and exchange.reply.json is not None
    except NotJSON:
        return True
    except Unread:
        return False


def by_operation(observations: Iterable[Observation]) -> Iterator[tuple[Observation, ...]]:
    """Yield observations of the same operation together, in the order in which operations first come."""
    groups: dict[str, list[Observation]] = {}
    for observation in observations:
        groups.setdefault(str(observation.operation), []).append(observation)
    yield from map(tuple, groups.values())
