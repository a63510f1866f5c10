"""Serving over a socket: binds, announces, runs uvicorn until it is told to stop."""

import logging
import signal
import socket
from asyncio import CancelledError
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from .upgrades import DecliningProtocol

GRACE = 2
"""Seconds that open connections get when the server stops."""


class PortTakenError(OSError):
    """The address cannot be listened on; the message says why and what to try."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        PortTakenError: The port is taken, not permitted, or the host is not this machine's.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, proto)
    except (OSError, ValueError) as problem:  # the latter for a name that cannot even be asked for
        reason = problem.strerror if isinstance(problem, OSError) else "this is no host"
        raise PortTakenError(f"cannot listen on {host!r}: {reason}; try --host 127.0.0.1") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        reason = (problem.strerror or str(problem)).lower()
        raise PortTakenError(
            f"cannot listen on {host} port {port}: {reason}; try --port 0 for a free one"
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the ``http://`` URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_for(app: ASGIApp) -> uvicorn.Server:
    """Return a uvicorn server for ``app``: quiet, HTTP only, without a lifespan, trusting no proxy."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=DecliningProtocol,
            lifespan="off",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
        )
    )


def _is_news(record: logging.LogRecord) -> bool:
    """A reply that is cut off because the server stops is no error; uvicorn would print its traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


def run(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, then let open connections finish and return."""
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server_for(app).run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Uvicorn raises the signal that stopped it once more when it is done; by then it has been obeyed."""
