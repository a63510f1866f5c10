"""Hosting: the application in an event loop of a thread of its own, with a socket as soon as somebody wants one.

Everything that reaches the application, control included, runs in that one loop: nothing has to be locked. A named
shell.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp

from bodydouble.mockserver.serving import address_of, listen, server_for

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds within which the loop starts and ends."""


class Host:
    """Runs an application.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.origin: str | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bodydouble", daemon=True)
        self._thread.start()
        self._server: uvicorn.Server | None = None
        self._serving: Future[None] | None = None

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Have the loop do ``work``."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the loop do ``work``, and return what came of it."""
        return self.start(work).result(PATIENCE)

    def serve(self) -> str:
        """Serve over a socket of this machine, too, and return where."""
        if self.origin is None:
            listener = listen("127.0.0.1", 0)
            self._server = server_for(self.app)
            self._serving = self.start(self._server.serve(sockets=[listener]))
            self.do(_started(self._server, self._serving))
            self.origin = address_of(listener)
        return self.origin

    def close(self) -> None:
        """Let go of the socket, and end the loop."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            with suppress(Exception):
                self._serving.result(PATIENCE)
        self.do(_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


async def _started(server: uvicorn.Server, serving: "Future[None]") -> None:
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by a flag, and nothing else
        await asyncio.sleep(0.002)
    if serving.done():
        serving.result()
        raise RuntimeError("the double's server ended before it began")


async def _ended() -> None:
    """Replies that nobody waits for any more end with the loop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
