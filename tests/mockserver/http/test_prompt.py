import logging
import socket
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from bodydouble.mockserver.http.direct import written
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.serving import listen, server_for

LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PROMPT, TASK = b"promptly", b"in a task"
REFUSED = "/refused"
BROKEN = "/broken"


class Echo:
    """Answers with the path and the body of the request, and with how it was answered."""

    def promptly(self, scope: Scope, body: bytes, send: Send) -> ASGIApp | None:
        """Answer at once, but for some paths."""
        if scope["path"] == BROKEN:
            raise LookupError("it went wrong")
        if scope["path"] == REFUSED or not written(told(PROMPT, scope, body), send):
            return self
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer over ASGI."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        response = told(TASK, scope, body)
        await send({"type": "http.response.start", "status": 200, "headers": response.headers})
        await send({"type": "http.response.body", "body": response.body})


def told(how: bytes, scope: Scope, body: bytes) -> Response:
    content = b"<%b %b %b>" % (how, scope["path"].encode(), body)
    return Response(200, [(b"x", b"y"), (b"content-length", b"%d" % len(content))], content)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = listen("127.0.0.1", 0)
    server: uvicorn.Server = server_for(Echo())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def answered(port: int, *pieces: bytes) -> bytes:
    """Everything that is answered until the server closes."""
    with connected(port) as client:
        for piece in pieces:
            client.sendall(piece)
        return b"".join(iter(lambda: client.recv(65536), b""))


def bodies(answer: bytes) -> list[bytes]:
    return [part.partition(b">")[0] for part in answer.split(b"<")[1:]]


def without_how(answer: bytes) -> list[bytes]:
    return [body.removeprefix(PROMPT).removeprefix(TASK) for body in bodies(answer)]


def post(path: bytes, body: bytes, *headers: bytes) -> bytes:
    head = b"".join(b"%b\r\n" % header for header in headers)
    return b"POST %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (path, head, len(body), body)


def read_reply(client: socket.socket) -> bytes:
    answer = b""
    while b">" not in answer:
        answer += client.recv(65536)
    return answer


def test_a_request_that_arrives_whole_is_answered_without_a_task(port: int) -> None:
    with connected(port) as client:
        for body in (b"one", b"", b"x" * 60_000):
            client.sendall(post(b"/whole", body))
            # A long one may arrive in pieces all the same.
            how = (PROMPT,) if len(body) < 1000 else (PROMPT, TASK)
            (answer,) = bodies(read_reply(client))
            assert answer in [b"%b /whole %b" % (each, body) for each in how]


def test_a_request_that_arrives_in_pieces_is_served_as_ever(port: int) -> None:
    with connected(port) as client:
        client.sendall(post(b"/first", b"")[:-2])
        client.sendall(b"Expect: 100-continue\r\n\r\n")
        read_reply(client)
        client.sendall(
            b"POST /pieces HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        )
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"body")
        assert bodies(read_reply(client)) == [b"in a task /pieces body"]


@given(
    st.lists(st.tuples(st.sampled_from([b"/a", REFUSED.encode()]), st.binary(max_size=9)), max_size=4),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_however_requests_are_cut_every_one_is_answered_once_and_in_their_order(
    port: int, requests: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    plain = [(path, body.translate(None, b"<>")) for path, body in requests]
    stream = b"".join(post(path, body) for path, body in plain) + LAST
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    answer = answered(port, *(stream[start:end] for start, end in pairwise(places)))
    assert without_how(answer) == [*(b" %b %b" % each for each in plain), b" /last "]


def test_what_is_not_answered_at_once_is_served_with_its_whole_body(port: int) -> None:
    assert bodies(answered(port, post(REFUSED.encode(), b"kept") + LAST))[0] == b"in a task /refused kept"


def test_what_goes_wrong_is_a_500_in_the_log_and_the_server_goes_on(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "uvicorn.error"):
        assert answered(port, post(BROKEN.encode(), b"")).startswith(b"HTTP/1.1 500 ")
    assert "it went wrong" in caplog.text
    assert bodies(answered(port, LAST)) == [b"in a task /last "]


def test_an_offer_to_upgrade_keeps_its_body(port: int) -> None:
    offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk")
    assert without_how(answered(port, post(b"/offer", b"kept", *offer) + LAST)) == [
        b" /offer kept",
        b" /last ",
    ]
