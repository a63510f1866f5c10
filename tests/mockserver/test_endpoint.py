import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from bodydouble.mockserver.endpoint import Endpoint
from bodydouble.mockserver.http.messages import About, Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Fault, Wire
from tests.apis import service

PLAYING = service()
LIMIT = 100


class Asked:
    """An endpoint, what it was asked, and what it sent."""

    def __init__(
        self, response: Response, *messages: Message, method: str = "POST", declared: int | None = None
    ) -> None:
        self.requests: list[Request] = []
        self.sent: list[Message] = []
        self.response = response
        self.script: Iterator[Message] = iter(messages)
        self.endpoint = Endpoint(self.answer, PLAYING, LIMIT)
        headers = [] if declared is None else [(b"content-length", str(declared).encode())]
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": "/jobs",
            "query_string": b"",
            "scheme": "http",
            "headers": headers,
        }

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        return self.response

    async def receive(self) -> Message:
        return next(self.script)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def serve(self, app: ASGIApp) -> None:
        asyncio.run(app(self.scope, self.receive, self.send))


def served(
    response: Response, *messages: Message, method: str = "POST", declared: int | None = None
) -> tuple[list[Request], list[Message]]:
    """Have one request served, and return what was asked of whoever answers, and what was sent."""
    asked = Asked(response, *messages, method=method, declared=declared)
    asked.serve(asked.endpoint.serve)
    return asked.requests, asked.sent


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
        ((), 10**5),
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


@given(st.binary(max_size=LIMIT + 20), st.sampled_from(["POST", "GET", "PUT"]), st.booleans())
def test_a_request_that_is_here_whole_gets_what_it_would_get_in_pieces(
    body: bytes,
    method: str,
    is_told: bool,  # noqa: FBT001 - drawn
) -> None:
    response = Response(200, [], b"told", "", About(Purpose.POLL, 1.0) if is_told else None)
    asked = Asked(response, part(body, more=False), method=method)
    rest = asked.endpoint.promptly(asked.scope, body, asked.send)
    assert rest is not None, "there is no connection to write to"
    asked.serve(rest)
    assert (asked.requests, asked.sent) == served(response, part(body, more=False), method=method)


def test_a_request_that_is_here_whole_is_answered_once_and_put_down_once() -> None:
    before = PLAYING.world.journal.last
    asked = Asked(Response(200, [], b"told", "", About(Purpose.POLL, 1.0)))
    rest = asked.endpoint.promptly(asked.scope, b"whole", asked.send)
    assert [request.body for request in asked.requests] == [b"whole"]
    assert rest is not None
    asked.serve(rest)
    assert len(asked.requests) == 1
    assert PLAYING.world.journal.last == before + 1
