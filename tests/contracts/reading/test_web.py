import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from bodydouble.contracts.reading import web
from bodydouble.contracts.reading.web import WebError, fetch, is_address, shown_address
from tests.limits import with_time
from tests.mockserver.upstreams import closed

Answer = Callable[[socket.socket, bytes], None]


class Server:
    """Answers one connection after the other as it is told."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heads: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.stopping = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError):
                    head = b""
                    while not head.endswith(b"\r\n\r\n") and (piece := connection.recv(1)):
                        head += piece
                    self.heads.append(head)
                    self.answer(connection, head)

    def close(self) -> None:
        self.stopping.set()
        closed(self.listener)


Serve = Callable[[Answer], Server]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    servers = []

    def start(answer: Answer) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def saying(body: bytes, status: str = "200 OK", more: str = "") -> Answer:
    def answer(connection: socket.socket, _head: bytes) -> None:
        lines = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
        connection.sendall(lines.encode() + body)

    return answer


def test_a_document_is_fetched(serve: Serve) -> None:
    assert fetch(serve(saying(b"{}")).origin + "/api.json") == b"{}"


def test_no_key_is_sent_whatever_the_surroundings_have(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(saying(b"{}"))
    monkeypatch.setenv("API_KEY", "secret")
    fetch(server.origin)
    fields = server.heads[0].lower()
    assert b"authorization" not in fields
    assert b"cookie" not in fields
    assert b"secret" not in fields


def test_a_redirect_is_followed_without_the_cookie_it_sets(serve: Serve) -> None:
    end = serve(saying(b"there"))
    start = serve(saying(b"", "302 Found", f"Location: {end.origin}/x\r\nSet-Cookie: a=b\r\n"))
    assert fetch(start.origin) == b"there"
    assert b"cookie" not in end.heads[0].lower()


def test_redirects_without_end_are_given_up(serve: Serve) -> None:
    server = serve(saying(b"", "302 Found", "Location: /again\r\n"))
    with pytest.raises(WebError, match="redirected more than 5 times"):
        fetch(server.origin)
    assert len(server.heads) == 6


@pytest.mark.parametrize("target", ["ftp://host/x", "file:///etc/passwd", "http://user:word@127.0.0.1/"])
def test_a_redirect_to_where_nothing_should_be_fetched_is_refused(serve: Serve, target: str) -> None:
    server = serve(saying(b"", "302 Found", f"Location: {target}\r\n"))
    with pytest.raises(WebError) as caught:
        fetch(server.origin)
    assert "word" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "401 Unauthorized"])
def test_any_status_but_200_is_no_document(serve: Serve, status: str) -> None:
    with pytest.raises(WebError, match=f"status {status[:3]}"):
        fetch(serve(saying(b"", status)).origin)


@pytest.mark.timeout(120)
def test_a_server_that_hangs_is_given_up(serve: Serve) -> None:
    stop = threading.Event()
    server = serve(lambda *_: stop.wait(30) and None)
    with pytest.raises(WebError, match=r"cannot be fetched|no whole answer"):
        fetch(server.origin, timeout=0.2)
    stop.set()


@pytest.mark.timeout(120)
def test_a_server_that_dribbles_is_given_up(serve: Serve) -> None:
    stop = threading.Event()

    def dribble(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stop.wait(0.05):
            connection.sendall(b" ")

    def act(limit: float) -> None:
        with pytest.raises(WebError, match=rf"no whole answer within {re.escape(f'{limit:g}')} seconds"):
            fetch(serve(dribble).origin, timeout=limit)

    with_time(act)
    stop.set()


def test_more_than_is_wanted_is_not_read(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_BYTES", 10)
    with pytest.raises(WebError, match="too large"):
        fetch(serve(saying(b"x" * 11)).origin)


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_an_answer_that_is_none_is_an_error(serve: Serve, answer: bytes) -> None:
    with pytest.raises(WebError, match="cannot be fetched"):
        fetch(serve(lambda connection, _: connection.sendall(answer)).origin)


def test_a_body_that_claims_a_coding_it_has_not_is_an_error(serve: Serve) -> None:
    with pytest.raises(WebError, match="cannot be fetched"):
        fetch(serve(saying(b"no gzip", more="Content-Encoding: gzip\r\n")).origin)


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and nobody listens; nor can anybody else while it is bound
        with pytest.raises(WebError, match="cannot be fetched"):
            fetch(f"http://127.0.0.1:{deaf.getsockname()[1]}/", timeout=60)


@pytest.mark.parametrize(
    "address", ["http://", "https://:80/", "http://host:99999999/", "http://[::1", "http://a b/", "ftp://x/"]
)
def test_what_is_no_address_is_an_error(address: str) -> None:
    with pytest.raises(WebError, match=r"no address|cannot be fetched"):
        fetch(address, timeout=5)


def test_a_password_in_the_address_is_neither_sent_nor_shown() -> None:
    with pytest.raises(WebError, match="the address holds a password") as caught:
        fetch("https://user:hunter2@127.0.0.1:1/x?signature=abc")
    assert "hunter2" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_what_is_shown_of_an_address_is_no_secret() -> None:
    assert shown_address("https://a:b@host:8/x.json?key=1#2") == "https://host:8/x.json"
    assert shown_address("http://[::1") == "http://[::1"


@pytest.mark.parametrize(("named", "answer"), [("HTTPS://x", True), ("http.json", False), ("git:a:b", False)])
def test_addresses_are_told_from_files(named: str, answer: bool) -> None:  # noqa: FBT001 - a table of facts
    assert is_address(named) is answer
