"""A server in this process: an ASGI application, called without a socket. A named shell: it runs an event loop."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from bodydouble.contracts.checks.exchanges import Ending, Exchange, Fields

from .asking import Asked
from .targets import MAX_REPLY, Numbers, Stamps, exchange_of

Event = MutableMapping[str, Any]
"""A scope or a message of ASGI 3.0."""
Application = Callable[
    [Event, Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]], Awaitable[None]
]
"""ASGI 3.0."""

ORIGIN = "http://double.test"
PATIENCE = 30.0
"""Real seconds that one request may take."""
ANY_KEY = "verify"


class AppTarget:
    """An ASGI application.

    Args:
        app: The application.
        clock: Seconds; the application's own clock where it has one.
        key: What requests carry.
        name: What reports call it.
    """

    def __init__(
        self, app: Application, clock: Callable[[], float], key: str = "", name: str = ORIGIN
    ) -> None:
        self.origin = name
        self._app = app
        self._key = key or ANY_KEY
        self._stamps, self._numbers = Stamps(clock), Numbers()
        self._loop = asyncio.new_event_loop()
        self._lifespan = _Lifespan(app)
        self._loop.run_until_complete(self._lifespan.begin())

    def ask(self, asked: Asked) -> Exchange:
        """Send a request."""
        return self._loop.run_until_complete(self._exchange(asked, self._stamps()))

    def ask_together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        """Send requests at once."""
        return self._loop.run_until_complete(self._together(asked))

    def reaches(self, url: str) -> bool:
        """Whether a URL leads to this application: nothing leaves the process."""
        return _origin_of(url) == ORIGIN

    def close(self) -> None:
        """End the application."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._lifespan.end())
            self._loop.close()

    async def _together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        starts = [self._stamps() for _ in asked]
        pairs = zip(asked, starts, strict=True)
        return tuple(await asyncio.gather(*(self._exchange(each, started) for each, started in pairs)))

    async def _exchange(self, asked: Asked, started: float) -> Exchange:
        call = _Call(asked.body)
        ending, trouble = Ending.COMPLETE, ""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._app(self._scope(asked), call.receive, call.send)
        except TimeoutError:
            ending, trouble = Ending.CUT, f"no end within {PATIENCE:g} s"
        except Exception as error:  # noqa: BLE001 - a server answers 500 to whatever its application raises
            trouble = f"the application raised {type(error).__name__}"
            call.status = call.status or 500
            ending = ending if call.whole or not call.pieces else Ending.CUT
        if not call.status:
            ending = Ending.LOST
        times = (started, self._stamps(), self._stamps())
        content = b"".join(call.pieces)
        return exchange_of(
            asked,
            times,
            self._numbers(),
            status=call.status,
            fields=call.fields,
            content=content,
            ending=_ending(call, ending, len(content), asked.method),
            trouble=trouble,
        )

    def _scope(self, asked: Asked) -> Event:
        url = asked.url if asked.is_foreign else f"{ORIGIN}{asked.url}"
        parts = urlsplit(url)
        host = parts.netloc
        fields = [("host", host), *asked.fields]
        if asked.keyed:
            fields.append(("authorization", f"Bearer {self._key}"))
        if asked.body:
            fields.append(("content-length", str(len(asked.body))))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": unquote(parts.path) or "/",
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields],
            "client": ("127.0.0.1", 1),
            "server": (host, 80),
            "state": {},
        }


class _Call:
    """One request on its way through the application."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.fields: Fields = ()
        self.pieces: list[bytes] = []
        self.whole = False
        self._size = 0
        self._gone: asyncio.Event | None = None

    async def receive(self) -> Event:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if not self.whole:
            self._gone = asyncio.Event()
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.fields = tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in event["headers"]
            )
        elif event["type"] == "http.response.body":
            self._take(event.get("body", b""))
            self.whole = not event.get("more_body", False)
            if self.whole and self._gone:
                self._gone.set()

    def _take(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= MAX_REPLY:
            self.pieces.append(bytes(piece))


def _ending(call: _Call, so_far: Ending, size: int, method: str) -> Ending:
    """What a server would cut off, because the application announced more than it sent, is cut off here, too."""
    announced = next((value for name, value in call.fields if name == "content-length"), "")
    short = announced.isdecimal() and size < int(announced) and method != "HEAD"
    return Ending.CUT if so_far is Ending.COMPLETE and short else so_far


class _Lifespan:
    """Startup and shutdown, for applications that have them; many do not."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._to_app: asyncio.Queue[Event] = asyncio.Queue()
        self._from_app: asyncio.Queue[Event] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self._task = asyncio.create_task(self._run())
        await self._step("lifespan.startup")

    async def end(self) -> None:
        await self._step("lifespan.shutdown")
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _step(self, kind: str) -> None:
        if self._task is None or self._task.done():
            return
        await self._to_app.put({"type": kind})
        told = asyncio.create_task(self._from_app.get())
        await asyncio.wait({told, self._task}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        with suppress(asyncio.CancelledError):
            await told

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        # An application without a lifespan raises at once (ASGI, Lifespan Protocol); that is no error.
        with suppress(Exception):
            await self._app(scope, self._to_app.get, self._from_app.put)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
