import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from bodydouble.mockserver.endpoint import SHORT, Endpoint
from bodydouble.mockserver.http.messages import About, Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Fault, Wire
from tests.apis import service

PLAYING = service()
LIMIT = 100


def served(
    response: Response, *messages: Message, method: str = "POST", declared: int | None = None
) -> tuple[list[Request], list[Message]]:
    """Have one request served, and return what was asked of whoever answers, and what was sent."""
    asked: list[Request] = []
    sent: list[Message] = []
    script: Iterator[Message] = iter(messages)

    def answer(request: Request) -> Response:
        asked.append(request)
        return response

    async def receive() -> Message:
        return next(script)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": "/jobs",
        "query_string": b"",
        "scheme": "http",
        "headers": headers,
    }
    asyncio.run(Endpoint(answer, PLAYING, LIMIT).serve(scope, receive, send))
    return asked, sent


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


OK = Response(200, [(b"x", b"y")], b"told")


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=3), st.booleans())
def test_whoever_answers_gets_the_whole_body_and_his_reply_is_sent(
    pieces: list[bytes],
    declares: bool,  # noqa: FBT001 - drawn
) -> None:
    messages = [part(piece, more=number < len(pieces) - 1) for number, piece in enumerate(pieces)]
    whole = b"".join(pieces)
    (request,), sent = served(OK, *messages, declared=len(whole) if declares else None)
    assert request.body == whole
    assert [message.get("status", message.get("body")) for message in sent] == [200, b"told"]


@pytest.mark.parametrize(
    ("messages", "declared"),
    [
        ((part(b"x" * (LIMIT + 1), more=False),), None),
        ((part(b"x" * LIMIT, more=True), part(b"x", more=False)), None),
        ((), 10**SHORT),
        ((), LIMIT + 1),
    ],
)
def test_a_body_beyond_the_limit_is_refused_unanswered(
    messages: tuple[Message, ...], declared: int | None
) -> None:
    messages = messages or (part(b"x" * (LIMIT + 1), more=False),)
    asked, sent = served(OK, *messages, declared=declared)
    assert asked == []
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a_get_is_answered_without_waiting_for_a_body() -> None:
    (request,), sent = served(OK, method="GET")
    assert (request.body, sent[0]["status"]) == (b"", 200)


def test_a_client_that_goes_away_before_its_request_is_complete_is_not_answered() -> None:
    assert served(OK, part(b"x", more=True), {"type": "http.disconnect"}) == ([], [])


def test_what_is_about_something_is_put_down_in_the_journal_of_its_world() -> None:
    before = PLAYING.world.journal.last
    served(Response(200, [], b"", "", About(Purpose.POLL, 1.0, decision="d")), method="GET")
    served(OK, method="GET")
    entry = tuple(PLAYING.world.journal)[-1]
    assert (entry.number, entry.operation, entry.decision) == (before + 1, Purpose.POLL, "d")
    assert entry.whole


def test_what_goes_wrong_on_the_way_goes_wrong_and_is_put_down() -> None:
    broken = About(Purpose.POLL, 1.0, fault=Fault(wire=Wire.RESET_BEFORE))
    with pytest.raises(ConnectionResetError):
        served(Response(200, [], b"body", "", broken), method="GET")
    assert tuple(PLAYING.world.journal)[-1].whole is False
