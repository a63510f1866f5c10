from dataclasses import replace
from typing import Any

import pytest

from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.reply_checks import REPLY_RULES
from tests.apis import BUNDLED, TEXT, answering, contract, document, getting, posting, record, words
from tests.exchanging import bundled, created, findings, message, polled, rules

HTML = Message((("content-type", "text/html"),), Body(b"<p>", 3))
TOLD = record(["id", "status"], id=TEXT, status=words("queued", "done"), result=record(url=TEXT))
FAILING = document(
    {"/jobs": posting(record(), TOLD) | getting("id", "query", TOLD)},
    **{
        "x-bodydouble": {
            "headers": {
                "x-trace": "$reply.id",
                "x-mine": "$request.header.x-mine",
                "x-paid": "$job.credits",
                "x-fix": "1",
            },
            "requestHeaders": {"x-mine": "[a-z]+"},
        }
    },
)
LEFT: dict[str, Any] = {"schema": {"type": "integer"}}
for method in FAILING["paths"]["/jobs"].values():
    method["responses"]["200"]["headers"] = {"X-Left": LEFT, "X-Must": {"required": True}}
    method["responses"] |= answering(record(["message"], message=TEXT), "4XX") | {"500": {"description": ""}}
TRACED = contract(FAILING)
PROBLEM = {"title": "", "status": 500, "detail": "", "instance": "/jobs"}


def traced(told: Any, status: int = 200, mine: str | None = None, **headers: str) -> Exchange:
    exchange = polled({"id": "1", "status": "queued"}, asked="1")
    reply = message(told, **({"x_trace": "1", "x_must": ""} | headers))
    request = message(**({"x_mine": mine} if mine is not None else {}))
    return replace(exchange, status=status, reply=reply, request=request)


QUEUED = {"id": "1", "status": "queued"}


def test_a_sound_reply_gives_no_finding() -> None:
    assert rules(traced(QUEUED), TRACED) == []
    assert rules(traced(QUEUED, x_left="12"), TRACED) == []
    assert rules(traced({"message": "no"}, 404), TRACED) == []
    assert rules(traced(PROBLEM, 500), TRACED) == []


BROKEN: dict[str, list[Exchange]] = {
    "reply-cut": [replace(traced(QUEUED), ending=Ending.CUT, trouble="a reset")],
    "reply-status-undocumented": [traced(QUEUED, 202), traced(None, 301), traced(PROBLEM, 599)],
    "reply-media-type": [
        replace(traced(QUEUED), reply=replace(HTML, fields=(*HTML.fields, ("x-trace", "1"), ("x-must", ""))))
    ],
    "reply-not-json": [traced(b"<html>"), traced(b"", 200), traced(b'{"id": 1', 200)],
    "reply-body-invalid": [
        traced({"message": 3}, 404),
        traced({}, 418),
        traced({"id": "1", "status": "queued", "result": 3}),
    ],
    "reply-error-shape": [traced({"oops": 1}, 500), traced([], 500)],
    "reply-header-missing": [
        replace(traced(QUEUED), reply=message(QUEUED, x_must="")),
        replace(traced(QUEUED), reply=message(QUEUED, x_trace="1")),
    ],
    "reply-header-invalid": [traced(QUEUED, x_left="many"), traced(QUEUED, x_left="1.5")],
    "reply-header-echo": [traced(QUEUED, mine="abc"), traced(QUEUED, mine="abc", x_mine="abd")],
}


@pytest.mark.parametrize(
    ("rule", "exchange"), [(rule, exchange) for rule, broken in BROKEN.items() for exchange in broken]
)
def test_a_broken_rule_is_found(rule: str, exchange: Exchange) -> None:
    found = rules(exchange, TRACED)
    assert set(found) - {"job-promise-excluded", "job-id-missing"} == {rule}


def test_every_rule_about_replies_is_broken_here() -> None:
    assert {rule.id for rule, _ in REPLY_RULES} == set(BROKEN)


@pytest.mark.parametrize(("mine", "echo"), [("NO", None), ("abc", "abc")])
def test_a_header_that_keeps_its_pattern_not_is_not_missed(mine: str, echo: str | None) -> None:
    assert rules(traced(QUEUED, mine=mine, **({"x_mine": echo} if echo else {})), TRACED) == []


def test_nothing_is_asked_of_a_reply_that_never_came() -> None:
    lost = replace(traced(None, 0), reply=Message(), ending=Ending.LOST)
    assert rules(lost, TRACED) == []


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204)])
def test_a_reply_without_a_body_is_not_judged_by_its_body(method: str, status: int) -> None:
    exchange = replace(traced(None, status), method="GET")
    found = rules(replace(exchange, method=method) if method == "GET" else exchange, TRACED)
    assert "reply-not-json" not in found
    assert "reply-error-shape" not in found


def test_half_a_body_is_not_judged_as_a_whole_one() -> None:
    cut = replace(traced(b'{"id": "1", "sta'), ending=Ending.CUT)
    assert rules(cut, TRACED) == ["reply-cut"]


def test_an_unknown_status_word_is_said_once() -> None:
    assert rules(created({"id": "1", "status": "exploded"})) == ["job-status-unknown"]


def test_an_error_in_html_lacks_the_shape_of_errors() -> None:
    page = replace(bundled("GET", "generation_id=1"), status=520, reply=HTML)
    assert "reply-error-shape" in rules(page, BUNDLED)


def test_a_signed_query_is_never_shown() -> None:
    told = traced({"id": "1", "status": ["https://c.example/v?sig=geheim"]})
    found = findings(told, TRACED)
    assert found
    assert "geheim" not in str(found)
