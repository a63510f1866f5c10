import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.control.transports import ControlError, InProcess, OverHttp, target_of

NAMESPACES = target_of(("namespaces",), {})


def test_an_application_of_this_process_answers_without_a_loop() -> None:
    answer = InProcess(create_app(), None).send("GET", NAMESPACES, None)
    assert (answer.status, b'"default"' in answer.body) == (200, True)


def test_it_answers_where_a_loop_runs_too() -> None:
    async def inside() -> int:
        return InProcess(create_app(), None).send("GET", NAMESPACES, None).status

    assert asyncio.run(inside()) == 200


def test_an_application_that_waits_for_something_is_told_apart() -> None:
    async def waiting(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(1)

    with pytest.raises(ControlError, match="control it over a socket"):
        asyncio.run(in_loop(waiting))


async def in_loop(app: Any) -> None:
    InProcess(app, None).send("GET", NAMESPACES, None)


def test_what_is_no_application_is_told_apart() -> None:
    wrong: Any = lambda *_: None  # noqa: E731 - an application that is none
    with pytest.raises(ControlError, match="expected an ASGI application"):
        InProcess(wrong, None).send("GET", NAMESPACES, None)


def test_where_nothing_listens_the_error_says_where_that_is() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        transport = OverHttp(url, None)
        with pytest.raises(ControlError, match=url) as refused:
            transport.send("GET", NAMESPACES, None)
        transport.close()
    assert refused.value.status == 0


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://x", "http://", "http://x?y=1", "http://x#y"])
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected the URL of a server"):
        OverHttp(url, None)


@pytest.mark.parametrize("token", ["", " ", "two words", "tökén", "a\n"])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    for transport in (lambda: OverHttp("http://x", token), lambda: InProcess(create_app(), token)):
        with pytest.raises(ValueError, match="one word of ASCII"):
            transport()


def test_a_token_is_sent() -> None:
    app = create_app(control_token="secret")
    assert InProcess(app, "secret").send("GET", NAMESPACES, None).status == 200
    assert InProcess(app, None).send("GET", NAMESPACES, None).status == 401


def test_a_body_is_sent_as_json() -> None:
    target = target_of(("namespaces", "w1", "clock", "advance"), {})
    assert InProcess(create_app(), None).send("POST", target, b'{"seconds": 9}').status == 200


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        (("namespaces",), {}, "/_double/namespaces"),
        (("jobs", "u:v/m"), {}, "/_double/jobs/u%3Av%2Fm"),
        (("jobs", ".."), {}, "/_double/jobs/%2E%2E"),
        (("jobs", "a?b#c%"), {}, "/_double/jobs/a%3Fb%23c%25"),
        (
            ("jobs",),
            {"limit": 5, "over": True, "job": None, "x": "a b"},
            "/_double/jobs?limit=5&over=true&x=a+b",
        ),
    ],
)
def test_places_and_parameters_are_encoded(path: tuple[str, ...], query: dict[str, Any], target: str) -> None:
    assert target_of(path, query) == target


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_name_changes_the_way(name: str) -> None:
    assert target_of((name, "jobs"), {}).count("/") == 3
