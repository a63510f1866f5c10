"""Runs the proxy on a socket until it is told to stop."""

import asyncio
import signal
import socket

from .fronting import Connection
from .proxying import Proxy

GRACE = 2.0
"""Seconds that open calls get when the proxy stops."""


async def serve(proxy: Proxy, listener: socket.socket, stop: asyncio.Event) -> None:
    """Take connections on ``listener`` until ``stop`` is set, then let open calls finish for two seconds."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await Connection(reader, writer, proxy.handle).serve()

    server = await asyncio.start_server(connected, sock=listener)
    await stop.wait()
    server.close()
    if tasks:
        await asyncio.wait(tasks, timeout=GRACE)
    for task in tuple(tasks):
        task.cancel()
    await asyncio.gather(*tuple(tasks), return_exceptions=True)
    await proxy.close()


def run(proxy: Proxy, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    asyncio.run(_until_signalled(proxy, listener))


async def _until_signalled(proxy: Proxy, listener: socket.socket) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        await serve(proxy, listener, stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
