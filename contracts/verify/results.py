"""What a job has made: which replies name it, and what must be true of it beyond what every result is checked for."""

from collections.abc import Iterator
from dataclasses import replace

from bodydouble.contracts.checks.check_rules import Area, Breach, Direction, Rule
from bodydouble.contracts.checks.checks import check_result
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.matching import value_at
from bodydouble.contracts.checks.result_checks import Fetched, promised_kind
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON

from .judging import finding_of

OK = 200
HEADER = 8
"""Bytes of a box's size and type (ISO/IEC 14496-12 section 4.2)."""
LARGE = 16
FILE_TYPE = b"ftyp"
RESULT = "the result"
SHORT = Rule(
    "result-short", Severity.ERROR, Direction.REPLY, Area.RESULT, "A result is as long as it says itself"
)


def named(pattern: JobPattern, body: JSON) -> list[tuple[str, str]]:
    """Return the places in a poll's reply that name results, with their URLs."""
    places = [
        place
        for promise in pattern.polled.promises
        if promise.stage is Stage.SUCCESS
        for place in promise.present
    ]
    held = [(place, value_at(body, place)) for place in dict.fromkeys(places)]
    return [(place, value) for place, value in held if isinstance(value, str) and "://" in value]


def judged(pointer: str, exchange: Exchange) -> Iterator[Finding]:
    """Yield what is wrong with a fetched result."""
    yield from check_result(Fetched(exchange, pointer, promised_kind(pointer)), RESULT)
    missing = missing_bytes(exchange.reply.body)
    if exchange.status == OK and exchange.ending is Ending.COMPLETE and missing:
        got = f"{exchange.reply.body.size} bytes, {missing} too few"
        breach = Breach(
            pointer=pointer,
            message="the file is shorter than it says itself",
            expected="the whole file",
            got=got,
        )
        yield finding_of(SHORT, breach, exchange.number, RESULT)


def slim(exchange: Exchange) -> Exchange:
    """Return an exchange without the content of its reply, which may be megabytes."""
    body = Body(None, exchange.reply.body.size)
    return replace(exchange, reply=Message(exchange.reply.fields, body))


def missing_bytes(body: Body) -> int:
    """Return how many bytes a file lacks by its own boxes (ISO/IEC 14496-12); 0 for files of other kinds."""
    content = body.content or b""
    if content[4:HEADER] != FILE_TYPE:
        return 0
    place = 0
    while place < len(content):
        size = _box_size(content, place)
        if not size:
            return 0
        place += size
    return place - len(content)


def _box_size(content: bytes, place: int) -> int:
    """The size of the box at a place; 0 for one that reaches to the end of the file, or is none."""
    size = int.from_bytes(content[place : place + 4])
    if size == 1:
        return max(int.from_bytes(content[place + HEADER : place + LARGE]), LARGE)
    if len(content) - place < HEADER:
        return HEADER
    return size if size >= HEADER else 0
