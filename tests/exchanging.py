"""Exchanges as an observer would have seen them, about the invented APIs and the bundled one."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bodydouble.contracts.checks.check_rules import Observation, Seen, Validators
from bodydouble.contracts.checks.checks import check_exchange
from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.checks.history_checks import observe
from bodydouble.contracts.checks.matching import Matcher
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from tests.apis import BUNDLED, PATH, contract, jobs

KEY = "sk-live-0123456789"
JOBS = contract(jobs("alpha"))
JOB_ID = "7d1f5f1e-0000-4000-8000-00000000abcd"


def message(body: Any = None, **headers: str) -> Message:
    """A JSON message, or one of raw bytes, or one without a body."""
    fields = {"content-type": "application/json"} | {n.replace("_", "-"): v for n, v in headers.items()}
    if body is None:
        return Message(
            tuple((n, v) for n, v in fields.items() if n != "content-type" or "content_type" in headers)
        )
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(tuple(fields.items()), Body(content, len(content)))


def created(
    told: Any = None, *, asked: Any = None, status: int = 200, number: int = 1, at: float = 0.0, **more: Any
) -> Exchange:
    """A create."""
    body = {"id": JOB_ID, "status": "queued"} if told is None else told
    request = message(
        {"model": "alpha", "prompt": "a boat"} if asked is None else asked, authorization=f"Bearer {KEY}"
    )
    exchange = Exchange(number, "POST", PATH, "", request, status, message(body), at, at + 0.1, at + 0.2)
    return replace(exchange, **more)


def polled(
    told: Any, *, asked: str = JOB_ID, status: int = 200, number: int = 2, at: float = 10.0, **more: Any
) -> Exchange:
    """A poll; ``told`` is a body, or a status word."""
    body = {"id": JOB_ID, "status": told} if isinstance(told, str) else told
    request = message(authorization=f"Bearer {KEY}")
    exchange = Exchange(
        number, "GET", PATH, f"id={asked}", request, status, message(body), at, at + 0.1, at + 0.2
    )
    return replace(exchange, **more)


def done(link: str = "https://cdn.example/v/clip.mp4?sig=1") -> dict[str, Any]:
    return {"id": JOB_ID, "status": "done", "result": {"url": link}}


def seen(exchange: Exchange, against: Contract = JOBS) -> Seen:
    match = Matcher(against).match(exchange)
    assert match is not None
    return Seen(exchange, match, against.conventions, Validators())


def findings(exchange: Exchange, against: Contract = JOBS) -> tuple[Finding, ...]:
    return check_exchange(seen(exchange, against))


def rules(exchange: Exchange, against: Contract = JOBS) -> list[str]:
    return [finding.rule for finding in findings(exchange, against)]


def observed(exchange: Exchange, against: Contract = JOBS) -> Observation:
    return observe(exchange, seen(exchange, against).match)


def bundled(
    method: str, query: str = "", asked: Any = None, told: Any = None, status: int = 200, **headers: str
) -> Exchange:
    """An exchange with the bundled API."""
    assert BUNDLED.patterns
    return Exchange(
        1,
        method,
        "/v2/video/generations",
        query,
        message(asked, authorization=f"Bearer {KEY}"),
        status,
        message(told, **headers),
    )


def header_map(message: Message) -> Mapping[str, str]:
    return dict(message.fields)
