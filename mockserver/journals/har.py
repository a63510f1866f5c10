"""Journals as files: JSON lines, and HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) for other tools.

What a journal does not know (HTTP version, sizes of heads, most header fields) stands there as the specification has it
for such cases: as -1, or empty. Members of our own begin with an underscore, as it demands.
"""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from urllib.parse import quote, unquote_plus

import msgspec

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.problems import rfc3339

from .journal import Entry

CREATOR = "bodydouble"

_UNKNOWN_TYPE = "x-unknown"
_IN_PATHS = "/:@!$&'()*+,;=~"
_OWN = ("number", "operation", "job", "asked", "stage", "violations", "decision", "scenario", "whole", "key")


def as_json(entry: Entry) -> dict[str, JSON]:
    """Return an entry as an object: its fields by name but for those that say nothing; bodies as JSON or as text."""
    members: dict[str, JSON] = msgspec.to_builtins(entry, builtin_types=(bytes,))
    for name, raw in (("body", entry.body), ("reply", entry.reply)):
        if raw:
            members[name] = _value(raw)
    return {"time": rfc3339(entry.at), **members}


def _value(raw: bytes) -> JSON:
    try:
        value: JSON = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _text(raw)
    return value


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield one line for each entry, with its end; see :func:`as_json`."""
    for entry in entries:
        yield msgspec.json.encode(as_json(entry)).decode() + "\n"


def as_har(entries: Iterable[Entry], *, origin: str, version: str) -> dict[str, JSON]:
    """Return a HAR 1.2 document.

    Args:
        entries: What was asked and answered.
        origin: ``scheme://host`` of the server.
        version: Of bodydouble.
    """
    listed: list[JSON] = [_entry(entry, origin) for entry in entries]
    return {"log": {"version": "1.2", "creator": {"name": CREATOR, "version": version}, "entries": listed}}


def _entry(entry: Entry, origin: str) -> JSON:
    milliseconds = entry.took * 1000
    known = as_json(entry)
    return {
        "startedDateTime": rfc3339(entry.at),
        "time": milliseconds,
        "request": _request(entry, origin),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **{f"_{name}": known[name] for name in _OWN if name in known},
    }


def _request(entry: Entry, origin: str) -> dict[str, JSON]:
    query = f"?{entry.query}" if entry.query else ""
    request: dict[str, JSON] = {
        "method": entry.method,
        "url": f"{origin}{quote(entry.path, safe=_IN_PATHS)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(entry.headers),
        "queryString": [_pair(pair) for pair in entry.query.split("&") if pair],
        "headersSize": -1,
        "bodySize": entry.body_size,
    }
    if entry.body:
        kind = dict(entry.headers).get("content-type", _UNKNOWN_TYPE)
        request["postData"] = {"mimeType": kind, "params": [], "text": _text(entry.body)}
    return request


def _response(entry: Entry) -> dict[str, JSON]:
    fields = dict(entry.reply_headers)
    size = entry.sent or entry.reply_size
    content: dict[str, JSON] = {"size": size, "mimeType": fields.get("content-type") or _kind(entry)}
    if entry.reply:
        content["text"] = _text(entry.reply)
    return {
        "status": entry.status,
        "statusText": HTTPStatus(entry.status).phrase if entry.status in _STATUSES else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(entry.reply_headers),
        "content": content,
        "redirectURL": fields.get("location", ""),
        "headersSize": -1,
        "bodySize": size,
    }


def _kind(entry: Entry) -> str:
    """Successes about jobs are JSON; what a result is, its journal does not say."""
    return "application/json" if entry.reply and not isinstance(_value(entry.reply), str) else _UNKNOWN_TYPE


_STATUSES = frozenset(status.value for status in HTTPStatus)


def _fields(fields: tuple[tuple[str, str], ...]) -> JSON:
    return [{"name": name, "value": value} for name, value in fields]


def _pair(pair: str) -> JSON:
    name, _, value = pair.partition("=")
    return {"name": unquote_plus(name), "value": unquote_plus(value)}
