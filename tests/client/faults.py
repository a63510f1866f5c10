"""A server of raw sockets that does what its script says: answer, drop, reset, truncate, dribble, lie."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

VIDEO = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 800


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Act: TypeAlias = Callable[["Connection"], None]
Script: TypeAlias = Callable[[Seen], Act]


class Connection:
    """What an act is done to."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self.sock = sock
        self.stopping = stopping
        self.open = True

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def close(self) -> None:
        self.open = False


def whole(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """Return a response as bytes; ``length`` is the lie for Content-Length."""
    fields = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body) if length is None else length),
    }
    fields |= headers or {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("latin-1") + body


def raw(data: bytes, *, then_close: bool = False) -> Act:
    def act(connection: Connection) -> None:
        connection.send(data)
        if then_close:
            connection.close()

    return act


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Act:
    return raw(whole(json.dumps(body).encode(), status, headers))


def html(status: int = 200) -> Act:
    return raw(whole(b"<!doctype html><html>hello</html>", status, {"Content-Type": "text/html"}))


def drop(connection: Connection) -> None:
    """Close in good order without a word."""
    connection.close()


def reset(connection: Connection) -> None:
    """Close with RST."""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def truncated(data: bytes, keep: int, *, abruptly: bool = False) -> Act:
    def act(connection: Connection) -> None:
        connection.send(data[:keep])
        (reset if abruptly else drop)(connection)

    return act


def dribble(data: bytes, pause: float, step: int = 1) -> Act:
    """Send ``data`` a little at a time, for ever if it must be."""

    def act(connection: Connection) -> None:
        for start in range(0, len(data), step):
            if connection.stopping.wait(pause):
                break
            connection.send(data[start : start + step])
        connection.close()

    return act


def silence(connection: Connection) -> None:
    """Say nothing until the server ends or the other side has gone."""
    connection.sock.settimeout(0.05)
    while not connection.stopping.is_set():
        try:
            if not connection.sock.recv(1):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    connection.close()


def error_body(status: int, message: str = "busy") -> dict[str, Any]:
    """Return the API's own error shape."""
    return {
        "message": message,
        "path": "/v2/video/generations",
        "requestId": "req-1",
        "statusCode": status,
        "timestamp": "2026-11-22T00:00:00.000Z",
    }


@dataclass
class FaultServer:
    """Listens on a free port of the loopback; records requests; acts as ``script`` says."""

    script: Script
    requests: list[Seen] = field(default_factory=list)
    accepted: int = 0

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.05)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._start(self._accept)

    def seen(self, method: str) -> list[Seen]:
        return [request for request in self.requests if request.method == method]

    def close(self) -> None:
        self._stopping.set()
        for thread in list(self._threads):
            thread.join(60)
        self._listener.close()

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, name="fault-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self.accepted += 1
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        connection = Connection(sock, self._stopping)
        with sock, contextlib.suppress(OSError):
            while connection.open and (request := self._read(sock)) is not None:
                with self._lock:
                    self.requests.append(request)
                self.script(request)(connection)

    def _read(self, sock: socket.socket) -> Seen | None:
        sock.settimeout(0.05)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive(sock)
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += self._receive(sock)
        sock.settimeout(60)
        return Seen(method=method, target=target, headers=headers, body=body, at=time.monotonic())

    def _receive(self, sock: socket.socket) -> bytes:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                data = sock.recv(65536)
                if not data:
                    break
                return data
        raise ConnectionError


def in_turn(**acts: Iterable[Act]) -> Script:
    """Return a script: per method its acts in turn, the last one for ever."""
    left = {method: iter(sequence) for method, sequence in acts.items()}
    last: dict[str, Act] = {}
    lock = threading.Lock()

    def script(seen: Seen) -> Act:
        with lock:
            last[seen.method] = next(left[seen.method], last.get(seen.method, drop))
            return last[seen.method]

    return script


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "job-1", "status": status, **more}


def done(url: str) -> dict[str, Any]:
    return job("completed", video={"url": url})


def ranged(data: bytes, seen: Seen, headers: Mapping[str, str] | None = None) -> Act:
    """Answer as an object store does: Range and If-Range (strong comparison) are kept."""
    fields = {"Content-Type": "video/mp4", "ETag": '"v1"', **(headers or {})}
    wanted, condition = seen.headers.get("range", ""), seen.headers.get("if-range", "")
    if not wanted or (condition and condition != fields["ETag"]):
        return raw(whole(data, 200, fields))
    start = int(wanted.removeprefix("bytes=").partition("-")[0])
    if start >= len(data):
        return raw(whole(b"", 416, {**fields, "Content-Range": f"bytes */{len(data)}"}))
    fields["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return raw(whole(data[start:], 206, fields))


@contextlib.contextmanager
def serving(script: Script) -> Iterator[FaultServer]:
    server = FaultServer(script)
    try:
        yield server
    finally:
        server.close()
