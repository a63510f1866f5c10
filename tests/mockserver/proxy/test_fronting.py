"""One connection over a real socket; what a proxy makes of it is tested in ``test_proxying``."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from bodydouble.mockserver.proxy import fronting
from bodydouble.mockserver.proxy.forwarding import Trouble
from bodydouble.mockserver.proxy.fronting import Call, ClientGone, Connection
from tests.mockserver.upstreams import get, raw

Handle = Callable[[Call], Awaitable[None]]


def talk(handle: Handle, request: bytes) -> bytes:
    """Serve one connection with ``handle`` and return what the client got."""

    async def main() -> bytes:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Connection(reader, writer, handle).serve()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            return await asyncio.to_thread(raw, port, request)
        finally:
            server.close()

    return asyncio.run(main())


async def echo(call: Call) -> None:
    body = b"".join([piece async for piece in call.body()]) if call.has_body else b"nothing"
    await call.start(200, b"Fine", [(b"Content-Length", str(len(body)).encode())])
    if call.method != b"HEAD":
        await call.send(body)
    await call.finish()


def test_a_body_is_read_however_it_is_framed() -> None:
    sized = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"
    chunked = sized.replace(b"Content-Length: 3", b"Transfer-Encoding: chunked").replace(
        b"abc", b"3\r\nabc\r\n0\r\n\r\n"
    )
    assert talk(echo, sized).endswith(b"\r\n\r\nabc")
    assert talk(echo, chunked).endswith(b"\r\n\r\nabc")


def test_a_reply_of_unknown_length_is_chunked_or_ends_with_the_connection() -> None:
    async def pieces(call: Call) -> None:
        await call.start(200, b"OK", [])
        await call.send(b"abc")
        await call.finish()

    assert talk(pieces, get()).endswith(b"3\r\nabc\r\n0\r\n\r\n")
    assert talk(pieces, b"GET / HTTP/1.0\r\nHost: a\r\n\r\n").endswith(b"\r\n\r\nabc")


def test_an_unread_body_ends_the_connection_but_not_the_reply() -> None:
    async def refuse(call: Call) -> None:
        await call.answer(Trouble(501, "no", "No", "no"))

    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000
    told = talk(refuse, request)
    assert told.startswith(b"HTTP/1.1 501 No")
    assert b"Connection: close" in told


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_problem_has_a_body_where_one_is_allowed(method: str) -> None:
    async def refuse(call: Call) -> None:
        await call.answer(Trouble(502, "no", "No", "no"))

    assert talk(refuse, get(method=method)).endswith(b"}") is (method == "GET")


def test_a_reply_that_breaks_off_ends_in_a_reset() -> None:
    async def half(call: Call) -> None:
        await call.start(200, b"OK", [(b"Content-Length", b"9")])
        await call.send(b"half")
        await asyncio.sleep(0.05)
        call.abort()
        raise ClientGone

    assert talk(half, get()).endswith(b"half<reset>")


def test_a_problem_after_the_reply_has_begun_breaks_it_off() -> None:
    async def late(call: Call) -> None:
        await call.start(200, b"OK", [(b"Content-Length", b"9")])
        await call.answer(Trouble(502, "no", "No", "no"))

    told = talk(late, get())
    assert b"502" not in told


def test_silence_in_a_body_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronting, "SILENCE", 0.1)
    assert talk(echo, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na") == b"<reset>"


def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronting, "IDLE", 0.1)
    assert talk(echo, b"GET /") in (b"", b"<reset>")


def test_a_client_that_leaves_cancels_what_is_done_for_it() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_call: Call) -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def main() -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Connection(reader, writer, wait).serve()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        client = socket.create_connection(server.sockets[0].getsockname())
        client.sendall(get())
        await asyncio.wait_for(begun.wait(), 60)
        client.close()
        await asyncio.wait_for(cancelled.wait(), 60)
        server.close()

    asyncio.run(main())
