"""The side of the proxy that clients see: HTTP/1.1 over asyncio streams, one object per connection.

An ASGI server would not do: it has no room for upstream's reason phrase, changes the case of header names, and refuses
a 304 that states the length of what it leaves out. h11 keeps the protocol; here bytes are moved, a body never held
whole in either direction, and a client that goes away is noticed while its reply is still on the way.
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import h11

from .forwarding import RawFields, Trouble, has_body

CHUNK = 64 * 1024
MAX_HEAD = 64 * 1024
"""Bytes from which on a request's head is not waited for any longer."""
IDLE = 75.0
"""Seconds that a connection is kept without a request, and that a request may take to tell its head."""
SILENCE = 120.0
"""Seconds that a client may keep silent in the middle of a body, or take nothing of the reply."""
LINGER = 1.0
"""Seconds that a refused body is still read, so that the refusal is not lost in a reset (RFC 9112 section 9.6)."""


class ClientGone(Exception):
    """The client broke off, kept silent or sent what is no HTTP; there is nobody to answer."""


@dataclass(slots=True)
class Call:
    """One request, and the way to answer it.

    Attributes:
        method: As sent.
        target: As sent.
        fields: As sent.
        has_body: Whether a body follows.
        started: Whether the reply has begun.
    """

    method: bytes
    target: bytes
    fields: RawFields
    has_body: bool
    _connection: "Connection"
    started: bool = False

    def body(self) -> AsyncIterator[bytes]:
        """Yield the request's body as it arrives.

        Raises:
            ClientGone: It does not come to its end.
        """
        return self._connection.body()

    async def start(self, status: int, reason: bytes, fields: RawFields) -> None:
        """Send the head of the reply."""
        self.started = True
        await self._connection.send(h11.Response(status_code=status, reason=reason, headers=fields))

    async def send(self, data: bytes) -> None:
        """Send a piece of the reply; waits while the client is slow."""
        await self._connection.send(h11.Data(data=data))

    async def finish(self) -> None:
        """Send the end of the reply."""
        await self._connection.send(h11.EndOfMessage())

    def abort(self) -> None:
        """Break the connection off: the client must not take half a reply for a whole one."""
        self._connection.abort()

    async def answer(self, trouble: Trouble) -> None:
        """Send a problem of the proxy's own, and end the connection."""
        await self._connection.tell(trouble, empty=self.method == b"HEAD")


Handle = Callable[[Call], Awaitable[None]]
"""Answers one request."""


class Connection:
    """One connection from a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle) -> None:
        self._reader, self._writer, self._handle = reader, writer, handle
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._request_read = asyncio.Event()

    async def serve(self) -> None:
        """Answer requests until either side ends the connection."""
        try:
            while await self._serve_one():
                self._http.start_next_cycle()
        except (ClientGone, ConnectionError, h11.LocalProtocolError):
            # The last: what upstream sent could be read, and may not be sent on.
            self.abort()
        finally:
            await self._close()

    async def _serve_one(self) -> bool:
        """Answer one request; return whether another may follow."""
        try:
            event = await self._next(IDLE)
        except h11.RemoteProtocolError as error:
            await self.tell(_not_http(error))
            await self._drain()
            return False
        if not isinstance(event, h11.Request):
            return False
        await self._answer(event)
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            return True
        await self._drain()
        return False

    async def _answer(self, request: h11.Request) -> None:
        fields = list(request.headers.raw_items())
        call = Call(request.method, request.target, fields, has_body(fields), self)
        self._request_read.clear()
        if not call.has_body:
            _ = [piece async for piece in self.body()]
        handling = asyncio.ensure_future(self._handle(call))
        watching = asyncio.ensure_future(self._gone())
        try:
            await asyncio.wait({handling, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not handling.done():
                raise ClientGone
            await handling
        finally:
            for task in (handling, watching):
                task.cancel()
            await asyncio.gather(handling, watching, return_exceptions=True)

    async def _gone(self) -> None:
        """Return when the client has gone; to wait for a further request is not to be gone."""
        await self._request_read.wait()
        with contextlib.suppress(ConnectionError):
            if data := await self._reader.read(CHUNK):
                self._http.receive_data(data)
                await asyncio.Event().wait()

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body of the present request; see :meth:`Call.body`.

        Raises:
            ClientGone: The client fell silent, or went on with what is no HTTP.
        """
        if self._http.they_are_waiting_for_100_continue:
            await self.send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        while True:
            try:
                event = await self._next(SILENCE)
            except h11.RemoteProtocolError as error:
                raise ClientGone(str(error)) from None
            if not isinstance(event, h11.Data):
                break
            yield bytes(event.data)
        self._request_read.set()

    async def _next(self, patience: float) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            try:
                async with asyncio.timeout(patience):
                    data = await self._reader.read(CHUNK)
            except TimeoutError:
                raise ClientGone("silence") from None
            self._http.receive_data(data)
        return event

    async def send(self, event: h11.Event) -> None:
        """Send an event; waits while the client is slow.

        Raises:
            ClientGone: The client takes nothing, or the connection is gone.
        """
        data = self._http.send(event)
        if data and not self._writer.is_closing():
            self._writer.write(data)
        try:
            async with asyncio.timeout(SILENCE):
                await self._writer.drain()
        except (TimeoutError, ConnectionError):
            raise ClientGone from None

    async def tell(self, trouble: Trouble, *, empty: bool = False) -> None:
        """Answer with a problem, and say that the connection ends."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.abort()
            return
        body = json.dumps(trouble.body()).encode()
        fields = [
            (b"Content-Type", b"application/problem+json"),
            (b"Content-Length", str(len(body)).encode()),
            (b"Connection", b"close"),
        ]
        await self.send(h11.Response(status_code=trouble.status, headers=fields, reason=_phrase(trouble)))
        if not empty:
            await self.send(h11.Data(data=body))
        await self.send(h11.EndOfMessage())

    def abort(self) -> None:
        """Break the connection off with a reset: where a body ends with the connection, an orderly end is a lie."""
        connection = self._writer.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _drain(self) -> None:
        """Say that nothing more comes, then read on for a moment what the client is still sending."""
        if self._writer.is_closing():
            return
        with contextlib.suppress(TimeoutError, OSError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(LINGER):
                while await self._reader.read(CHUNK):
                    pass

    async def _close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def _not_http(error: h11.RemoteProtocolError) -> Trouble:
    status = error.error_status_hint
    return Trouble(status, "bad-request", "The request is not HTTP/1.1", str(error))


def _phrase(trouble: Trouble) -> bytes:
    return trouble.title.encode("ascii")
