"""The proxy: takes calls from clients, forwards them to upstream and nowhere else, and shows what it saw."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx2

from bodydouble.contracts.checks.exchanges import Ending, Exchange, Message, fields_of

from .capturing import Capture
from .forwarding import Trouble, Upstream, end_to_end, refusal, request_fields, target_of
from .fronting import Call, ClientGone

CONNECT_TIMEOUT = 10.0
DEFAULT_TIMEOUT = 120.0
"""Seconds that upstream may keep silent."""

Saw = Callable[[Exchange], None]
"""Takes note of an exchange; must return at once."""


@dataclass(slots=True)
class Passing:
    """One exchange while it happens.

    Attributes:
        call: The client's side.
        asked: What is kept of the request.
        started: When it began.
        answered: When upstream's head came; 0 before.
        status: Upstream's status code; 0 before.
        told: What is kept of the reply.
        noted: Whether the exchange was shown.
    """

    call: Call
    asked: Capture
    started: float
    answered: float = 0.0
    status: int = 0
    told: Capture = field(default_factory=lambda: Capture(()))
    noted: bool = False

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the request's body on its way upstream."""
        async for piece in self.call.body():
            self.asked.take(piece)
            yield piece


class _Stream(httpx2.AsyncByteStream):
    """A request's body as the library takes it; nothing where there is none."""

    def __init__(self, pieces: AsyncIterator[bytes] | None) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._pieces is not None:
            async for piece in self._pieces:
                yield piece


class Proxy:
    """Forwards calls to one upstream.

    The transport is used as it is, without the client around it: no redirect is followed, no cookie kept, no
    password or proxy read from the environment, no header added, no request repeated.
    """

    def __init__(
        self,
        upstream: Upstream,
        saw: Saw,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        # A private authority may be named as OpenSSL names it, by SSL_CERT_FILE; nothing else comes from there.
        trusted = httpx2.create_ssl_context(trust_env=True)
        self._transport = transport or httpx2.AsyncHTTPTransport(
            verify=trusted, trust_env=False, limits=limits
        )
        self._upstream = upstream
        self._saw = saw
        self._patience = {
            "connect": min(CONNECT_TIMEOUT, timeout),
            "read": timeout,
            "write": timeout,
            "pool": timeout,
        }
        self._numbers = itertools.count(1)

    async def close(self) -> None:
        """Close every connection to upstream."""
        await self._transport.aclose()

    async def handle(self, call: Call) -> None:
        """Answer one call with upstream's reply, or with a problem of the proxy's own."""
        trouble = refusal(call.method, call.target, call.fields)
        if trouble is not None:
            await call.answer(trouble)
            return
        passing = Passing(call, Capture(fields_of(call.fields)), time.monotonic())
        try:
            async with self._sent(passing) as response:
                await self._relay(passing, response)
        except (httpx2.TransportError, OSError) as error:
            await self._failed(passing, error)
        except (asyncio.CancelledError, ClientGone):
            self._note(passing, Ending.LEFT, "broken off by the client, or by the end of the proxy")
            raise

    @asynccontextmanager
    async def _sent(self, passing: Passing) -> AsyncIterator[httpx2.Response]:
        call = passing.call
        request = httpx2.Request(
            call.method.decode("ascii"),
            self._upstream.origin,
            headers=request_fields(call.fields, self._upstream),
            stream=_Stream(passing.body() if call.has_body else None),
            extensions={"timeout": self._patience, "target": target_of(call.target, self._upstream)},
        )
        response = await self._transport.handle_async_request(request)
        try:
            yield response
        finally:
            with suppress(httpx2.TransportError, OSError):
                await response.aclose()

    async def _relay(self, passing: Passing, response: httpx2.Response) -> None:
        call, fields = passing.call, end_to_end(response.headers.raw)
        passing.answered, passing.status = time.monotonic(), response.status_code
        passing.told = Capture(fields_of(response.headers.raw))
        reason: bytes = response.extensions.get("reason_phrase", b"")
        await call.start(response.status_code, reason, fields)
        async for piece in response.aiter_raw():
            passing.told.take(piece)
            await call.send(piece)
        self._note(passing, Ending.COMPLETE)
        await call.finish()

    async def _failed(self, passing: Passing, error: Exception) -> None:
        """Before the reply has begun the client is told in words; after that only by a broken connection."""
        trouble = trouble_of(error, self._upstream)
        if passing.call.started:
            self._note(passing, Ending.CUT, trouble.detail)
            passing.call.abort()
            raise ClientGone from error
        self._note(passing, Ending.LOST, trouble.detail)
        await passing.call.answer(trouble)

    def _note(self, passing: Passing, ending: Ending, trouble: str = "") -> None:
        if passing.noted:
            return
        passing.noted = True
        path, _, query = passing.call.target.decode("latin-1").partition("?")
        ended = time.monotonic()
        told: Message = passing.told.message()
        exchange = Exchange(
            number=next(self._numbers),
            method=passing.call.method.decode("ascii"),
            path=self._upstream.base + path,
            query=query,
            request=passing.asked.message(),
            status=passing.status,
            reply=told,
            started=passing.started,
            answered=passing.answered or ended,
            ended=ended,
            ending=ending,
            trouble=trouble,
        )
        self._saw(exchange)


def trouble_of(error: Exception, upstream: Upstream) -> Trouble:
    """Return what the client is told when upstream gives no reply: 504 for silence, 502 for everything else."""
    reason = str(error) or type(error).__name__
    match error:
        case httpx2.ConnectTimeout():
            title, kind = "Upstream took no connection in time", "upstream-timeout"
        case httpx2.TimeoutException():
            title, kind = "Upstream kept silent", "upstream-timeout"
        case httpx2.ConnectError():
            title, kind = "Upstream cannot be reached", "upstream-unreachable"
        case httpx2.ProtocolError():
            title, kind = "Upstream's reply is not HTTP, or was broken off", "upstream-broken"
        case _:
            title, kind = "Upstream broke the connection off", "upstream-broken"
    status = 504 if kind == "upstream-timeout" else 502
    return Trouble(status, kind, title, f"{upstream.origin}: {reason}")
