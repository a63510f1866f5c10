"""Steps of a run as data: what a saved failure holds, and what repeats it."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import either, show

from .asking import Asked, Meant, encoded


class Deed(StrEnum):
    """What a step does."""

    CREATE = "create"
    """Submits a job; the steps after it are about that job."""
    POLL = "poll"
    POLL_TWICE = "poll-twice"
    """Polls twice at once."""
    FETCH = "fetch"
    """Polls, and fetches the result that the reply names."""
    ASK = "ask"
    """Sends a request that is about no job."""


class StepError(ValueError):
    """A step that cannot be understood; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        deed: What it does.
        after: Seconds since the step before it.
        asked: The request, of a create and of what is asked beside jobs; other requests follow from the job.
    """

    deed: Deed
    after: float = 0.0
    asked: Asked | None = None


def as_json(step: Step) -> dict[str, JSON]:
    """Return a step as an object; numbers of seconds are rounded to a millisecond."""
    told: dict[str, JSON] = {"do": step.deed.value}
    if step.after:
        told["after"] = round(step.after, 3)
    return told | (_asked_as_json(step.asked) if step.asked else {})


def _asked_as_json(asked: Asked) -> dict[str, JSON]:
    told: dict[str, JSON] = {"meant": asked.meant.value, "method": asked.method, "url": asked.url}
    if not asked.keyed:
        told["keyed"] = False
    if asked.fields:
        told["headers"] = dict(asked.fields)
    return told | body_as_json(asked.body)


def body_as_json(body: bytes) -> dict[str, JSON]:
    """Return bytes as the member that says them best: JSON that encodes to them, text, or Base64; nothing for none."""
    if not body:
        return {}
    try:
        text = body.decode()
        value = json.loads(text)
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
    except (ValueError, RecursionError):
        return {"text": text}
    return {"json": value} if _encodes_to(value, body) else {"text": text}


def _encodes_to(value: JSON, body: bytes) -> bool:
    """Numbers too large for Python's floats become infinity, which is no JSON."""
    try:
        return encoded(value) == body and b"Infinity" not in body and b"NaN" not in body
    except (ValueError, RecursionError):
        return False


def from_json(told: JSON, place: str) -> Step:
    """Return the step that ``told`` says.

    Raises:
        StepError: It says none.
    """
    if not isinstance(told, dict):
        raise StepError(f"{place} must be an object; got {show(told)}")
    deed = _word(told, "do", Deed, place)
    after = told.get("after", 0)
    if not isinstance(after, int | float) or isinstance(after, bool) or not 0 <= after < float("inf"):
        raise StepError(f"{place}.after must be seconds, not below zero; got {show(after)}")
    needs = deed in (Deed.CREATE, Deed.ASK)
    return Step(Deed(deed), float(after), _asked_from_json(told, place) if needs else None)


def _asked_from_json(told: Mapping[str, JSON], place: str) -> Asked:
    headers = told.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise StepError(f"{place}.headers must be an object of texts; got {show(headers)}")
    return Asked(
        meant=Meant(_word(told, "meant", Meant, place)),
        method=_text(told, "method", place),
        url=_path(_text(told, "url", place), place),
        fields=tuple((name.lower(), str(value)) for name, value in headers.items()),
        body=_body(told, place),
        keyed=told.get("keyed", True) is True,
    )


def _path(url: str, place: str) -> str:
    """A file from elsewhere must not send the key to a place of its own choosing."""
    if not url.startswith("/") or url.startswith("//"):
        raise StepError(f"{place}.url must be a path that begins with one slash; got {show(url)}")
    return url


def _body(told: Mapping[str, JSON], place: str) -> bytes:
    if "json" in told:
        return encoded(told["json"])
    if "base64" in told:
        try:
            return base64.b64decode(_text(told, "base64", place), validate=True)
        except ValueError:
            raise StepError(f"{place}.base64 must be Base64; got {show(told['base64'])}") from None
    return _text(told, "text", place).encode() if "text" in told else b""


def _text(told: Mapping[str, JSON], name: str, place: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise StepError(f"{place}.{name} must be a text; got {show(value)}")
    return value


def _word(told: Mapping[str, JSON], name: str, words: Iterable[str], place: str) -> str:
    value, known = told.get(name), [str(word) for word in words]
    if not isinstance(value, str) or value not in known:
        raise StepError(f"{place}.{name} must be {either(known)}; got {show(value)}")
    return value
