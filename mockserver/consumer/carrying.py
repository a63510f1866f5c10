"""Carrying requests to the double in process, on virtual time, for clients that use httpx. A named shell."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

import httpx2
from starlette.types import ASGIApp, Message, Scope

from bodydouble.mockserver.http.wire import TRANSPORT

from .endings import Hung
from .virtual_time import VirtualClock

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]
"""Runs the loop until a coroutine is done, and returns its result."""

LATENCY = 0.01
"""Seconds that a request takes; whoever polls without a pause is at least seen to be quick."""
MOST_REQUESTS = 3000
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class AsyncCarrier(httpx2.AsyncBaseTransport):
    """Takes requests to an ASGI application; timeouts run on the loop's time.

    Attributes:
        requests: How many were carried since the last reset.
    """

    def __init__(self, app: ASGIApp, clock: VirtualClock) -> None:
        self._app = app
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the application's reply; see :meth:`carried`."""
        start, body = await self.carried(request)
        return httpx2.Response(start["status"], headers=start["headers"], stream=body, request=request)

    async def carried(self, request: httpx2.Request) -> "tuple[Message, _Body]":
        """Return the beginning of the application's reply, and its body.

        Raises:
            httpx2.TransportError: The reply is late, or broke off.
            Hung: The client asks without end.
        """
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise Hung(f"it still asks after {MOST_REQUESTS} requests")
        self._clock.sleep(LATENCY)
        read = _read_timeout(request)
        exchange = _Exchange(await request.aread(), request)
        task = asyncio.get_running_loop().create_task(exchange.serve(self._app, _scope(request)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            start = await exchange.next(read)
        except httpx2.TransportError:
            await exchange.leave(task)
            raise
        return start, _Body(exchange, read, task)


class Carrier(httpx2.BaseTransport):
    """The same for clients that block: it runs the loop as far as each reply needs."""

    def __init__(self, carrier: AsyncCarrier, run: Run[Any]) -> None:
        self._carrier = carrier
        self._run = run

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the application's reply; see :class:`AsyncCarrier`."""
        request.read()
        start, body = self._run(self._carrier.carried(request))
        return httpx2.Response(
            start["status"], headers=start["headers"], stream=_BlockingBody(body, self._run), request=request
        )


class _Connection:
    """What the double breaks where there is no socket; as much of a transport as it asks for."""

    def __init__(self, request: httpx2.Request, broken: Callable[[Exception], None]) -> None:
        self._request = request
        self._broken = broken
        self.closed = asyncio.Event()

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def close(self) -> None:
        """End without what is missing (FIN)."""
        self._end(httpx2.RemoteProtocolError("the reply broke off", request=self._request))

    def abort(self) -> None:
        """Reset (RST)."""
        self._end(httpx2.ReadError("the connection was reset", request=self._request))

    def get_extra_info(self, _name: str) -> "_Connection":
        return self

    def fileno(self) -> int:
        raise OSError("there is no socket in process")

    def _end(self, error: Exception) -> None:
        self.closed.set()
        self._broken(error)


class _Exchange:
    """One request on its way through the application."""

    def __init__(self, body: bytes, request: httpx2.Request) -> None:
        self._body: bytes | None = body
        self._request = request
        self._messages: asyncio.Queue[Message | BaseException] = asyncio.Queue()
        self._connection = _Connection(request, self._messages.put_nowait)

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        scope["state"] = {TRANSPORT: self._connection}
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - the double's own mistake, which must be heard
            self._messages.put_nowait(error)

    async def _receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            await self._connection.closed.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Message) -> None:
        self._messages.put_nowait(message)

    async def leave(self, task: "asyncio.Task[None]") -> None:
        """Go away; the application notices, and ends what it is at."""
        if not task.done():
            self._connection.closed.set()
            await asyncio.wait({task}, timeout=LATENCY)

    async def next(self, timeout: float | None) -> Message:  # noqa: ASYNC109 - as the HTTP library has it
        """Return the next message, or raise what came instead of it."""
        if self._messages.empty():
            # Mostly the application needs one turn and no timer, which would cost as much as the turn.
            await asyncio.sleep(0)
        try:
            message = await self._waited(timeout) if self._messages.empty() else self._messages.get_nowait()
        except TimeoutError:
            raise httpx2.ReadTimeout("the server was silent", request=self._request) from None
        if isinstance(message, BaseException):
            raise message
        return message

    async def _waited(self, timeout: float | None) -> Message | BaseException:  # noqa: ASYNC109 - same
        return await asyncio.wait_for(self._messages.get(), timeout)

    @property
    def is_ready(self) -> bool:
        """Whether the next message is there already."""
        return not self._messages.empty()

    def taken(self) -> Message:
        """Return the next message, which is there already, or raise what came instead of it."""
        message = self._messages.get_nowait()
        if isinstance(message, BaseException):
            raise message
        return message


class _Body(httpx2.AsyncByteStream):
    """A reply's body, as it comes."""

    def __init__(self, exchange: _Exchange, read: float | None, task: "asyncio.Task[None]") -> None:
        self._exchange = exchange
        self._read = read
        self._task = task

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            message = await self.next()
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    async def next(self) -> Message:
        """Return the next message, in time."""
        return await self._exchange.next(self._read)

    def taken(self) -> Message | None:
        """Return the next message if it is there already."""
        return self._exchange.taken() if self._exchange.is_ready else None

    @property
    def is_done(self) -> bool:
        """Whether the application has ended what it was at."""
        return self._task.done()

    async def aclose(self) -> None:
        """Let go of the reply."""
        await self._exchange.leave(self._task)


class _BlockingBody(httpx2.SyncByteStream):
    """The same for clients that block."""

    def __init__(self, body: _Body, run: Run[Any]) -> None:
        self._body = body
        self._run = run

    def __iter__(self) -> Iterator[bytes]:
        while True:
            message = self._body.taken() or self._run(self._body.next())
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    def close(self) -> None:
        """Let go of the reply."""
        if not self._body.is_done:
            self._run(self._body.aclose())


def _read_timeout(request: httpx2.Request) -> float | None:
    timeouts = request.extensions.get("timeout", {})
    read = timeouts.get("read") if isinstance(timeouts, dict) else None
    return None if read is None else float(read)


def _scope(request: httpx2.Request) -> Scope:
    url = request.url
    raw_path = url.raw_path.partition(b"?")[0]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": raw_path,
        "query_string": url.query,
        "server": (url.host, url.port or _PORTS.get(url.scheme)),
        "client": ("127.0.0.1", 12345),
        "root_path": "",
    }
