"""The application: the service behind Starlette's routing. The ASGI shell reads, answers, and decides nothing."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.http.sending import Disconnected, TooLarge, origin_of, read_body, reply
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario

from .clocks import Clock, system_clock
from .media import clips
from .openapi import Document
from .problems import Problem
from .results import Results
from .routes import Route as JobRoute
from .service import PREFIX, Service
from .worlds import DEFAULT_MAX_JOBS, DEFAULT_URL_TTL, World, WorldSettings

DEFAULT_MAX_BODY = 32 * 1024 * 1024
"""Bytes; an image of 20 MB is 27 MB in Base64."""
log = logging.getLogger("bodydouble")
"""Says why a request got what it got, where the reply cannot."""
_PARAMETER = re.compile(r"\{([^{}/]*)\}")


def create_app(
    contract: Contract | None = None,
    *,
    clock: Clock = system_clock,
    seed: int | None = None,
    scenario: Scenario = SUCCEEDS,
    api_keys: Sequence[str] = (),
    max_jobs: int = DEFAULT_MAX_JOBS,
    max_body: int = DEFAULT_MAX_BODY,
    url_ttl: float = DEFAULT_URL_TTL,
) -> Starlette:
    """Return an ASGI application that plays ``contract``.

    Args:
        contract: What to play; the bundled contract if none is given.
        clock: The time, in seconds since the epoch; see :mod:`~bodydouble.mockserver.clocks`.
        seed: Makes a run repeat to the byte, ids included.
        scenario: What happens to jobs that ask for nothing else.
        api_keys: The good keys; none means that any is good.
        max_jobs: How many jobs are kept; beyond that the one that ended first leaves.
        max_body: Bytes a request's body may have.
        url_ttl: Seconds a result's URL is good for, at least.

    Raises:
        ContractError: The bundled contract cannot be read.
    """
    world = World(WorldSettings(clock, scenario, seed, max_jobs, url_ttl))
    service = Service(contract or bundled_contract(), world, clips(), tuple(api_keys))
    routes = _routes(service, max_body)
    app = Double(routes=routes)
    app.plain = {
        route.path: route.app for route in routes if isinstance(route, Route) and "{" not in route.path
    }
    app.router.redirect_slashes = False
    app.router.default = Fallback(service.unknown, service, max_body)
    app.state.service = service
    return app


class Double(Starlette):
    """Starlette, but for paths without parameters, which need no matching: a third of a poll's cost is spared.

    Attributes:
        plain: What answers on each of them.
    """

    plain: Mapping[str, ASGIApp] = MappingProxyType({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        endpoint = self.plain.get(scope.get("path", "")) if scope["type"] == "http" else None
        if endpoint is None or scope.get("root_path"):
            await super().__call__(scope, receive, send)
        else:
            await endpoint(scope, receive, send)


def _routes(service: Service, max_body: int) -> list[BaseRoute]:
    served: list[BaseRoute] = [_route(service, route, max_body) for route in service.routes.routes]
    results = Results(service.world, service.clips)
    return [
        *served,
        Route(f"{PREFIX}/media/{{id}}.mp4", service.cors.before(results)),
        Route(f"{PREFIX}/openapi.json", service.cors.before(Document(service.contract))),
    ]


def _route(service: Service, route: JobRoute, max_body: int) -> Route:
    def answer(request: Request) -> Response:
        return service.answer(route, request)

    parameter = route.polling.parameter if route.polling else None
    path_id = parameter.name if parameter and parameter.location == "path" else None
    names = _PARAMETER.findall(route.path)
    number = names.index(path_id) if path_id in names else None
    endpoint = Endpoint(answer, service, max_body, f"p{number}" if number is not None else None)
    return Route(_template(route.path), endpoint)


def _template(path: str) -> str:
    """Starlette's template for OpenAPI's: names become identifiers; the last takes slashes, since ids contain them."""
    last = len(_PARAMETER.findall(path)) - 1
    numbers = count()

    def named(parameter: re.Match[str]) -> str:
        number = next(numbers)
        takes_slashes = number == last and parameter.end() == len(path)
        return f"{{p{number}:path}}" if takes_slashes else f"{{p{number}}}"

    return "/" + _PARAMETER.sub(named, path).removeprefix("/")


class Endpoint:
    """Reads a request, has it answered and sends the reply.

    A class because Starlette hands every method on a path to such an endpoint; two routes on one path would answer a
    wrong ``Allow``.
    """

    def __init__(
        self,
        answer: Callable[[Request], Response],
        service: Service,
        max_body: int,
        path_parameter: str | None = None,
    ) -> None:
        self._answer = answer
        self._refuse = service.refuse
        self._preflight = service.cors.before(self._serve)
        self._max_body = max_body
        self._path_parameter = path_parameter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        serve = self._preflight if scope["method"] == "OPTIONS" else self._serve
        await serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        try:
            body = b"" if scope["method"] == "GET" else await read_body(headers, receive, self._max_body)
        except Disconnected:
            return
        except TooLarge:
            problem = Problem(
                413,
                f"The body is too large: expected at most {self._max_body} bytes, received more",
                headers=((b"connection", b"close"),),
            )
            response = self._refuse(problem, self._request(scope, headers, b""))
        else:
            response = self._answer(self._request(scope, headers, body))
        if response.note:
            log.warning(response.note)
        await reply(response, send)

    def _request(self, scope: Scope, headers: dict[bytes, bytes], body: bytes) -> Request:
        name = self._path_parameter
        return Request(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            headers=headers,
            body=body,
            origin=origin_of(scope, headers),
            path_id=scope["path_params"][name] if name else None,
        )


class Fallback(Endpoint):
    """Answers what no route takes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a WebSocket, which no operation is, is closed before it opens."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
