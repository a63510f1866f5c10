"""Loopback: the double on a port of this machine, in a thread, for clients that are commands. A named shell."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.clocks import system_clock
from bodydouble.mockserver.serving import address_of, listen, server_for

from .staging import Staging

T = TypeVar("T")
STARTED_WITHIN = 30.0


class Loopback:
    """One server for all runs; each of them has a world of its own.

    Attributes:
        staging: Prepares the worlds; to be used on the server's thread only, see :meth:`on_server`.
        origin: Where the server listens.
    """

    def __init__(self, contract: Contract | None, *, speed: float, seed: int) -> None:
        self.staging = Staging(contract, system_clock, speed=speed, seed=seed)
        self._listener = listen("127.0.0.1", 0)
        self.origin = address_of(self._listener)
        self._server = server_for(self.staging.app)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(STARTED_WITHIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(STARTED_WITHIN)
        self._listener.close()

    def on_server(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, done between two requests."""
        return asyncio.run_coroutine_threadsafe(_done(work), self._loop).result()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self._started.set)
        # Without its own handling of signals: those are the caller's.
        self._loop.run_until_complete(self._server._serve([self._listener]))  # noqa: SLF001 - serve() takes signals
        self._loop.close()


async def _done(work: Callable[[], T]) -> T:
    return work()
