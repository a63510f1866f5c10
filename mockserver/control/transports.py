"""How control requests travel: over HTTP, or straight into an application of this process. A named shell."""

from collections.abc import Coroutine, Mapping
from typing import Protocol
from urllib.parse import quote, unquote, urlencode, urlsplit

import httpx2
import msgspec
from starlette.types import ASGIApp, Message, Scope

from bodydouble.contracts.pointers import JSON

PATIENCE = 30.0
"""Seconds within which an answer must come."""
_TOKEN = "x-double-token"  # noqa: S105 - the header's name
_SAFE = "-._~"


class ControlError(Exception):
    """A control request got no success; the text is what the server said.

    Attributes:
        status: The status code; 0 where no answer came.
        detail: What went wrong.
        violations: Everything that is wrong with the request: pointer, message, expected, got.
    """

    def __init__(self, detail: str, status: int = 0, violations: tuple[Mapping[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.violations = status, detail, violations


class Answer(msgspec.Struct, frozen=True):
    """What was answered.

    Attributes:
        status: The status code.
        body: The whole body.
    """

    status: int
    body: bytes


class Transport(Protocol):
    """Sends control requests."""

    def send(self, method: str, target: str, body: bytes | None) -> Answer:
        """Return the answer to one request.

        Args:
            method: Upper case.
            target: Path and query, encoded.
            body: JSON, or None.

        Raises:
            ControlError: No answer came.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class OverHttp:
    """Sends control requests to a server; reads no proxies or passwords from the environment."""

    def __init__(self, url: str, token: str | None, timeout: float = PATIENCE) -> None:
        """Set up.

        Args:
            url: Where the server is, such as ``http://127.0.0.1:8000``.
            token: What it asks for, if it does.
            timeout: Seconds within which an answer must come.

        Raises:
            ValueError: ``url`` is no ``http://`` or ``https://`` URL of a server, or ``token`` cannot be sent.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"expected the URL of a server, such as http://127.0.0.1:8000; got {url!r}")
        self._url = url.rstrip("/")
        self._http = httpx2.Client(headers=_headers(token), timeout=timeout, trust_env=False)

    def send(self, method: str, target: str, body: bytes | None) -> Answer:
        """Return the answer to one request.

        Raises:
            ControlError: No answer came.
        """
        headers = {"content-type": "application/json"} if body is not None else {}
        try:
            reply = self._http.request(method, f"{self._url}{target}", content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
            why = str(problem) or type(problem).__name__
            raise ControlError(f"no answer from {self._url}: {why}; does a double serve there?") from None
        return Answer(reply.status_code, reply.content)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()


class InProcess:
    """Sends control requests to an ASGI application of this process: no socket, no thread, no event loop.

    An answer to a control request waits for nothing, so that running the application's coroutine once gives it; also
    inside an event loop that is running.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        """Set up.

        Args:
            app: The application.
            token: What it asks for, if it does.

        Raises:
            ValueError: ``token`` cannot be sent.
        """
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in _headers(token).items()]

    def send(self, method: str, target: str, body: bytes | None) -> Answer:
        """Return the answer to one request."""
        sent: list[Message] = []
        waiting: list[Message] = [{"type": "http.request", "body": body or b"", "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        _run(self._app(self._scope(method, target, body), receive, send))
        return Answer(sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]))

    def _scope(self, method: str, target: str, body: bytes | None) -> Scope:
        path, _, query = target.partition("?")
        headers = [*self._headers, (b"host", b"localhost")]
        if body is not None:
            headers += [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": None,
        }

    def close(self) -> None:
        """There is nothing to let go of."""


def _run(coroutine: object) -> None:
    """Run a coroutine that waits for nothing to its end."""
    if not isinstance(coroutine, Coroutine):
        raise ControlError(f"expected an ASGI application; calling it gave {type(coroutine).__name__}")
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise ControlError("the application waits for something before it answers; control it over a socket")


def _headers(token: str | None) -> dict[str, str]:
    if token is None:
        return {}
    if not token.isascii() or not token.isprintable() or token.split() != [token]:
        raise ValueError("a control token is one word of ASCII characters")
    return {_TOKEN: token}


def target_of(path: tuple[str, ...], query: Mapping[str, JSON]) -> str:
    """Return path and query of a control request, encoded; members without a value are left out."""
    pairs = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in query.items()
        if value is not None
    }
    place = "/".join(_quoted(part) for part in ("_double", *path))
    return f"/{place}?{urlencode(pairs)}" if pairs else f"/{place}"


def _quoted(part: str) -> str:
    """Clients take a step of one or two dots for a way up, unless it is encoded (RFC 3986 section 5.2.4)."""
    return quote(part, safe=_SAFE) if part.strip(".") else part.replace(".", "%2E")
