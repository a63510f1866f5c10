"""Stages: the servers that tests run against, behind one face: the double of this run, and whatever is elsewhere."""

from collections.abc import Callable
from typing import Protocol

import httpx2

from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.control.client import Control, ControlError
from bodydouble.mockserver.notes import Unwritable
from bodydouble.mockserver.replay_tokens import TokenError

from .allowances import Allowance, Budget
from .hosting import Host
from .settings import DoubleSettings
from .targets import Kind, Target, is_loopback
from .transports import ORIGIN, InProcess, OverHttp, ThroughHost

PROBING = 5.0
"""Seconds within which a double that runs already says that it is one."""


class Stage(Protocol):
    """A server that tests run against.

    Attributes:
        target: Which one it is.
        origin: Where :meth:`transport` finds it.
        seed: Makes what it does repeat, where it is a double.
        replay: The option of pytest that has it do the same again; it ends in the replay token.
        control: What sets the scene; None where nobody can.
        is_free: Whether jobs cost nothing.
        budget: How many jobs may be submitted.
        key: What requests carry; ``""`` where a double's namespaces have keys of their own, or there is none.
    """

    target: Target
    origin: str
    seed: int
    replay: str
    control: Control | None
    is_free: bool
    budget: Budget
    key: str

    @property
    def base_url(self) -> str:
        """Where any client finds it."""
        ...

    def transport(self, allowance: Allowance | None = None) -> InProcess | OverHttp:
        """Return what carries requests of ``httpx2`` clients there."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class OwnDouble:
    """The double of this run, in a thread of this process.

    Args:
        settings: What it is started with.
        target: Whether its clients reach it over a socket.

    Raises:
        TokenError: The settings name a replay token that cannot be used.
    """

    is_free = True
    key = ""

    def __init__(self, settings: DoubleSettings, target: Target) -> None:
        self.target = target
        self.budget = Budget()
        app = _app(settings)
        self.seed = app.service.worlds.settings.seed
        self.replay = _replay(app)
        self.host = Host(app)
        over_http = target.kind is Kind.OVER_HTTP
        self.origin = self.host.serve() if over_http else ORIGIN
        self.control: Control | None = (
            Control(self.origin) if over_http else Control(transport=ThroughHost(self.host))
        )

    @property
    def base_url(self) -> str:
        """Where any client finds it; a socket is opened for the first who asks."""
        return self.host.serve()

    def transport(self, allowance: Allowance | None = None) -> InProcess | OverHttp:
        """Return what carries requests of ``httpx2`` clients there."""
        return OverHttp(allowance) if self.target.kind is Kind.OVER_HTTP else InProcess(self.host)

    def close(self) -> None:
        """End it."""
        if self.control is not None:
            self.control.close()
        self.host.close()


def _app(settings: DoubleSettings) -> Double:
    if settings.replay_token is not None:
        return create_app(settings.contract, replay_token=settings.replay_token)
    return create_app(
        settings.contract,
        scenario=settings.scenario,
        scenarios=settings.scenarios,
        speed=settings.speed,
        seed=settings.seed,
        max_jobs=settings.max_jobs,
        url_ttl=settings.url_ttl,
    )


def _replay(app: Double) -> str:
    """Scenarios that were built in Python may be such that no token can hold them; the seed is left then."""
    try:
        return f"--double-replay={app.replay_token}"
    except Unwritable:
        return f"--double-seed={app.service.worlds.settings.seed}"


class Elsewhere:
    """A server that runs already: a double that listens on this machine, or one that costs money.

    Args:
        target: Where it is.
        key: What requests carry; ``""`` for none.
        budget: How many jobs may be submitted where they cost money.
        seed: Makes the worlds of a double repeat.
    """

    def __init__(self, target: Target, key: str, budget: Budget, seed: int = 0) -> None:
        self.target, self.key, self.seed = target, key, seed
        self.replay = f"--double-seed={seed}"
        self.origin = self.base_url = target.url
        self.is_free = is_loopback(target.url)
        self.budget = Budget() if self.is_free else budget
        # Only a double of this machine lets itself be controlled without a token; no other server is asked.
        self.control = _control_of(target.url) if self.is_free else None

    def transport(self, allowance: Allowance | None = None) -> InProcess | OverHttp:
        """Return what carries requests of ``httpx2`` clients there."""
        return OverHttp(allowance, is_local=self.is_free)

    def close(self) -> None:
        """Let go of connections."""
        if self.control is not None:
            self.control.close()


class Stages:
    """The servers of a run: one for each target and settings, started for the first test that asks."""

    def __init__(self) -> None:
        self._running: list[tuple[Target, DoubleSettings, Stage]] = []

    def of(self, target: Target, settings: DoubleSettings, start: Callable[[], Stage]) -> Stage:
        """Return the server for ``target`` and ``settings``; ``start`` starts it where there is none yet."""
        for known, had, stage in self._running:
            if known == target and (had is settings or had == settings):
                return stage
        stage = start()
        self._running.append((target, settings, stage))
        return stage

    def close(self) -> None:
        """End all of them."""
        while self._running:
            self._running.pop()[2].close()


def _control_of(url: str) -> Control | None:
    control = Control(url, timeout=PROBING)
    try:
        control.namespaces()
    except ControlError:
        control.close()
        return None
    return control


def client_of(stage: Stage, transport: InProcess | OverHttp, key: str) -> httpx2.Client:
    """Return an HTTP client that knows where ``stage`` is, and carries ``key``."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx2.Client(base_url=stage.origin, transport=transport, headers=headers, timeout=30)


__all__ = ["Elsewhere", "OwnDouble", "Stage", "Stages", "TokenError", "client_of"]
