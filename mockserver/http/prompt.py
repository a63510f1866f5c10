"""Requests that arrive whole are answered without a task. A named shell.

Uvicorn starts a task for every request as soon as its head has been read, and the task waits for the body. Most
requests come in one piece and are answered without waiting for anything: task, event and four coroutines are a tenth of
a create. They are answered in the loop's next turn, all that have arrived by then one after the other: a kernel that
reads in the middle of our work costs as much as is won. A request that comes in pieces, or whose answer takes time,
goes the usual way.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .upgrades import DecliningProtocol

Promptly: TypeAlias = Callable[[Scope, bytes, Send], ASGIApp | None]
"""Answers a request that is here whole and returns None, or returns what is to serve it in the usual way."""


class PromptProtocol(DecliningProtocol):
    """Uvicorn's protocol, for applications that have a method ``promptly``; others are served as ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Look whether the application can answer at once, and whether anybody wants to read of it."""
        super().connection_made(transport)
        # What no level lets through needs no look at each reply; test runners add handlers of their own to any log.
        self.access_log = self.access_log and self.access_logger.isEnabledFor(logging.INFO)
        self._promptly: Promptly | None = getattr(self.app, "promptly", None)
        self._held: Promptly | None = None
        self._is_parsing = False

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived; a request of which only a part did waits for the rest in a task."""
        self._is_parsing = True
        super().data_received(data)
        self._is_parsing = False
        if self._held is not None:
            self._held = None
            super()._start_asgi_task(self.cycle, self.app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # One that had to wait for the request before it comes from elsewhere, and may not be the last one. One that
        # offers an upgrade is read on by another parser.
        is_new = self._is_parsing and not self.parser.should_upgrade()
        self._held = self._promptly if is_new and app is self.app else None
        if self._held is None:
            super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """Have the request answered soon, unless that has begun."""
        super().on_message_complete()
        if self._held is not None:
            self.loop.call_soon(self._answer, self._held, self.cycle)
            self._held = None

    def _answer(self, promptly: Promptly, cycle: RequestResponseCycle) -> None:
        rest = _rest(promptly, cycle)
        if rest is not None:
            super()._start_asgi_task(cycle, rest)


def _rest(promptly: Promptly, cycle: RequestResponseCycle) -> Any:
    """Have a request answered, and return what is left to be served; what goes wrong does so where uvicorn sees it."""
    try:
        return promptly(cycle.scope, bytes(cycle.body), cycle.send)  # type: ignore[arg-type]  # narrower than ASGI's
    except Exception as problem:  # noqa: BLE001 - whatever it is
        return partial(_failed, problem)


async def _failed(problem: Exception, _scope: Scope, _receive: Receive, _send: Send) -> None:
    raise problem
