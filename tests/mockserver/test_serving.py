import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from bodydouble.mockserver.serving import GRACE, PortTakenError, address_of, listen, server_for

PROGRAM = """
import asyncio, sys
from bodydouble.mockserver.serving import address_of, listen, run

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    if scope["path"] == "/forever":
        await asyncio.sleep(1000)
    await send({"type": "http.response.body", "body": b"b"})

listener = listen("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
run(app, listener)
print("after")
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield started
    started.kill()
    started.communicate()


def connected(process: subprocess.Popen[str], path: str = "/") -> socket.socket:
    """A connection on which a request has been sent and the reply has begun; so the server is up."""
    assert process.stdout
    client = socket.create_connection(("127.0.0.1", int(process.stdout.readline())), timeout=60)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert client.recv(100).startswith(b"HTTP/1.1 200")
    return client


# The port


def test_port_0_takes_a_free_one_and_the_address_names_it() -> None:
    with listen("127.0.0.1", 0) as one, listen("127.0.0.1", 0) as other:
        assert address_of(one) != address_of(other)
        assert address_of(one) == f"http://127.0.0.1:{one.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_the_address_of_an_ipv6_socket_has_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except PortTakenError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert address_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_a_taken_port_is_one_line_that_says_what_to_try() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            listen("127.0.0.1", port)
    reason = os.strerror(errno.EADDRINUSE).lower()
    assert (
        str(caught.value) == f"cannot listen on 127.0.0.1 port {port}: {reason}; try --port 0 for a free one"
    )


def test_a_port_is_free_again_at_once_after_the_server_ends() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()
    listen("127.0.0.1", port).close()


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "256.1.1.1", "no-such-host.invalid", "a" * 64, "a..b", "\0", "é" * 300, "[::1]", "a b"],
)
def test_a_host_that_is_not_here_is_one_line(host: str) -> None:
    with pytest.raises(PortTakenError) as caught:
        listen(host, 0)
    assert "cannot listen on" in str(caught.value)
    assert "; try --" in str(caught.value)
    assert "\n" not in str(caught.value)


# The server


def test_the_server_is_quiet_and_keeps_to_http() -> None:
    config = server_for(_nothing).config
    assert not config.access_log
    assert not config.server_header
    assert not config.proxy_headers
    assert (config.lifespan, config.ws) == ("off", "none")


async def _nothing(scope: object, receive: object, send: object) -> None:
    """An application that is never called."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_and_the_program_goes_on(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    with connected(process):
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "after\n", "")


def test_a_reply_that_never_ends_does_not_keep_the_server(process: subprocess.Popen[str]) -> None:
    with connected(process, "/forever"):
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=GRACE + 60)
    assert (process.returncode, output) == (0, "after\n")
    assert "Traceback" not in errors


def test_an_impatient_user_may_press_ctrl_c_again(process: subprocess.Popen[str]) -> None:
    with connected(process, "/forever"):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "after\n")
    assert "Traceback" not in errors
