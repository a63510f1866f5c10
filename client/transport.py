"""Transports that keep one deadline for a whole request.

The HTTP library's timeouts are for one read or write at a time, so a server that sends a byte now and then
holds a request for ever. The blocking transport here gives every operation on the socket only what is left
of the request's time. (The asynchronous driver cancels instead.) Neither reads proxies, passwords or other
settings from the environment, follows redirects, keeps cookies or repeats a request. Looking a host's name up
is the system's: it cannot be interrupted, and ends by the system's own limits.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

import httpcore2
import httpx2

CONNECT_TIMEOUT = 10.0
"""Longest time for making a connection, in seconds."""

_FOR_EVER = 1e8
"""Seconds that stand for no limit: sockets and locks do not take infinity."""

_CONNECTIONS, _KEPT = 100, 20
"""Most connections at a time, and most idle ones, as the asynchronous transport has them."""

_MAPPED: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (httpcore2.ConnectTimeout, httpx2.ConnectTimeout),
    (httpcore2.ReadTimeout, httpx2.ReadTimeout),
    (httpcore2.WriteTimeout, httpx2.WriteTimeout),
    (httpcore2.PoolTimeout, httpx2.PoolTimeout),
    (httpcore2.ConnectError, httpx2.ConnectError),
    (httpcore2.ReadError, httpx2.ReadError),
    (httpcore2.WriteError, httpx2.WriteError),
    (httpcore2.LocalProtocolError, httpx2.LocalProtocolError),
    (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.UnsupportedProtocol, httpx2.UnsupportedProtocol),
)


class Deadline(float):
    """A number of seconds that runs out.

    To the HTTP library it is the plain timeout that it passes on untouched; the streams below ask what is
    left of it.
    """

    __slots__ = ("_end",)

    def __new__(cls, seconds: float) -> Self:
        """Start running now."""
        bounded = min(seconds, _FOR_EVER)
        self = super().__new__(cls, bounded)
        self._end = time.monotonic() + bounded
        return self

    def renew(self, seconds: float) -> None:
        """Start running anew."""
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, never negative."""
        return max(self._end - time.monotonic(), 0.0)


def _left(timeout: float | None) -> float | None:
    return timeout.left() if isinstance(timeout, Deadline) else timeout


class _DeadlineStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout)
        if left == 0:  # to a socket, 0 would mean: do not block
            raise httpcore2.ReadTimeout("the time for this request is over")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # The stream beneath gives each piece the whole timeout; pieces of its own buffer size give it less.
        for start in range(0, len(buffer), _PIECE):
            left = _left(timeout)
            if left == 0:
                raise httpcore2.WriteTimeout("the time for this request is over")
            self._stream.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout)
        if left == 0:
            self.close()
            raise httpcore2.ConnectTimeout("the time for connecting is over")
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_PIECE = 16 * 1024


class _DeadlineBackend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectTimeout("the time for connecting is over")
        for address in _addresses(host, port):
            left = _left(timeout)
            if left == 0:
                break
            try:
                stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream)
        raise failure


def _addresses(host: str, port: int) -> Iterator[str]:
    """Yield every address of ``host``, so that each attempt can be given only the time that is left."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"cannot resolve the host name: {error}") from None
    for _, _, _, _, address in found:
        yield str(address[0])


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for theirs, ours in _MAPPED:
            if isinstance(error, theirs):
                raise ours(str(error)) from None
        raise


class _BodyStream(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _mapped():
            yield from self._stream

    def close(self) -> None:
        with _mapped():
            self._stream.close()


class DeadlineTransport(httpx2.BaseTransport):
    """The blocking transport: every socket operation has what is left of the request's :class:`Deadline`."""

    def __init__(self) -> None:
        self._pool = httpcore2.ConnectionPool(
            network_backend=_DeadlineBackend(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=5.0,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send ``request``; the body of the response is read later, within the same deadline.

        Raises:
            httpx2.TransportError: Whatever went wrong, without the library's own exception behind it.
        """
        url = request.url
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _mapped():
            response = self._pool.handle_request(sent)
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_BodyStream(response.stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
