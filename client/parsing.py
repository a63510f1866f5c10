"""Replies to models: any JSON whatever is read without a crash.

Servers omit optionals, send null for them, send a list where the schema has an object, and invent status
words. What can be read is read; what cannot is absent. Only a body that is no JSON object, or has no id
where one is needed, gives no job.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from .api import Api
from .models import Job, JobError, Usage, Video

Object: TypeAlias = Mapping[str, Any]
"""A JSON object."""

_LONGEST_MESSAGE = 500
_MESSAGE_FIELDS = ("message", "msg", "detail", "description", "reason", "error", "code")


def decoded(body: bytes) -> Any:
    """Return the JSON in ``body``, or None if it is none.

    Not JSON are also: NaN and Infinity (RFC 8259 section 6), nesting beyond the decoder's depth, and
    integers of thousands of digits.
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def object_in(body: bytes) -> Object | None:
    """Return the JSON object in ``body``, or None if it is anything else."""
    value = decoded(body)
    return value if isinstance(value, dict) else None


def id_in(data: Object, api: Api) -> str:
    """Return the job's id from the first field that has one, or an empty string."""
    return next((text for name in api.reading.id_fields if (text := usable_id(data.get(name)))), "")


def usable_id(value: Any) -> str:
    """Return ``value`` as an id, or an empty string: ids are non-empty text or integers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and _encodable(value) else ""


def _encodable(text: str) -> bool:
    """Return whether ``text`` can be sent: JSON may hold half a surrogate pair, UTF-8 may not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def updated(job: Job, data: Object, body: bytes, api: Api) -> Job:
    """Return ``job`` as the reply ``data`` (decoded from ``body``) describes it; its id stays."""
    reading = api.reading
    status = data.get(reading.status_field)
    word = status if isinstance(status, str) else ""
    return replace(
        job,
        status=word,
        kind=api.kind_of(word),
        videos=videos_in(data.get(reading.result_field)),
        error=error_in(data.get(reading.error_field)),
        usage=usage_in(data.get("meta")),
        body=body,
    )


def videos_in(value: Any) -> tuple[Video, ...]:
    """Return the videos in an object, a list of objects, a list of strings or a string."""
    items: Iterable[Any] = value if isinstance(value, list) else (value,)
    return tuple(video for item in items if (video := _video(item)) is not None)


def _video(value: Any) -> Video | None:
    if isinstance(value, str):
        return Video(url=value) if value else None
    if not isinstance(value, dict) or not isinstance(value.get("url"), str) or not value["url"]:
        return None
    size = _number(value.get("file_size"))
    return Video(
        url=value["url"],
        duration=_number(value.get("duration")),
        content_type=_text(value.get("content_type")),
        file_name=_text(value.get("file_name")),
        file_size=None if size is None else int(size),
    )


def error_in(value: Any) -> JobError | None:
    """Return the error in an object, ``{"detail": [...]}``, a list or a string; None for null or absence."""
    if value is None:
        return None
    name = _text(value.get("name")) if isinstance(value, dict) else None
    return JobError(name=shown(name or ""), message=shown(message_in(value)))


def message_in(value: Any) -> str:
    """Return what a JSON value tells a person: its text, or that of its telling fields, joined."""
    return _message(value, depth=4)


def _message(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth:
        return "; ".join(filter(None, (_message(item, depth - 1) for item in value[:20])))
    if isinstance(value, dict) and depth:
        told = (_message(value.get(name), depth - 1) for name in _MESSAGE_FIELDS)
        return next(filter(None, told), "")
    return ""


def usage_in(meta: Any) -> Usage | None:
    """Return the usage in a reply's ``meta``, or None if it has none in a known unit."""
    usage = meta.get("usage") if isinstance(meta, dict) else None
    if not isinstance(usage, dict):
        return None
    found = {name: _number(usage.get(name)) for name in ("credits_used", "tokens_used", "usd_spent")}
    return Usage(**found) if any(value is not None for value in found.values()) else None


def is_own_refusal(body: bytes, status: int, api: Api) -> bool:
    """Return whether ``body`` is an error that the API itself wrote, rather than a gateway before it.

    Every field of the API's error shape must be there, and the status inside (a number, at times text)
    must be the reply's.
    """
    data = object_in(body)
    if data is None or not all(name in data for name in api.reading.refusal_fields):
        return False
    inside = data[api.reading.refusal_status_field]
    return not isinstance(inside, bool) and inside in (status, str(status))


def refusal_in(body: bytes, api: Api) -> tuple[str, str]:
    """Return the message and the server's request id in an error body; empty where there is none."""
    data = object_in(body)
    if data is None:
        return "", ""
    return shown(message_in(data)), shown(_text(data.get(api.reading.refusal_id_field)) or "")


def shown(text: str) -> str:
    """Return ``text`` fit for one line of a terminal: control characters as spaces, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_MESSAGE]).split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
