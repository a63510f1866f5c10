from dataclasses import replace

import pytest

from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.checks.request_checks import REQUEST_RULES
from tests.apis import BUNDLED, contract, document, getting, jobs, record
from tests.exchanging import bundled, created, findings, message, polled, rules

HTML = Message(
    (("content-type", "text/html"), ("authorization", "Bearer k")), Body(b'{"model": "alpha"}', 18)
)
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}
ASKED = {"model": "video-01", "prompt": "a boat"}

BROKEN: dict[str, list[Exchange]] = {
    "request-parameter-missing": [
        polled("running", query=""),
        polled("running", query="id=1&id=2"),
    ],
    "request-body-missing": [created(request=message())],
    "request-media-type": [created(request=HTML), created(request=replace(HTML, fields=()))],
    "request-not-json": [created(request=message(b"{")), created(request=message(b"\xff\xfe"))],
    "request-body-invalid": [created(asked={"model": "gamma"}), created(asked=[]), created(asked={})],
}


@pytest.mark.parametrize(
    ("rule", "exchange"), [(rule, exchange) for rule, broken in BROKEN.items() for exchange in broken]
)
def test_a_broken_rule_is_the_only_one_found(rule: str, exchange: Exchange) -> None:
    assert rules(exchange) == [rule]


def test_a_missing_key_is_found_where_one_is_needed() -> None:
    def without_key(exchange: Exchange) -> Exchange:
        fields = tuple(field for field in exchange.request.fields if field[0] != "authorization")
        return replace(exchange, request=replace(exchange.request, fields=fields))

    assert "request-key-missing" in rules(without_key(bundled("POST", asked=ASKED)), BUNDLED)
    assert "request-key-missing" not in rules(bundled("POST", asked=ASKED), BUNDLED)
    assert "request-key-missing" not in rules(without_key(created()))


LISTED = contract(jobs("alpha"), document({"/list": getting("limit", "query", record(), parameters=[LIMIT])}))


@pytest.mark.parametrize(("limit", "sound"), [("1", True), ("100", True), ("0", False), ("many", False)])
def test_a_parameter_keeps_its_schema(limit: str, *, sound: bool) -> None:
    exchange = replace(polled("running"), path="/list", query=f"limit={limit}", reply=message({}))
    assert rules(exchange, LISTED) == ([] if sound else ["request-parameter-invalid"])


def test_every_rule_about_requests_is_broken_here() -> None:
    elsewhere = {"request-key-missing", "request-parameter-invalid"}
    assert {rule.id for rule, _ in REQUEST_RULES} == {*BROKEN, *elsewhere}


def test_every_breach_of_a_schema_is_told_with_its_place() -> None:
    exchange = bundled("POST", asked={"model": "video-01", "prompt": 7, "enhance_prompt": "yes"})
    told = [f for f in findings(exchange, BUNDLED) if f.rule == "request-body-invalid"]
    assert {finding.pointer for finding in told} == {"/prompt", "/enhance_prompt"}
    assert all(finding.expected and finding.got for finding in told)


def test_a_body_that_was_not_kept_is_not_judged() -> None:
    assert rules(created(request=Message(message({}).fields, Body(None, 99)))) == []


def test_what_is_declared_as_something_else_is_not_judged_by_schema() -> None:
    assert rules(created(request=HTML)) == ["request-media-type"]
