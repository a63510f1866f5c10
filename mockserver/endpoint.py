"""An endpoint: the ASGI shell around whatever answers. It reads, has answered, sends, and decides nothing."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from bodydouble.mockserver.http.direct import written
from bodydouble.mockserver.http.messages import About, Request, Response
from bodydouble.mockserver.http.sending import Disconnected, TooLarge, combined, read_body, reply
from bodydouble.mockserver.http.wire import GONE, NOTHING, Sent, is_gone, leaves, send_broken

from .clocks import system_clock
from .problems import Problem
from .service import Service

log = logging.getLogger("bodydouble")
"""Says why a request got what it got, where the reply cannot."""

Answer = Callable[[Request], Response]
"""Returns the reply to a request."""
Refuse = Callable[[Problem, Request], Response]
"""Returns the reply that tells a problem."""


class Keeping(Protocol):
    """Whatever keeps the state; :class:`~bodydouble.mockserver.keeping.Keeper` does."""

    def kept(self, answer: Answer, refuse: Refuse) -> Answer:
        """Return an ``answer`` after which the state is written."""
        ...

    def close(self) -> None:
        """Write the rest."""
        ...


class Endpoint:
    """Reads a request, has it answered, sends the reply, and has both put down in the journal."""

    def __init__(
        self,
        answer: Callable[[Request], Response],
        service: Service,
        max_body: int,
        path_parameter: str | None = None,
        refuse: Callable[[Problem, Request], Response] | None = None,
    ) -> None:
        self._answer = answer
        self._refuse = refuse or service.refuse
        self._worlds = service.worlds
        self._max_body = max_body
        self._path_parameter = path_parameter

    def keep(self, keeper: Keeping) -> None:
        """Have the state written before each reply is sent."""
        self._answer = keeper.kept(self._answer, self._refuse)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = _fields(scope)
        try:
            body = b"" if scope["method"] == "GET" else await read_body(headers, receive, self._max_body)
        except Disconnected:
            return
        except TooLarge:
            request = self._request(scope, headers, b"")
            response = self._too_large(request)
        else:
            request = self._request(scope, headers, body)
            response = self._answer(request)
        await self._send(request, response, scope, receive, send)

    def promptly(self, scope: Scope, body: bytes, send: Send) -> ASGIApp | None:
        """Answer a request that is here whole and return None, or return what is to serve it over ASGI."""
        if len(body) > self._max_body:
            return self.serve
        request = self._request(scope, _fields(scope), b"" if scope["method"] == "GET" else body)
        response = self._answer(request)
        if _needs_care(response, scope) or not written(response, send):
            return partial(self._send, request, response)
        self._put_sent(request, response)
        return None

    def _too_large(self, request: Request) -> Response:
        problem = Problem(
            413,
            f"The body is too large: expected at most {self._max_body} bytes, received more",
            headers=((b"connection", b"close"),),
        )
        return self._refuse(problem, request)

    async def _send(
        self, request: Request, response: Response, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if _needs_care(response, scope):
            await self._send_closely(request, response, scope, receive, send)
            return
        if not written(response, send):
            await reply(response, send)
        self._put_sent(request, response)

    def _put_sent(self, request: Request, response: Response) -> None:
        world = self._worlds.get(response.about.namespace) if response.about else None
        if world is not None:
            until, base = world.clock.both()
            world.register.put_sent(request, response, until, base)

    async def _send_closely(
        self, request: Request, response: Response, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send a reply of which something is to be told, or with which something goes wrong."""
        if response.note:
            log.warning(response.note)
        about = response.about
        world = self._worlds.get(about.namespace) if about else None
        if about is None or world is None:
            await reply(response, send)
            return
        # While it is sent the world may begin anew; what came before belongs to what was before.
        register, clock = world.register, world.clock
        came, sent = clock.base, NOTHING
        try:
            sent = await _deliver(response, about, scope, receive, send)
        finally:
            register.put(
                request,
                response,
                clock(),
                whole=sent.whole,
                gone=sent.gone,
                sent=sent.size,
                came=came,
                left=clock.base,
                wall=system_clock(),
            )

    def _request(self, scope: Scope, headers: dict[bytes, bytes], body: bytes) -> Request:
        name = self._path_parameter
        return Request(
            scope["method"],
            scope["path"],
            scope["query_string"],
            headers,
            body,
            scope["scheme"],
            scope.get("server"),
            scope["path_params"][name] if name else None,
        )


async def _deliver(response: Response, about: About, scope: Scope, receive: Receive, send: Send) -> Sent:
    """Send a reply, with what goes wrong with it, and return what became of it."""
    fault = about.fault
    if fault is not None and fault.delay is not None:
        gone = await leaves(fault.delay.quantile(about.share), scope, receive)
    else:
        gone = is_gone(scope)
    if gone:
        return GONE
    if fault is not None and fault.wire is not None:
        return await send_broken(response, fault.wire, fault, about.share, scope, receive, send)
    await reply(response, send)
    return Sent(whole=True, size=len(response.body))


def _fields(scope: Scope) -> dict[bytes, bytes]:
    """Return the request's headers; of one that stands several times, the list that it is."""
    fields = scope["headers"]
    headers = dict(fields)
    return headers if len(headers) == len(fields) else combined(fields)


def _needs_care(response: Response, scope: Scope) -> bool:
    """Return whether something is to be told of a reply, or goes wrong with it."""
    about = response.about
    return about is None or about.fault is not None or bool(response.note or about.size) or is_gone(scope)
