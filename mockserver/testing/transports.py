"""Transports for HTTP clients under test: into the double of this process, or over the network, jobs counted.

Both serve blocking and asynchronous clients of ``httpx2``. A named shell.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
from starlette.types import Message, Scope

from bodydouble.mockserver.control.transports import Answer

from .allowances import Allowance
from .hosting import PATIENCE, Host

ORIGIN = "http://double.test"
"""Where the double of this process is, for clients that use its transport; nothing listens there (RFC 6761)."""


@dataclass(slots=True)
class Call:
    """One request on its way through the application.

    Attributes:
        body: Of the request.
        status: Of the reply; 0 as long as there is none.
        headers: Of the reply.
        pieces: Of the reply's body.
        broken: Whether the connection broke before the reply was whole.
    """

    body: bytes
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    broken: bool = False
    _read: bool = False

    async def receive(self) -> Message:
        """Give the application the body, then tell it that the client has gone."""
        if self._read:
            return {"type": "http.disconnect"}
        self._read = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the reply."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.pieces.append(message.get("body", b""))


class InProcess(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Sends requests into an application of this process, and none anywhere else.

    Args:
        host: What runs the application.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request of a blocking client.

        Raises:
            httpx2.ReadTimeout: No reply came within the client's own limit.
            httpx2.ConnectError: It is for another server than the double.
        """
        call = self._call(request, request.read())
        future = self._start(call, request)
        try:
            future.result(_patience(request))
        except TimeoutError:
            future.cancel()
            raise httpx2.ReadTimeout("the double did not answer in time", request=request) from None
        return _reply(call, request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request of an asynchronous client.

        Raises:
            httpx2.ReadTimeout: No reply came within the client's own limit.
            httpx2.ConnectError: It is for another server than the double.
        """
        call = self._call(request, await request.aread())
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._start(call, request)), _patience(request))
        except TimeoutError:
            raise httpx2.ReadTimeout("the double did not answer in time", request=request) from None
        return _reply(call, request)

    def _call(self, request: httpx2.Request, body: bytes) -> Call:
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        if origin not in (ORIGIN, self._host.origin):
            raise httpx2.ConnectError(
                f"{origin} is not the double, which is at {ORIGIN}; its transport leads nowhere else",
                request=request,
            )
        return Call(body)

    def _start(self, call: Call, request: httpx2.Request) -> "Future[None]":
        return self._host.start(_played(self._host, call, _scope(request)))


async def _played(host: Host, call: Call, scope: Scope) -> None:
    try:
        await host.app(scope, call.receive, call.send)
    except ConnectionResetError:
        call.broken = True


def _patience(request: httpx2.Request) -> float | None:
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return timeout


def _scope(request: httpx2.Request) -> Scope:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": None,
        "server": None,
    }


def _reply(call: Call, request: httpx2.Request) -> httpx2.Response:
    if not call.status:
        raise httpx2.RemoteProtocolError("the double broke the connection without a reply", request=request)
    if call.broken:
        return httpx2.Response(call.status, headers=call.headers, stream=Broken(call.pieces))
    return httpx2.Response(call.status, headers=call.headers, content=b"".join(call.pieces))


class Broken(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        """Yield what came."""
        yield from self._pieces
        raise httpx2.ReadError("the double broke the connection within the reply")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what came."""
        for piece in self:
            yield piece


class OverHttp(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Sends requests over the network; counts jobs before they are submitted, and notes what was asked.

    Args:
        allowance: How many may be submitted, any POST counting for one; None for no bounds.
        is_local: Whether the server is on this machine, where proxies of the environment are not meant.
    """

    def __init__(self, allowance: Allowance | None = None, *, is_local: bool = True) -> None:
        self._allowance = allowance
        # Clients inside, not transports: only they know the proxies of the environment.
        self._trusts = not is_local
        self._blocking: httpx2.Client | None = None
        self._waiting: httpx2.AsyncClient | None = None
        self.noted: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request of a blocking client.

        Raises:
            httpx2.TransportError: The server could not be reached, or no reply came in time.
        """
        self._count(request)
        if self._blocking is None:
            self._blocking = httpx2.Client(trust_env=self._trusts)
        return self._note(request, self._blocking.send(request, stream=True))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request of an asynchronous client.

        Raises:
            httpx2.TransportError: The server could not be reached, or no reply came in time.
        """
        self._count(request)
        if self._waiting is None:
            self._waiting = httpx2.AsyncClient(trust_env=self._trusts)
        return self._note(request, await self._waiting.send(request, stream=True))

    def close(self) -> None:
        """Let go of connections."""
        if self._blocking is not None:
            self._blocking.close()

    async def aclose(self) -> None:
        """Let go of connections of asynchronous clients."""
        if self._waiting is not None:
            await self._waiting.aclose()

    def _count(self, request: httpx2.Request) -> None:
        if self._allowance is not None and request.method == "POST":
            self._allowance.submit()

    def _note(self, request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        self.noted.append(f"{request.method} {request.url.path}  {response.status_code}")
        return response


class ThroughHost:
    """Carries control requests into the loop that runs the application.

    Args:
        host: What runs it.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def send(self, method: str, target: str, body: bytes | None) -> Answer:
        """Return the answer to one control request."""
        call = Call(body or b"")
        parts = urlsplit(target)
        headers: Mapping[bytes, bytes] = {b"host": b"localhost"}
        if body is not None:
            size = str(len(body)).encode()
            headers = {**headers, b"content-type": b"application/json", b"content-length": size}
        url = httpx2.Request(method, f"http://localhost{target}")
        scope = {**_scope(url), "query_string": parts.query.encode(), "headers": list(headers.items())}
        self._host.start(_played(self._host, call, scope)).result(PATIENCE)
        return Answer(call.status, b"".join(call.pieces))

    def close(self) -> None:
        """The host is somebody else's."""
