from typing import Any

import httpx2
import pytest

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.testing.exchange_checking import (
    ContractBroken,
    ExchangeChecker,
    NoExchange,
    exchange_of,
)
from bodydouble.mockserver.testing.stages import client_of
from tests.mockserver.testing.staging import BODY, PATH, own, world

TRACED = {"x-inference-id": "1", "x-aimlapi-credits-used": "0", "x-aimlapi-usd-spent": "0"}


@pytest.fixture
def checker() -> ExchangeChecker:
    return ExchangeChecker(bundled_contract())


def response(
    status: str, job: str = "1", method: str = "GET", code: int = 200, **more: Any
) -> httpx2.Response:
    query = f"?generation_id={job}" if method == "GET" else ""
    sent = {"json": BODY} if method == "POST" else {}
    headers = {"Authorization": "Bearer key"}
    request = httpx2.Request(method, f"https://api.example{PATH}{query}", headers=headers, **sent)
    body = {"id": job, "status": status, **more}
    return httpx2.Response(code, json=body, headers=TRACED | {"x-inference-id": job}, request=request)


DONE = {"video": {"url": "https://cdn.example/1.mp4"}}


def rules(caught: pytest.ExceptionInfo[ContractBroken]) -> set[str]:
    return {finding.rule for finding in caught.value.findings}


def test_a_life_on_the_double_keeps_the_contract(checker: ExchangeChecker) -> None:
    with own() as stage, world(stage, clock="manual") as made:
        assert made.control
        with client_of(stage, stage.transport(), made.key) as client:
            reply = client.post(PATH, json=BODY)
            checker(reply)
            for _ in range(12):
                made.control.clock.advance(20)
                checker(client.get(PATH, params={"generation_id": reply.json()["id"]}))
            checker(client.get(PATH, params={"generation_id": "unknown"}))


def test_one_reply_is_held_against_its_schema(checker: ExchangeChecker) -> None:
    with pytest.raises(ContractBroken, match="status") as caught:
        checker(response("exploded"))
    assert caught.value.findings


def test_what_is_broken_comes_with_the_command_that_repeats_it_and_without_the_key(
    checker: ExchangeChecker,
) -> None:
    with pytest.raises(ContractBroken) as caught:
        checker(response("exploded", "a b"))
    repeat = caught.value.repeat
    assert f"https://api.example{PATH}?generation_id=a%20b" in repeat
    assert 'authorization: Bearer \'"$API_KEY"' in repeat
    assert f"repeat: {repeat}" in str(caught.value)


def test_a_password_in_a_url_is_not_repeated(checker: ExchangeChecker) -> None:
    request = httpx2.Request("GET", f"https://me:secret@api.example{PATH}?generation_id=1")
    with pytest.raises(ContractBroken) as caught:
        checker(httpx2.Response(200, json={}, request=request))
    assert "secret" not in str(caught.value)
    with pytest.raises(ContractBroken) as caught:
        checker(exchange_of(httpx2.Response(200, json={}, request=request), 1))
    assert not caught.value.repeat


def test_a_promise_is_held_to(checker: ExchangeChecker) -> None:
    with pytest.raises(ContractBroken, match="video"):
        checker(response("completed"))
    checker(response("completed", "2", **DONE))


def test_a_job_does_not_go_back(checker: ExchangeChecker) -> None:
    checker(response("queued", method="POST"))
    checker(response("generating"))
    with pytest.raises(ContractBroken, match="generating") as caught:
        checker(response("queued"))
    assert rules(caught)


def test_an_end_is_an_end_and_a_result_stays(checker: ExchangeChecker) -> None:
    checker(response("completed", **DONE))
    with pytest.raises(ContractBroken):
        checker(response("completed", video={"url": "https://cdn.example/2.mp4"}))


def test_jobs_are_told_apart(checker: ExchangeChecker) -> None:
    checker(response("generating", "1"))
    checker(response("queued", "2"))


def test_what_the_contract_does_not_have_is_told_the_nearest(checker: ExchangeChecker) -> None:
    request = httpx2.Request("GET", "https://api.example/v2/video/generation")
    with pytest.raises(LookupError, match=r"no operation GET /v2/video/generation; did you mean"):
        checker(httpx2.Response(200, json={}, request=request))


@pytest.mark.parametrize("given", [None, "text", {"status": 200}, httpx2.Response(200)])
def test_what_is_no_response_is_refused(checker: ExchangeChecker, given: Any) -> None:
    # A response of httpx2 without its request says so with an error of its own.
    with pytest.raises((NoExchange, RuntimeError)):
        checker(given)


class FromRequests:
    """What a response of requests looks like."""

    class request:  # noqa: N801 - an attribute
        method, url, headers, body = (
            "GET",
            f"http://a{PATH}?generation_id=1",
            {"Authorization": "Bearer key"},
            None,
        )

    status_code, content = 200, b'{"id": "1", "status": "queued"}'
    headers = TRACED | {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Content-Length": "999",
    }


def test_responses_of_other_libraries_are_read_as_they_decoded_them(checker: ExchangeChecker) -> None:
    exchange = exchange_of(FromRequests, 3)
    assert (exchange.number, exchange.path, exchange.query) == (3, PATH, "generation_id=1")
    assert exchange.reply.json == {"id": "1", "status": "queued"}
    assert exchange.reply.field("content-length") is None
    checker(exchange)
    assert not [each for each in checker.findings(exchange) if each.severity != "note"]
