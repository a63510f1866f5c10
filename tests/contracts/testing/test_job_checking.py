import json
from typing import Any

import pytest

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.testing.job_checking import JobMachine, MovedClock, ServerBroken
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.mockserver.testing.staging import own

MACHINE = JobMachine(bundled_contract())


def test_the_double_keeps_the_contract() -> None:
    clock = ManualClock()
    outcome = MACHINE(create_app(clock=clock, seed=1), clock=MovedClock(clock, clock.advance), examples=4)
    assert outcome.jobs > 5
    assert not outcome.failures


def test_a_server_is_judged_by_its_url() -> None:
    with own("double-http", scenario="instant") as stage:
        outcome = MACHINE(stage.origin, key="any", examples=1, jobs=3)
    assert outcome.jobs == 3


def test_a_broken_server_fails_with_the_whole_report() -> None:
    clock = ManualClock()
    sound = create_app(clock=clock, seed=1)

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.body" and message.get("body", b"").startswith(b"{"):
                body = json.loads(message["body"])
                if body.get("status") == "completed":
                    body["status"] = "generating"
                padded = json.dumps(body).encode().ljust(len(message["body"]))
                message = {**message, "body": padded[: len(message["body"])]}
            await send(message)

        await sound(scope, receive, sending)

    with pytest.raises(ServerBroken, match=r"the contract is broken: .*--seed 0 repeats it") as caught:
        MACHINE(broken, clock=MovedClock(clock, clock.advance), examples=2)
    assert caught.value.outcome.failures


def test_a_server_that_cannot_be_reached_is_not_fine() -> None:
    with pytest.raises(ServerBroken, match=r"(?s)stopped: the server cannot be reached.*could not look"):
        MACHINE("http://127.0.0.1:9", examples=1)


def test_an_unknown_model_is_a_mistake() -> None:
    with pytest.raises(LookupError, match=r"expected a model of .*; got nothing-of-the-kind"):
        MACHINE("http://127.0.0.1:9", model="nothing-of-the-kind")


def test_what_is_no_server_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="expected a URL, an ASGI application or a target, got int"):
        MACHINE(5)
