import asyncio
import signal
import subprocess
import sys
import threading
import time

from bodydouble.mockserver.proxy import proxy_server
from bodydouble.mockserver.proxy.forwarding import parse_upstream
from bodydouble.mockserver.proxy.proxy_server import serve
from bodydouble.mockserver.proxy.proxying import Proxy
from bodydouble.mockserver.serving import listen
from tests.mockserver.upstreams import Link, get, raw, upstream

PROGRAM = """
import sys
from bodydouble.mockserver.proxy.forwarding import parse_upstream
from bodydouble.mockserver.proxy.proxy_server import run
from bodydouble.mockserver.proxy.proxying import Proxy
from bodydouble.mockserver.serving import listen
listener = listen("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
run(Proxy(parse_upstream("http://127.0.0.1:1"), lambda _: None), listener)
print("done", flush=True)
"""

STOPPING = threading.Event()
"""Whether the proxy has been told to stop."""


def test_an_open_call_is_finished_when_the_proxy_stops() -> None:
    def slow(link: Link) -> None:
        link.head()
        assert STOPPING.wait(60)
        time.sleep(0.1)
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert _stopped_during(slow).endswith(b"ok")


def test_a_call_that_does_not_end_is_broken_off() -> None:
    def hanging(link: Link) -> None:
        link.head()
        link.rest()

    started = time.monotonic()
    assert b"200" not in _stopped_during(hanging)
    assert time.monotonic() - started >= proxy_server.GRACE


def _stopped_during(script: object) -> bytes:
    """Ask, stop the proxy at once, and return what was answered."""
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]

    async def main(url: str) -> bytes:
        stop = asyncio.Event()
        running = asyncio.create_task(serve(Proxy(parse_upstream(url), lambda _: None), listener, stop))
        asked = asyncio.create_task(asyncio.to_thread(raw, port, get()))
        while not served.heads:  # noqa: ASYNC110 - upstream is a thread
            await asyncio.sleep(0.01)
        stop.set()
        STOPPING.set()
        await running
        return await asked

    STOPPING.clear()
    with upstream(script) as served:  # type: ignore[arg-type]  # both scripts above are
        return asyncio.run(main(served.url))


def test_both_signals_stop_it_in_order() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout
            assert b" 502 " in raw(int(run.stdout.readline()), get()), "it is up"
            run.send_signal(number)
            told, errors = run.communicate(timeout=60)
            assert (told, errors, run.returncode) == ("done\n", "", 0)
