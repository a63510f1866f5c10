"""Starlette's part: paths with parameters, preflights of pages from elsewhere, and what no route takes."""

from collections.abc import Iterable
from typing import Protocol

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from bodydouble.mockserver.http import cors


class Serves(Protocol):
    """Whatever serves a request."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        ...


def router_for(endpoints: Iterable[tuple[str, Serves]], fallback: Serves) -> ASGIApp:
    """Return an ASGI application.

    Args:
        endpoints: By Starlette's template of their paths, in the order in which they are tried.
        fallback: Serves what none of them takes.
    """
    routes = [Route(path, Routed(endpoint)) for path, endpoint in endpoints]
    return Router(routes, redirect_slashes=False, default=Unrouted(fallback))


class Routed:
    """An endpoint with preflights.

    A class because Starlette hands every method on a path to such an endpoint; two routes on one path would answer a
    wrong ``Allow``.
    """

    def __init__(self, endpoint: Serves) -> None:
        self._serve = endpoint.serve
        self._preflight = cors.before(endpoint.serve)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await (self._preflight if scope["method"] == "OPTIONS" else self._serve)(scope, receive, send)


class Unrouted(Routed):
    """What no route takes: a WebSocket, which no operation is, is closed before it opens."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse to."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
