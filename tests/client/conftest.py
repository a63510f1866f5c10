"""What the client's tests share: servers, both clients behind one face, leaks looked for after each test."""

import asyncio
import contextlib
import inspect
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bodydouble.client import AsyncClient, Client, Pace

from .faults import FaultServer, Script

KEY = "sk-do-not-show-me-0123456789"
FAST = Pace(first_poll=0.02, interval=0.02, longest=0.05, poll_timeout=60.0, settle=600.0, stall=60.0)
"""Quick where nothing is waited for, patient where a machine is slow."""


@pytest.fixture
def serve() -> Iterator[Callable[[Script], FaultServer]]:
    with contextlib.ExitStack() as stack:

        def start(script: Script) -> FaultServer:
            server = FaultServer(script)
            stack.callback(server.close)
            return server

        yield start


class Either:
    """One of the two clients, called the same way: coroutines are run, async iterators are listed."""

    def __init__(self, kind: str, **settings: Any) -> None:
        self.kind = kind
        self._runner = asyncio.Runner() if kind == "async" else None
        self.client: Any = (AsyncClient if kind == "async" else Client)(
            **{"api_key": KEY, "pace": FAST} | settings
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)

        def call(*args: Any, **keywords: Any) -> Any:
            found = method(*args, **keywords)
            if inspect.isasyncgen(found):
                return self._runner.run(_listed(found)) if self._runner else None
            if inspect.isgenerator(found):
                return list(found)
            return self._runner.run(found) if self._runner and inspect.iscoroutine(found) else found

        return call

    def end(self) -> None:
        self.close()
        if self._runner is not None:
            self._runner.close()


async def _listed(items: Any) -> list[Any]:
    return [item async for item in items]


@pytest.fixture(params=["sync", "async"])
def client_of(request: pytest.FixtureRequest) -> Iterator[Callable[..., Either]]:
    """Return a maker of clients for a server: blocking in one run, asynchronous in the other."""
    with contextlib.ExitStack() as stack:

        def make(server: FaultServer | str, **settings: Any) -> Either:
            base_url = server if isinstance(server, str) else server.url
            either = Either(request.param, **{"base_url": base_url} | settings)
            stack.callback(either.end)
            return either

        yield make


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Fail a test after which a thread or an open socket is left."""
    before = set(threading.enumerate())
    sockets = _sockets()
    yield
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (set(threading.enumerate()) - before or _sockets() > sockets):
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before
    assert _sockets() <= sockets


def _sockets() -> int:
    """Return how many sockets this process has open; 0 where the system cannot tell."""
    try:
        names = os.listdir("/proc/self/fd")  # noqa: PTH208 - only names are wanted
    except OSError:
        return 0
    count = 0
    for name in names:
        with contextlib.suppress(OSError):
            count += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")  # noqa: PTH115 - same
    return count
