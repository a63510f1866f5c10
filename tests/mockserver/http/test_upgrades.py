import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bodydouble.mockserver.serving import listen, server_for

OFFER = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the path and the body of the request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    content = b"<%b %b>" % (scope["path"].encode(), body)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(content))]}
    )
    await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = listen("127.0.0.1", 0)
    server: uvicorn.Server = server_for(echo)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def answered(port: int, *parts: bytes) -> bytes:
    """Everything that is answered until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            client.sendall(part)
        return b"".join(iter(lambda: client.recv(65536), b""))


def bodies(answer: bytes) -> list[bytes]:
    return [part.partition(b">")[0] for part in answer.split(b"<")[1:]]


def whole(path: bytes, body: bytes) -> bytes:
    return b"POST %b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (path, OFFER, len(body), body)


def chunked(path: bytes, body: bytes) -> bytes:
    head = b"POST %b HTTP/1.1\r\n%bTransfer-Encoding: chunked\r\n\r\n" % (path, OFFER)
    return head + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"


@pytest.mark.parametrize("framed", [whole, chunked])
@pytest.mark.parametrize("body", [b"", b"a", b"POST / HTTP/1.1\r\n\r\n", b"x" * 1000])
def test_the_body_of_an_offer_arrives_and_so_does_the_next_request(
    port: int, framed: object, body: bytes
) -> None:
    assert callable(framed)
    assert bodies(answered(port, framed(b"/one", body) + LAST)) == [b"/one " + body, b"/last "]


@pytest.mark.parametrize("framed", [whole, chunked])
def test_an_offer_may_arrive_byte_by_byte(port: int, framed: object) -> None:
    assert callable(framed)
    raw = framed(b"/one", b"slow and steady") + framed(b"/two", b"again") + LAST
    parts = [bytes([byte]) for byte in raw]
    assert bodies(answered(port, *parts)) == [b"/one slow and steady", b"/two again", b"/last "]


def test_an_offer_without_a_body_is_answered(port: int) -> None:
    assert bodies(answered(port, b"GET /one HTTP/1.1\r\n" + OFFER + b"\r\n" + LAST)) == [b"/one ", b"/last "]


def test_a_thousand_offers_in_one_packet_are_answered_in_order(port: int) -> None:
    raw = b"".join(whole(b"/%d" % number, b"x") for number in range(1000))
    assert bodies(answered(port, raw + LAST)) == [*(b"/%d x" % number for number in range(1000)), b"/last "]


def test_a_body_that_breaks_after_an_offer_is_a_bad_request(port: int) -> None:
    head = b"POST /one HTTP/1.1\r\n" + OFFER + b"Transfer-Encoding: chunked\r\n\r\n"
    assert b"HTTP/1.1 400" in answered(port, head + b"zz\r\n")


def test_requests_that_offer_nothing_are_answered_as_ever(port: int) -> None:
    plain = b"POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
    assert bodies(answered(port, plain + plain + LAST)) == [b"/one ab", b"/one ab", b"/last "]
