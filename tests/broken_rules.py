"""For every rule about exchanges, histories and results something that breaks it and no other rule."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bodydouble.contracts.checks.check_rules import History
from bodydouble.contracts.checks.checks import check_history, check_result
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.result_checks import Fetched
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from tests.apis import TEXT, contract, document, getting, posting, record, words
from tests.exchanging import KEY, findings, message, observed, polled

COUNT: dict[str, Any] = {"schema": {"type": "integer"}}
TOLD = record(
    ["status"],
    id=TEXT,
    job_id=TEXT,
    status=words("queued", "running", "done", "failed"),
    result=record(url=TEXT) | {"nullable": True},
    error=record(message=TEXT) | {"nullable": True},
)


def _strictest() -> Contract:
    """An API that states everything that can be stated."""
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    ident = {"name": "job_id", "in": "query", "required": True, "schema": TEXT}
    item = posting(record(["model"], model=TEXT), TOLD) | getting(
        "id", "query", TOLD, parameters=[ident, limit]
    )
    for method in item.values():
        method["security"] = [{"key": []}]
        method["responses"]["500"] = {"description": ""}
        method["responses"]["200"]["headers"] = {"X-Left": COUNT}
    conventions = {
        "headers": {"x-trace": "$reply.id", "x-mine": "$request.header.x-mine"},
        "requestHeaders": {"x-mine": "[a-z]+"},
    }
    schemes = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    return contract(document({"/jobs": item}, components=schemes, **{"x-bodydouble": conventions}))


API = _strictest()
QUEUED = {"id": "1", "status": "queued"}
DONE = {"id": "1", "status": "done", "result": {"url": "https://cdn.example/a.mp4?sig=1"}}


def poll(told: Any = QUEUED, *, status: int = 200, query: str = "job_id=1", **headers: str) -> Exchange:
    """A sound poll, but for what is given."""
    reply = message(told, **({"x_trace": "1"} | headers))
    exchange = replace(polled("queued"), query=query, status=status, reply=reply)
    return (
        replace(exchange, request=message(authorization=f"Bearer {KEY}", x_mine="abc"))
        if headers
        else exchange
    )


def create(asked: Any = None, told: Any = QUEUED, **headers: str) -> Exchange:
    """A sound create, but for what is given."""
    given = {"model": "alpha"} if asked is None else asked
    request = message(given, **({"authorization": f"Bearer {KEY}"} | headers))
    return replace(poll(told), method="POST", query="", request=request)


def _without(exchange: Exchange, name: str) -> Exchange:
    reply = exchange.reply
    return replace(exchange, reply=replace(reply, fields=tuple(f for f in reply.fields if f[0] != name)))


def _keyless(exchange: Exchange) -> Exchange:
    return replace(exchange, request=Message())


EXCHANGES: Mapping[str, Exchange] = {
    "request-key-missing": _keyless(poll()),
    "request-parameter-missing": poll(query=""),
    "request-parameter-invalid": poll(query="job_id=1&limit=many"),
    "request-body-missing": create(b""),
    "request-media-type": create(content_type="text/plain"),
    "request-not-json": create(b"{"),
    "request-body-invalid": create({"model": 7}),
    "reply-cut": replace(poll(), ending=Ending.CUT),
    "reply-status-undocumented": poll(None, status=302),
    "reply-media-type": poll(QUEUED, content_type="text/json", x_mine="abc"),
    "reply-not-json": poll(b"{"),
    "reply-body-invalid": poll(
        {**QUEUED, "result": 7, "error": None} | {"status": "done", "result": {"url": 7}}
    ),
    "reply-error-shape": poll({"oops": 1}, status=500),
    "reply-header-missing": _without(poll(), "x-trace"),
    "reply-header-invalid": poll(x_left="many", x_mine="abc"),
    "reply-header-echo": poll(x_mine="xyz"),
    "job-id-missing": poll({"status": "queued"}),
    "job-ids-differ": poll({"id": "1", "job_id": "2", "status": "queued"}),
    "job-id-not-echoed": poll({"id": "2", "status": "queued"}, x_trace="2", x_mine="abc"),
    "job-header-differs": poll(x_trace="2", x_mine="abc"),
    "job-status-unknown": poll({"id": "1", "status": "exploded"}),
    "job-promise-unkept": poll({"id": "1", "status": "done"}),
    "job-promise-excluded": poll({**DONE, "status": "running"}),
}


def _life(*told: Any, budget: float | None = None) -> History:
    seen = [
        observed(replace(poll(body), number=number, started=20.0 * number, ended=20.0 * number + 1), API)
        for number, body in enumerate(told, 1)
    ]
    return History("GET /jobs", (), tuple(seen), budget)


def _created_twice() -> History:
    first = observed(replace(create(), started=0.0, ended=1.0), API)
    return History("POST /jobs", (), (first, replace(first, number=2, started=2.0, ended=3.0)))


def _vanished() -> History:
    history = _life(QUEUED)
    gone = replace(
        history.observations[0], number=2, started=90.0, ended=91.0, code=404, status="", stage=None
    )
    return replace(history, observations=(*history.observations, gone))


MOVED = {**DONE, "result": {"url": "https://cdn.example/b.mp4?sig=1"}}
RUNNING, FAILED = (
    {"id": "1", "status": "running"},
    {"id": "1", "status": "failed", "error": {"message": "no"}},
)
HISTORIES: Mapping[str, History] = {
    "job-id-reused": _created_twice(),
    "job-lost": _vanished(),
    "job-backwards": _life(RUNNING, QUEUED),
    "job-end-left": _life(DONE, FAILED),
    "job-result-changed": _life(DONE, MOVED),
    "job-unending": _life(QUEUED, RUNNING, RUNNING, budget=30.0),
}


def _fetch(content: bytes, media_type: str = "video/mp4", status: int = 200, **more: Any) -> Fetched:
    reply = Message((("content-type", media_type),), Body(content, len(content)))
    return Fetched(
        replace(Exchange(9, "GET", "/a.mp4"), reply=reply, status=status, **more), "/video/url", "video"
    )


FILM = b"\0\0\0\x20ftypisom"
RESULTS: Mapping[str, Fetched] = {
    "result-unfetchable": _fetch(b"", "text/html", 403),
    "result-cut": _fetch(FILM, ending=Ending.CUT),
    "result-kind": _fetch(b"<html>", "text/html"),
    "result-media-type": _fetch(FILM, "text/plain"),
}


def found() -> dict[str, tuple[Finding, ...]]:
    """Return, for each rule, everything that is found wrong with what was made to break it."""
    return {
        **{rule: findings(exchange, API) for rule, exchange in EXCHANGES.items()},
        **{rule: check_history(history) for rule, history in HISTORIES.items()},
        **{rule: check_result(fetched) for rule, fetched in RESULTS.items()},
    }
