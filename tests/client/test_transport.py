"""The blocking transport keeps one deadline, and has no habits of its own."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from bodydouble.client import Client, NotSent, Pace
from bodydouble.client.transport import Deadline, DeadlineTransport
from tests.limits import FOR_EVER, with_time

from .conftest import KEY
from .faults import Connection, FaultServer, Script, dribble, in_turn, job, reply, silence, whole

Serve = Callable[[Script], FaultServer]


def ask(url: str, seconds: float, content: bytes | None = None) -> httpx2.Response:
    deadline = Deadline(seconds)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), deadline)
    transport = DeadlineTransport()
    try:
        response = transport.handle_request(
            httpx2.Request(
                "POST" if content else "GET", url, content=content, extensions={"timeout": timeout}
            )
        )
        response.read()
        return response
    finally:
        transport.close()


@pytest.mark.parametrize("speak", [silence, dribble(whole(b"x" * FOR_EVER), 0.02)])
def test_reading_ends_at_the_deadline(speak: Callable[..., None], serve: Serve) -> None:
    server = serve(in_turn(GET=[speak]))

    def act(limit: float) -> None:
        started = time.monotonic()
        with pytest.raises(httpx2.ReadTimeout):
            ask(server.url, limit)
        assert time.monotonic() - started > limit * 0.75

    with_time(act)


def test_writing_to_one_who_does_not_read_ends_at_the_deadline() -> None:
    def act(limit: float) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            started = time.monotonic()
            with pytest.raises((httpx2.WriteTimeout, httpx2.ReadTimeout)):
                ask(f"http://127.0.0.1:{listener.getsockname()[1]}", limit, b"x" * 50_000_000)
            assert time.monotonic() - started > limit * 0.75

    with_time(act)


def test_a_server_that_reads_drop_by_drop_does_not_extend_writing() -> None:
    def act(limit: float) -> None:
        size, drunk, stop = 50_000_000, 0, threading.Event()

        def sip() -> None:
            nonlocal drunk
            with contextlib.suppress(TimeoutError), listener.accept()[0] as sock:
                while not stop.wait(0.01) and (drop := sock.recv(5_000)):
                    drunk += len(drop)

        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(60)  # should the client not even connect
            thread = threading.Thread(target=sip)
            thread.start()
            try:
                with pytest.raises((httpx2.WriteTimeout, httpx2.ReadTimeout)):
                    ask(f"http://127.0.0.1:{listener.getsockname()[1]}", limit, b"x" * size)
            finally:
                stop.set()
                thread.join()
        assert 0 < drunk < size / 2, "the time for writing was over before all was written"

    with_time(act)


def test_a_handshake_that_never_ends_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(httpx2.ConnectTimeout):
        ask(f"https://127.0.0.1:{listener.getsockname()[1]}", 0.4)


def test_every_address_of_a_name_shares_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []
    now = [1000.0]

    def create_connection(_address: object, timeout: float, **_: object) -> socket.socket:
        tried.append(timeout)
        now[0] += 0.15
        raise TimeoutError

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{number}", 80)) for number in range(50)]
    monkeypatch.setattr("bodydouble.client.transport.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(httpx2.ConnectTimeout):
        ask("http://many.example", 0.4)
    assert tried == pytest.approx([0.4, 0.25, 0.1])


def test_a_failure_does_not_drag_the_librarys_own_behind_it(serve: Serve) -> None:
    server = serve(in_turn(GET=[silence]))

    def act(limit: float) -> None:
        with pytest.raises(httpx2.ReadTimeout) as caught:
            ask(server.url, limit)
        assert caught.value.__cause__ is None

    with_time(act)


def test_proxies_and_passwords_in_the_environment_are_not_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxy = serve(in_turn(GET=[reply({})]))
    server = serve(in_turn(GET=[reply(job("queued"))]))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Client(KEY, base_url=server.url) as client:
        assert client.look("job-1").status == "queued"
    assert not proxy.requests
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_many_threads_may_wait_for_replies_at_the_same_time(serve: Serve) -> None:
    together = threading.Barrier(40)
    queued = reply(job("queued"))

    def when_all_have_asked(connection: Connection) -> None:
        together.wait(60)
        queued(connection)

    server = serve(in_turn(GET=[when_all_have_asked]))
    with Client(KEY, base_url=server.url, pace=Pace(poll_timeout=120)) as client:
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(client.look("job-1").status))
            for _ in range(together.parties)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["queued"] * together.parties


def test_cookies_are_not_kept(serve: Serve) -> None:
    server = serve(in_turn(GET=[reply(job("queued"), 200, {"Set-Cookie": "a=b"})]))
    with Client(KEY, base_url=server.url) as client:
        client.look("job-1")
        client.look("job-1")
    assert not any("cookie" in seen.headers for seen in server.requests)


def test_a_deadline_runs_out_and_can_be_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("bodydouble.client.transport.time", SimpleNamespace(monotonic=lambda: now[0]))
    deadline = Deadline(2)
    assert deadline == 2
    assert deadline.left() == 2
    now[0] += 1.5
    assert (deadline, deadline.left()) == (2, 0.5)
    now[0] += 1
    assert deadline.left() == 0
    deadline.renew(1)
    assert deadline.left() == 1


def test_a_deadline_runs_by_the_clock() -> None:
    deadline = Deadline(3600)
    assert 0 < deadline.left() <= 3600
    assert Deadline(0).left() == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_a_server_with_a_certificate_of_its_own_making_is_never_told_the_key(tmp_path: Path) -> None:
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_once() -> None:
            sock, _ = listener.accept()
            with sock, contextlib.suppress(OSError), context.wrap_socket(sock, server_side=True) as secure:
                heard.append(secure.recv(1000))

        thread = threading.Thread(target=serve_once)
        thread.start()
        url = f"https://localhost:{listener.getsockname()[1]}"
        with Client(KEY, base_url=url, pace=Pace(connect_attempts=1)) as client, pytest.raises(NotSent):
            client.create("x", timeout=60)
        thread.join()
    assert not any(heard)
