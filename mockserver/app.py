"""The application: what is served on which path, and how it is set up."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from itertools import count
from os import urandom
from pathlib import Path
from types import MappingProxyType

from starlette.types import ASGIApp, Receive, Scope, Send

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.control.remote import Remote
from bodydouble.mockserver.journals.hiring import Hired
from bodydouble.mockserver.reporting.outcome import Report
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario

from .clocks import Clock, system_clock
from .endpoint import Endpoint, Keeping
from .media import clips
from .namespaces import DEFAULT_IDLE, Namespaces
from .openapi import Document
from .results import PREFIX as MEDIA
from .results import Results
from .routes import Route as JobRoute
from .service import Service
from .worlds import DEFAULT_MAX_JOBS, DEFAULT_URL_TTL, WorldSettings

PREFIX = "/_double"
OURS = f"{PREFIX}/"
RESULTS = f"{MEDIA}{{place:path}}"
CONTROL = f"{OURS}{{place:path}}"
DEFAULT_MAX_BODY = 32 * 1024 * 1024
"""Bytes; an image of 20 MB is 27 MB in Base64."""
SALT = 16
_PARAMETER = r"\{([^{}/]*)\}"


def create_app(
    contract: Contract | None = None,
    *,
    clock: Clock = system_clock,
    speed: float = 1.0,
    seed: int | None = None,
    scenario: Scenario | str = SUCCEEDS,
    scenarios: Sequence[Scenario] = (),
    api_keys: Sequence[str] = (),
    max_jobs: int = DEFAULT_MAX_JOBS,
    max_body: int = DEFAULT_MAX_BODY,
    url_ttl: float = DEFAULT_URL_TTL,
    namespace_idle: float = DEFAULT_IDLE,
    control_token: str | None = None,
    state: Path | None = None,
    replay_token: str | None = None,
    replay: Path | None = None,
) -> "Double":
    """Return an ASGI application that plays ``contract``.

    Args:
        contract: What to play; the bundled contract if none is given.
        clock: The time, in seconds since the epoch; see :mod:`~bodydouble.mockserver.clocks`.
        speed: Seconds that pass for jobs in one second of ``clock``.
        seed: Makes a run repeat to the byte, ids included.
        scenario: What happens to jobs that ask for nothing else, or its name.
        scenarios: Scenarios that may be asked for beside those that are shipped.
        api_keys: The good keys; none means that any is good.
        max_jobs: How many jobs a namespace keeps; beyond that the one that ended first leaves.
        max_body: Bytes a request's body may have.
        url_ttl: Seconds a result's URL is good for, at least.
        namespace_idle: Seconds after which a namespace that nobody uses ends.
        control_token: What has to come with every control request; without one, only this machine controls.
        state: File in which the state outlives the process; None for none. See :meth:`Double.close`.
        replay_token: Run that is to be repeated, see :attr:`Double.replay_token`; it stands in for ``speed``,
            ``seed``, ``scenario``, ``scenarios``, ``max_jobs`` and ``url_ttl``.
        replay: Folder of recordings whose jobs are played back, see :mod:`~bodydouble.mockserver.replayed`.

    Raises:
        FolderError: There is no recording in the folder.
        RecordingError: One is damaged.
        Unreplayable: None can be played back.
        TokenError: The token cannot be used; see :mod:`~bodydouble.mockserver.replay_tokens`.
        StateError: The file cannot be used; see :mod:`~bodydouble.mockserver.state_file`.
        ContractError: The bundled contract cannot be read.
        UnknownScenario: No scenario has this name.
    """
    played = contract or bundled_contract()
    if replay_token is not None:
        # Most runs are new ones.
        from .replay_tokens import run_of  # noqa: PLC0415

        run = run_of(replay_token, played)
        speed, seed, scenario, scenarios = run.speed, run.seed, run.scenario, run.scenarios
        max_jobs, url_ttl = run.max_jobs, run.url_ttl
    own = (scenario, *scenarios) if isinstance(scenario, Scenario) else tuple(scenarios)
    repertoire = Repertoire(own)
    settings = WorldSettings(
        clock=clock,
        scenario=repertoire.find(scenario) if isinstance(scenario, str) else scenario,
        seed=int.from_bytes(urandom(7), "big") if seed is None else seed,
        max_jobs=max_jobs,
        url_ttl=url_ttl,
        speed=speed,
    )

    def make(settings: WorldSettings, salt: bytes) -> Double:
        clerk = Hired(salt, api_keys, _name_header(played))
        worlds = Namespaces(settings, clerk, system_clock, keys=tuple(api_keys), idle=namespace_idle)
        facts = played, worlds, clips(), repertoire, system_clock
        if replay is None:
            return Double(Service(*facts), max_body, control_token)
        # Few play recordings.
        from bodydouble.mockserver.recordings.recording_files import read_folder  # noqa: PLC0415

        from .replayed import ReplayedService  # noqa: PLC0415

        return Double(ReplayedService(*facts, read_folder(replay)), max_body, control_token)

    if state is None:
        return make(settings, urandom(SALT))
    # Only those who keep a state load SQLite.
    from .recalling import remembering  # noqa: PLC0415

    return remembering(state, seed, settings, urandom(SALT), make)


def _name_header(contract: Contract) -> str:
    """The header in which clients name their requests: the one of the conventions that is sent back."""
    return next((name for name, _ in contract.conventions.request_headers), "")


class Double:
    """The ASGI application.

    Paths without parameters, and those of our own, need no matching: a third of a poll's cost is spared. Everything
    else goes through Starlette's router. Loading that takes a third of a start, so that it is loaded beforehand only
    where operations need it.

    Attributes:
        service: What decides.
    """

    def __init__(
        self, service: Service, max_body: int = DEFAULT_MAX_BODY, control_token: str | None = None
    ) -> None:
        self.service = service
        self._keeper: Keeping | None = None
        self._endpoints = _endpoints(service, max_body, Remote(service, control_token))
        self._plain: Mapping[str, Endpoint] = MappingProxyType(
            {path: endpoint for path, endpoint in self._endpoints if "{" not in path}
        )
        self._results, self._control = (dict(self._endpoints)[path] for path in (RESULTS, CONTROL))
        self._fallback = Endpoint(service.unknown, service, max_body)
        if any("{" in route.path for route in service.routes.routes):
            _ = self.router

    @property
    def replay_token(self) -> str:
        """A word that stands for everything which decides this run's schedule.

        Raises:
            Unwritable: A scenario, built in Python, cannot be written down.
        """
        # Nobody needs it where a double is used from Python.
        from .replay_tokens import Run, token_of  # noqa: PLC0415

        service = self.service
        one = service.worlds.settings
        own = service.repertoire.own
        run = Run(one.seed, one.scenario, own, one.speed, one.url_ttl, one.max_jobs)
        return token_of(run, service.contract)

    def keep(self, keeper: Keeping) -> None:
        """Have the state written by ``keeper`` from now on, before each reply is sent."""
        self._keeper = keeper
        for _, endpoint in (*self._endpoints, ("", self._fallback)):
            endpoint.keep(keeper)

    def close(self) -> None:
        """Write the rest of the state and let go of its file; nothing is to be served afterwards.

        Raises:
            StateError: It cannot be written.
        """
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.close()

    @cached_property
    def router(self) -> ASGIApp:
        """What serves every path that has parameters, preflights, and what nothing else takes."""
        # See above.
        from .routing import router_for  # noqa: PLC0415

        return router_for(self._endpoints, self._fallback)

    def report(self, namespace: str | None = None, *, over: bool = True) -> Report:
        """Return what was noticed about clients.

        Args:
            namespace: Of one namespace; of all of them if None.
            over: Whether the run is over, so that nobody will come back; while it lasts, less can be said.
        """
        # Importing the rules would make every start longer; few ask.
        from .noticing import Noticing, together  # noqa: PLC0415

        service = self.service
        noticing = Noticing(service.routes, service.contract.conventions.price)
        if namespace is None:
            return together(noticing.report(world, over=over) for world in service.worlds)
        return noticing.report(service.worlds.named(namespace), over=over)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        endpoint = self._endpoint(scope)
        if endpoint is None:
            await self.router(scope, receive, send)
        else:
            await endpoint.serve(scope, receive, send)

    def promptly(self, scope: Scope, body: bytes, send: Send) -> ASGIApp | None:
        """Answer a request that is here whole and return None, or return what is to serve it over ASGI."""
        endpoint = self._endpoint(scope)
        return self if endpoint is None else endpoint.promptly(scope, body, send)

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        """Return what serves a request that the router need not see."""
        if scope["type"] != "http" or scope.get("root_path") or scope["method"] == "OPTIONS":
            return None
        path = scope["path"]
        endpoint = self._plain.get(path)
        if endpoint is None and path.startswith(OURS):
            return self._results if path.startswith(MEDIA) else self._control
        return endpoint


def _endpoints(service: Service, max_body: int, remote: Remote) -> list[tuple[str, Endpoint]]:
    """Everything that is served, by Starlette's template of its path; no operation takes what is ours."""
    served = [
        (_template(route.path), _job_endpoint(service, route, max_body)) for route in service.routes.routes
    ]
    results = Results(service.worlds, service.clips, system_clock)
    document = Document(service.contract)
    ours = [
        (RESULTS, Endpoint(results.answer, service, max_body)),
        (f"{PREFIX}/openapi.json", Endpoint(document.answer, service, max_body)),
        (CONTROL, Endpoint(remote.answer, service, max_body, refuse=remote.refuse)),
    ]
    greedy = [each for each in served if each[0].startswith("/{")]
    return [*(each for each in served if each not in greedy), *ours, *greedy]


def _job_endpoint(service: Service, route: JobRoute, max_body: int) -> Endpoint:
    answer = partial(service.answer, route)
    parameter = route.polling.parameter if route.polling else None
    path_id = parameter.name if parameter and parameter.location == "path" else None
    names = re.findall(_PARAMETER, route.path) if path_id else []
    number = names.index(path_id) if path_id in names else None
    return Endpoint(answer, service, max_body, f"p{number}" if number is not None else None)


def _template(path: str) -> str:
    """Starlette's template for OpenAPI's: names become identifiers; the last takes slashes, since ids contain them."""
    if "{" not in path:
        return "/" + path.removeprefix("/")
    last = len(re.findall(_PARAMETER, path)) - 1
    numbers = count()

    def named(parameter: re.Match[str]) -> str:
        number = next(numbers)
        takes_slashes = number == last and parameter.end() == len(path)
        return f"{{p{number}:path}}" if takes_slashes else f"{{p{number}}}"

    return "/" + re.sub(_PARAMETER, named, path).removeprefix("/")
