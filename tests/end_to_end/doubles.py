"""The double in process and over a socket, behind one face."""

import json
import logging
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import uvicorn
from starlette.testclient import TestClient

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Severity
from bodydouble.contracts.loading import load
from bodydouble.mockserver.app import Double as Application
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.client import Control
from bodydouble.mockserver.journals.journal import Entry
from bodydouble.mockserver.namespaces import Namespaces
from bodydouble.mockserver.serving import address_of, listen, server_for

VIDEO = "/v2/video/generations"
LEGACY = "/v2/generate/video/minimax/generation"
BODY: Mapping[str, Any] = {"model": "video-01", "prompt": "a paper boat"}
KEY = {"Authorization": "Bearer key"}
FINAL = ("completed", "error", "failed", "succeeded")
LONG = 300.0
"""Seconds after which every job has ended."""
SPEED = 500.0
PATIENCE = 60.0
"""Real seconds after which a job over a socket is given up: a loaded machine is slow."""
SETTLED = 0.02
"""Real seconds in which a server begins with what was just sent to it."""
COMMAND = str(Path(sys.executable).with_name("bodydouble"))


@dataclass(frozen=True)
class Settings:
    """What a double is started with; the same for both kinds."""

    seed: int | None = 1
    api_keys: tuple[str, ...] = ()
    max_jobs: int = 1000
    url_ttl: float = 1e6
    scenario: str = "succeeds"
    contracts: tuple[str, ...] = ()
    port: int = 0
    options: tuple[str, ...] = ()
    """More of them, for the command line only."""


@dataclass
class Double(ABC):
    """A double that runs.

    Attributes:
        settings: What it was started with.
        http: A client that knows where it is.
        origin: Where it is.
    """

    settings: Settings
    http: httpx2.Client
    origin: str

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Let so many seconds pass for the jobs."""

    @abstractmethod
    def hold(self) -> None:
        """Let no time pass from now on but what is waited: a machine may stall between any two requests."""

    @abstractmethod
    def log(self) -> str:
        """Return what has been logged so far."""

    def create(self, body: Any = None, path: str = VIDEO, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, json=dict(BODY) if body is None else body, headers=KEY | named)

    def poll(self, job: str, path: str = VIDEO, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.get(path, params={"generation_id": job}, headers=KEY | named)

    def ended(self, job: str, path: str = VIDEO) -> httpx2.Response:
        """Poll until the job has ended."""
        give_up = time.monotonic() + PATIENCE
        while (reply := self.poll(job, path)).json().get("status") not in FINAL:
            assert reply.status_code == 200, reply.text
            assert time.monotonic() < give_up, f"job {job} does not end: {reply.text}"
            self.wait(10)
        return reply


@dataclass
class InProcess(Double):
    """The application behind Starlette's test client; time is a clock that the test moves."""

    clock: ManualClock
    records: list[logging.LogRecord]

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def hold(self) -> None:
        pass

    def log(self) -> str:
        return "\n".join(record.getMessage() for record in self.records)


@dataclass
class OverSocket(Double):
    """``bodydouble serve`` in a process of its own; time is real and fast."""

    process: "subprocess.Popen[str]"
    errors: Path
    announced: list[str] = field(default_factory=list)
    held: Control | None = None

    def wait(self, seconds: float) -> None:
        if self.held:
            self.held.clock.advance(seconds)
        else:
            time.sleep(seconds / SPEED)

    def hold(self) -> None:
        self.held = Control(self.origin)
        self.held.clock.freeze()

    def log(self) -> str:
        return self.errors.read_text()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def in_process(settings: Settings) -> Iterator[Double]:
    clock = ManualClock()
    app = create_app(
        load(settings.contracts) if settings.contracts else None,
        clock=clock,
        seed=settings.seed,
        scenario=settings.scenario,
        api_keys=settings.api_keys,
        max_jobs=settings.max_jobs,
        url_ttl=settings.url_ttl,
    )
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]  # a handler is what emits
    logging.getLogger("bodydouble").addHandler(handler)
    with TestClient(app, base_url="http://testserver") as http:
        yield InProcess(settings, http, "http://testserver", clock, records)
    logging.getLogger("bodydouble").removeHandler(handler)


@contextmanager
def over_socket(settings: Settings) -> Iterator[OverSocket]:
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder, "errors")
        with errors.open("w") as sink:
            process = subprocess.Popen(_command(settings), stdout=subprocess.PIPE, stderr=sink, text=True)
        try:
            announced = _announcement(process, errors)
            origin = next(found[0] for line in announced if (found := re.search(r"http://\S+", line)))
            with httpx2.Client(base_url=origin, trust_env=False, timeout=60) as http:
                running = OverSocket(settings, http, origin, process, errors, announced)
                yield running
                if running.held:
                    running.held.close()
        finally:
            process.kill()
            process.communicate()


