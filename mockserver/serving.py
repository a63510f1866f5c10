"""Serving over a socket: binds, announces, runs uvicorn until it is told to stop."""

import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

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
    except OSError as problem:
        raise PortTakenError(f"cannot listen on {host}: {problem.strerror}; try --host 127.0.0.1") from None
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
    """Return a uvicorn server for ``app``: quiet, without a lifespan, trusting no proxy."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
        )
    )


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
