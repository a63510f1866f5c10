"""Serving over a socket: binds, announces, runs uvicorn until it is told to stop."""

import gc
import logging
import signal
import socket
from asyncio import CancelledError
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bodydouble.mockserver.http.wire import WireProtocol

GRACE = 2
"""Seconds that open connections get when the server stops."""


COLLECTOR = (50_000, 50, 50)
"""Thresholds of the cyclic collector: requests leave no cycles behind, so it finds nothing however often it looks."""


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
            http=WireProtocol,
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


def run(app: ASGIApp, listener: socket.socket, announce: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGINT or SIGTERM, then let open connections finish and return.

    ``announce`` is called when a signal would end the server cleanly, just before it starts.
    """
    server = server_for(app)

    def stop(_number: int, _frame: FrameType | None) -> None:
        # While it serves, uvicorn handles signals itself; it raises the one that stopped it once more at its end.
        server.should_exit = True

    thresholds = gc.get_threshold()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        announce()
        # What exists by now stays; the collector need not look at it again whenever jobs have piled up, nor now.
        gc.freeze()
        gc.set_threshold(*COLLECTOR)
        server.run(sockets=[listener])
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        for number, handler in before.items():
            signal.signal(number, handler)
