"""Between steps and the HTTP library: requests out, replies and failures in, the key on its way only.

Everything here is without waiting, and shared by the blocking and the asynchronous driver.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from .addresses import same_origin, without_query
from .errors import ConfigurationError
from .keys import Key
from .parsing import shown
from .steps import Failed, Headers, Reply, Request, Tick
from .transport import CONNECT_TIMEOUT, Deadline

# Whatever these say happened before the first byte of the request left.
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
    httpx2.InvalidURL,
)
_PHRASES: tuple[tuple[type[Exception], str], ...] = (
    (httpx2.ConnectTimeout, "no connection in time"),
    (httpx2.ConnectError, "no connection"),
    (httpx2.PoolTimeout, "no free connection in time"),
    (httpx2.LocalProtocolError, "the request cannot be expressed in HTTP"),
    (httpx2.UnsupportedProtocol, "neither http nor https"),
    (httpx2.InvalidURL, "the URL cannot be used"),
    (httpx2.TimeoutException, "no answer in time"),
    (httpx2.RemoteProtocolError, "the server broke off or did not speak HTTP"),
    (httpx2.DecodingError, "the body is not encoded as announced"),
    (httpx2.NetworkError, "the connection was lost"),
)
# Texts of these can repeat a request's or reply's content, so they are not quoted.
_QUOTED = (httpx2.NetworkError,)

EXPECTED: tuple[type[Exception], ...] = (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL)
"""What the HTTP library raises when something outside goes wrong."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the driver adds to a request, and removes from a reply.

    Attributes:
        key: The key.
        root: The configured origin, the only place that is told the key.
        key_header: Header field for it.
        key_scheme: Word before it.
    """

    key: Key
    root: str
    key_header: str
    key_scheme: str

    def seal(self, request: Request, deadline: Deadline, trail: "Trail", *, is_async: bool) -> httpx2.Request:
        """Return ``request`` as the HTTP library wants it.

        Raises:
            httpx2.InvalidURL: The URL cannot be used.
            ConfigurationError: The key was about to go somewhere else than to the configured origin.
        """
        headers = [*request.headers, ("Accept-Encoding", "identity"), ("User-Agent", "bodydouble")]
        if request.authorized:
            if not same_origin(request.url, self.root):
                raise ConfigurationError(f"{without_query(request.url)} is not at the configured origin")
            headers.append((self.key_header, f"{self.key_scheme} {self.key.reveal()}"))
        connect = Deadline(min(CONNECT_TIMEOUT, deadline.left()))
        timeout = {"connect": connect, "pool": deadline, "write": deadline, "read": deadline}
        trace = trail.follow_async if is_async else trail.follow
        return httpx2.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.content or None,
            extensions={"timeout": timeout, "trace": trace},
        )

    def reply(self, response: httpx2.Response, body: bytes = b"", cut: str = "") -> Reply:
        """Return a response as a reply; a key that the server echoes is masked."""
        return Reply(
            **_now(),
            status=response.status_code,
            headers=self._headers(response),
            body=self.key.masked_in(body),
            cut=self.key.masked_in(cut.encode()).decode(),
        )

    def failed(self, error: Exception | None, trail: "Trail") -> Failed:
        """Return what went wrong as a failure; None stands for a deadline that passed."""
        reason = self.reason(error)
        not_sent = (
            trail.surely_not_sent if error is None else isinstance(error, _NOT_SENT) and not trail.has_sent
        )
        return Failed(**_now(), reason=reason, sent=not not_sent)

    def reason(self, error: Exception | None) -> str:
        """Return in words what went wrong."""
        if error is None:
            return "no answer in time"
        phrase = next((text for kind, text in _PHRASES if isinstance(error, kind)), type(error).__name__)
        quoted = shown(str(error)) if isinstance(error, _QUOTED) else ""
        return self.key.masked_in((f"{phrase} ({quoted})" if quoted else phrase).encode()).decode()

    def _headers(self, response: httpx2.Response) -> Headers:
        return tuple(
            (name.decode("latin-1").lower(), self.key.masked_in(value).decode("latin-1"))
            for name, value in response.headers.raw
        )


@dataclass(slots=True)
class Trail:
    """How far a request got, as the HTTP library tells while it works.

    Attributes:
        names: What it told.
        complete: Whether whoever carries the request is known to tell all: then to say nothing is to wait for a free
            connection.
    """

    names: list[str] = field(default_factory=list)
    complete: bool = False

    def follow(self, name: str, info: dict[str, Any]) -> None:  # noqa: ARG002 - the library passes both
        """Take note of one event."""
        self.names.append(name)

    async def follow_async(self, name: str, info: dict[str, Any]) -> None:
        """Take note of one event."""
        self.follow(name, info)

    @property
    def surely_not_sent(self) -> bool:
        """Whether the library tells what it does, and has not begun to send."""
        return (self.complete or bool(self.names)) and not any("send_request" in name for name in self.names)

    @property
    def has_sent(self) -> bool:
        """Whether the library told that the head of a request has left."""
        return any(name.endswith("send_request_headers.complete") for name in self.names)


def tick() -> Tick:
    """Return what time it is."""
    return Tick(**_now())


def _now() -> dict[str, float]:
    return {"now": time.monotonic(), "wall": time.time()}
