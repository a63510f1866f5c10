"""Recordings read back as exchanges."""

import json
from collections.abc import Iterator
from typing import Any

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.journals.har_reading import exchange

from .recordings import MISC_FORMAT, Asked, Recording, RecordingError, Said, Turn


def exchanges_of(recording: Recording, pattern: JobPattern) -> tuple[Exchange, ...]:
    """Return the exchanges of a recorded life.

    A recording tells what was asked of a poll by its time only, so the poll is that of ``pattern``.
    """
    return tuple(_turns(recording, pattern))


def _turns(recording: Recording, pattern: JobPattern) -> Iterator[Exchange]:
    said: dict[tuple[str, int, str], Said] = {}
    for number, turn in enumerate(recording.turns, start=1):
        key = (turn.asked, turn.code, turn.status)
        if turn.said is not None:
            said[key] = turn.said
        answered = said.get(key, Said())
        if turn.asked == "create":
            yield _create(number, recording, pattern, turn, answered)
        else:
            yield _poll(number, recording, pattern, turn, answered)


def _create(number: int, recording: Recording, pattern: JobPattern, turn: Turn, answered: Said) -> Exchange:
    asked = recording.request or Asked(pattern.submit.method, pattern.submit.path)
    return exchange(
        number, asked.method, asked.path, asked.query, _text(asked.said.body), turn.code, _text(answered.body)
    )


def _poll(number: int, recording: Recording, pattern: JobPattern, turn: Turn, answered: Said) -> Exchange:
    path, query, parameter = pattern.poll.path, "", pattern.parameter
    if parameter.location == "path":
        path = path.replace(f"{{{parameter.name}}}", recording.job)
    else:
        query = f"{parameter.name}={recording.job}"
    return exchange(number, pattern.poll.method, path, query, "", turn.code, _text(answered.body))


def _text(body: Any) -> str:
    return "" if body is None else json.dumps(body)


def exchanges_of_misc(document: dict[str, JSON], source: str) -> tuple[Exchange, ...]:
    """Return the exchanges of a file of those that belong to no job.

    Raises:
        RecordingError: It is no such file.
    """
    listed = document.get("exchanges")
    if document.get("format") != MISC_FORMAT or not isinstance(listed, list):
        raise RecordingError(f"{source}: expected an object with format {MISC_FORMAT!r}")
    try:
        return tuple(_of_misc(number, each) for number, each in enumerate(listed, start=1))
    except (TypeError, KeyError, ValueError, AttributeError) as problem:
        raise RecordingError(f"{source}: {type(problem).__name__}: {problem}") from None


def _of_misc(number: int, each: Any) -> Exchange:
    asked, turn = each["request"], each["reply"]
    return exchange(
        number,
        str(asked["method"]),
        str(asked["path"]),
        str(asked.get("query", "")),
        _text(asked.get("body")),
        int(turn["code"]),
        _text(turn.get("body")),
    )