def _command(settings: Settings) -> list[str]:
    options: list[tuple[str, object]] = [
        ("--port", settings.port),
        ("--speed", SPEED),
        ("--max-jobs", settings.max_jobs),
        ("--url-ttl", settings.url_ttl),
        ("--scenario", settings.scenario),
        *(("--api-key", key) for key in settings.api_keys),
        *(("--contract", path) for path in settings.contracts),
        *([("--seed", settings.seed)] if settings.seed is not None else []),
    ]
    return [COMMAND, "serve", *(str(word) for option in options for word in option), *settings.options]


def _announcement(process: "subprocess.Popen[str]", errors: Path) -> list[str]:
    """The lines up to the last of the announcement; the server listens by then."""
    assert process.stdout
    lines: list[str] = []
    while not (lines and lines[-1].startswith("Ctrl-C")):
        line = process.stdout.readline()
        assert line, f"the server did not start: {errors.read_text()}"
        lines.append(line.rstrip("\n"))
    return lines


@dataclass
class Hosted:
    """The application on a real socket, served by a thread of this process, so that tests reach its worlds.

    Attributes:
        app: The application.
        origin: Where it is.
        records: What was logged, by the server, too.
        server: What serves it.
    """

    app: Application
    origin: str
    records: list[logging.LogRecord]
    server: uvicorn.Server

    @property
    def worlds(self) -> Namespaces:
        return self.app.service.worlds

    def journal(self, namespace: str = "", count: int = 0) -> list[Entry]:
        """The entries of a namespace, ``count`` at least: those of broken connections are put down just after that."""
        self.settle()
        world, give_up = self.worlds.named(namespace), time.monotonic() + PATIENCE
        while len(world.journal) < count and time.monotonic() < give_up:
            time.sleep(0.002)
        return list(world.journal)

    def settle(self) -> None:
        """Wait until the server has put down all it was asked, unless somebody is still being answered."""
        time.sleep(SETTLED)
        give_up = time.monotonic() + PATIENCE
        while self.server.server_state.tasks and time.monotonic() < give_up:
            time.sleep(0.002)

    def rules(self, namespace: str | None = None) -> list[str]:
        """What was noticed about clients, notes aside."""
        self.settle()
        return [
            each.rule for each in self.app.report(namespace).findings if each.severity is not Severity.NOTE
        ]

    def calling(self, namespace: str = "") -> httpx2.Client:
        """A client of one namespace."""
        headers = KEY | ({"Authorization": f"Bearer test-{namespace}"} if namespace else {})
        return httpx2.Client(base_url=self.origin, headers=headers, trust_env=False, timeout=60)

    def raw(self, request: bytes, patience: float = 60.0) -> "Received":
        """Send bytes over a connection of its own and read until it ends."""
        address = urlsplit(self.origin)
        received = Received()
        with socket.create_connection((address.hostname, address.port), timeout=patience) as connection:
            connection.sendall(request)
            try:
                while piece := connection.recv(65536):
                    received.pieces.append(piece)
            except ConnectionResetError:
                received.reset = True
        return received


@dataclass
class Received:
    """What a raw client got until the connection ended.

    Attributes:
        pieces: As they came.
        reset: Whether it ended with ECONNRESET.
    """

    pieces: list[bytes] = field(default_factory=list)
    reset: bool = False

    @property
    def whole(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def status(self) -> int:
        return int(self.whole.split(b" ", 2)[1])

    @property
    def body(self) -> bytes:
        return self.whole.partition(b"\r\n\r\n")[2]

    @property
    def fields(self) -> dict[str, str]:
        lines = self.whole.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def request(method: str, path: str, body: Any = None, key: str = "key", **headers: str) -> bytes:
    """The bytes of a request after whose reply the server closes the connection."""
    content = b"" if body is None else json.dumps(body).encode()
    fields = {"Host": "double.test", "Connection": "close"}
    if key:
        fields["Authorization"] = f"Bearer {key}"
    if body is not None:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + content


@contextmanager
def hosted(contract: Contract | None = None, **settings: Any) -> Iterator[Hosted]:
    app = create_app(contract, **{"seed": 1, "speed": SPEED, "url_ttl": 1e6, **settings})
    listener = listen("127.0.0.1", 0)
    server = server_for(app)
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]  # a handler is what emits
    handler.addFilter(lambda record: record.name != "bodydouble.client")
    loggers = [logging.getLogger(name) for name in ("bodydouble", "uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Hosted(app, address_of(listener), records, server)
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()
        for logger in loggers:
            logger.removeHandler(handler)


KINDS = {"in process": in_process, "over a socket": over_socket}
