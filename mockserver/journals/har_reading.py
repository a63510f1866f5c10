"""Journals read back as exchanges: HAR 1.2 of ours and of other tools, and our own JSON lines."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json

from .journal import Purpose

JSON_FIELDS = (("content-type", "application/json"),)
_IN_PATHS = "/:@!$&'()*+,;=~"


class JournalError(ValueError):
    """A text that is no journal; the message says where and why."""


def exchanges_in_har(document: JSON, source: str) -> tuple[Exchange, ...]:
    """Return the exchanges of a HAR 1.2 document, in its order.

    Raises:
        JournalError: It has no list of entries, or an entry lacks what every one has.
    """
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise JournalError(f"{source}: no HAR; expected a list under log.entries")
    return tuple(_of_har(number, entry, source) for number, entry in enumerate(entries, start=1))


def _of_har(number: int, entry: Any, source: str) -> Exchange:
    try:
        request, response = entry["request"], entry["response"]
        method, address = str(request["method"]), urlsplit(str(request["url"]))
        status = int(response.get("status") or 0)
        asked = _text(request.get("postData") or {})
        answered = _text(response.get("content") or {})
    except (TypeError, KeyError, ValueError, AttributeError) as problem:
        reason = f"{type(problem).__name__}: {problem}"
        raise JournalError(f"{source}: entry {number} is no HAR entry ({reason})") from None
    return exchange(number, method, address.path, address.query, asked, status, answered)


def _text(content: Any) -> str:
    text = str(content.get("text") or "")
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def exchanges_in_lines(text: str, source: str) -> tuple[Exchange, ...]:
    """Return the exchanges of a journal in JSON lines, in its order; what controlled the double is left out.

    Replies that a scene lost, cut or garbled say nothing about the API: they count as none.

    Raises:
        JournalError: A line is no JSON, or no entry of a journal; it is named.
    """
    return tuple(_lines(text, source))


def _lines(text: str, source: str) -> Iterator[Exchange]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = parse_json(line, source).value
        except DocumentError as problem:
            raise JournalError(f"{source}: line {number}: {problem.message}") from None
        if not isinstance(entry, dict) or not {"method", "path", "status"} <= entry.keys():
            raise JournalError(f"{source}: line {number} is no entry of a journal")
        if entry.get("operation") != Purpose.CONTROL.value:
            yield _of_line(number, entry, source)


def _of_line(number: int, entry: dict[str, Any], source: str) -> Exchange:
    whole = entry.get("whole", True) is True and not entry.get("gone")
    status = entry["status"]
    if not isinstance(status, int):
        raise JournalError(f"{source}: line {number}: status is no number")
    return exchange(
        number,
        str(entry["method"]),
        quote(str(entry["path"]), safe=_IN_PATHS),
        str(entry.get("query", "")),
        _written(entry.get("body")),
        status if whole else 0,
        _written(entry.get("reply")),
    )


def _written(value: Any) -> str:
    """The body as text; one that is kept as text was no JSON, or is cut."""
    return "" if value is None or isinstance(value, str) else json.dumps(value)


def exchange(
    number: int, method: str, path: str, query: str, asked: str, status: int, answered: str
) -> Exchange:
    """Return an exchange of JSON bodies given as text; an empty text is no body."""
    return Exchange(
        number=number,
        method=method.upper(),
        path=path or "/",
        query=query,
        request=_message(asked),
        status=status,
        reply=_message(answered),
    )


def _message(text: str) -> Message:
    content = text.encode("utf-8", "replace")
    return Message(JSON_FIELDS if content else (), Body(content, len(content)))
