"""Upstreams written with the standard library alone: each answers one connection after the other as it is told."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Script = Callable[["Link"], None]


@dataclass
class Link:
    """One accepted connection."""

    socket: socket.socket
    upstream: "Upstream"

    def head(self) -> bytes:
        """Read a request up to the empty line; what comes after stays unread."""
        read = b""
        while not read.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            read += byte
        self.upstream.heads.append(read)
        return read

    def body(self, size: int) -> bytes:
        read = b""
        while len(read) < size and (piece := self.socket.recv(min(65536, size - len(read)))):
            read += piece
        return read

    def rest(self) -> int:
        """Read to the end of the connection; return how much came."""
        count = 0
        with contextlib.suppress(OSError):
            while piece := self.socket.recv(65536):
                count += len(piece)
        return count

    def say(self, text: bytes) -> None:
        self.socket.sendall(text)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@dataclass
class Upstream:
    """A listening upstream.

    ``heads`` are the heads that came; ``gone`` is set when a script has ended.
    """

    script: Script
    heads: list[bytes] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    problems: list[BaseException] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    port: int = 0

    def __post_init__(self) -> None:
        self.port = self.listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._play, args=(accepted,), daemon=True).start()

    def _play(self, accepted: socket.socket) -> None:
        accepted.settimeout(600)  # whoever should give up a silent server has to do so by itself
        try:
            with accepted:
                self.script(Link(accepted, self))
        except OSError as problem:
            self.problems.append(problem)
        finally:
            self.gone.set()


@contextlib.contextmanager
def upstream(script: Script) -> Iterator[Upstream]:
    """Serve ``script`` to every connection."""
    served = Upstream(script)
    threading.Thread(target=served.serve, daemon=True).start()
    try:
        yield served
    finally:
        closed(served.listener)


def closed(listener: socket.socket) -> None:
    """Close a socket that a thread waits at, and end its waiting.

    Closing alone does not: should the machine stop the thread and let it go on, it waits at whichever socket has the
    number by then, that of the next test, and answers there.
    """
    with contextlib.suppress(OSError):  # a system that does not know it, or a socket that is closed already
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def answering(*pieces: bytes, body: int = 0) -> Script:
    """Read a request with a body of ``body`` bytes, answer with ``pieces`` and close."""

    def script(link: Link) -> None:
        link.head()
        link.body(body)
        for piece in pieces:
            link.say(piece)

    return script


def raw(port: int, request: bytes, *, timeout: float = 60) -> bytes:
    """Send bytes and return everything that comes back; a reset ends it as ``b"<reset>"``."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
        client.sendall(request)
        read = b""
        try:
            while piece := client.recv(65536):
                read += piece
        except ConnectionResetError:
            return read + b"<reset>"
        return read


def get(path: str = "/", *fields: str, method: str = "GET") -> bytes:
    """A request that ends the connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: client.example", *fields, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def split(reply: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Status line, fields in lower case, body."""
    head, _, body = reply.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    fields = dict(line.split(b": ", 1) for line in lines)
    return first, {name.lower(): value for name, value in fields.items()}, body
