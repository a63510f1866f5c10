"""Faults on real sockets, seen by a client that reads bytes and nothing else."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.http.wire import LIE, WireProtocol, garbled, send_broken
from bodydouble.mockserver.scenes.faults import Fault, Wire
from bodydouble.mockserver.serving import listen

BODY = b'{"id": "1", "status": "queued", "text": "' + b"x" * 400 + b'"}'
REPLY = Response(200, [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))], BODY)
Ask = Callable[[Wire], tuple[bytes, bool]]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Return a function that sends a request and gives the bytes received and whether the connection was reset."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        wire = Wire(scope["path"].removeprefix("/"))
        await send_broken(REPLY, wire, Fault(rate=4000), 0.5, scope, receive, send)

    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, http=WireProtocol, lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()

    def asked(wire: Wire) -> tuple[bytes, bool]:
        with socket.create_connection(listener.getsockname(), timeout=60) as connection:
            connection.sendall(f"GET /{wire} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionResetError:
                return received, True
            return received, False

    yield asked
    server.should_exit = True
    thread.join(timeout=60)
    listener.close()


def body_of(received: bytes) -> bytes:
    return received.partition(b"\r\n\r\n")[2]


def test_a_reset_before_the_reply_is_a_reset_without_a_byte(ask: Ask) -> None:
    assert ask(Wire.RESET_BEFORE) == (b"", True)


def test_a_lost_reply_is_a_closed_connection_without_a_byte(ask: Ask) -> None:
    assert ask(Wire.LOST) == (b"", False)


def test_a_reset_during_the_body_comes_after_its_head(ask: Ask) -> None:
    received, reset = ask(Wire.RESET_DURING)
    assert reset
    assert len(body_of(received)) < len(BODY)


def test_a_truncated_body_breaks_off_in_the_middle_and_the_length_tells(ask: Ask) -> None:
    received, reset = ask(Wire.TRUNCATED)
    assert not reset
    assert 0 < len(body_of(received)) < len(BODY)
    assert BODY.startswith(body_of(received))
    assert f"content-length: {len(BODY)}".encode() in received


def test_an_empty_reply_says_that_it_is_empty(ask: Ask) -> None:
    received, reset = ask(Wire.EMPTY)
    assert (body_of(received), reset) == (b"", False)
    assert b"content-length: 0\r\n" in received


def test_a_garbled_body_has_its_length_and_is_no_json(ask: Ask) -> None:
    received, _ = ask(Wire.GARBLED)
    assert len(body_of(received)) == len(BODY)
    with pytest.raises(UnicodeDecodeError):
        body_of(received).decode()


def test_a_wrong_length_promises_more_than_comes(ask: Ask) -> None:
    received, _ = ask(Wire.WRONG_LENGTH)
    assert body_of(received) == BODY
    assert f"content-length: {len(BODY) + LIE}".encode() in received


def test_a_drip_is_slow_and_whole(ask: Ask) -> None:
    started = time.monotonic()
    received, _ = ask(Wire.DRIP)
    assert body_of(received) == BODY
    assert time.monotonic() - started >= len(BODY) / 4000 * 0.8


def test_what_is_garbled_keeps_its_length_whatever_it_is() -> None:
    for length in range(40):
        assert len(garbled(b"x" * length, 0.3)) == length
