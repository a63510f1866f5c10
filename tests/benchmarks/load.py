"""Requests, and what sends them: wrk to measure, a few lines of Python to see that everything runs."""

import http.client
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .servers import CLIENT_CORE, pinned

SCRIPT = Path(__file__).with_name("requests.lua")
CONNECTIONS = 32
NO_WRK = (
    "wrk is not installed (apt-get install wrk); a load generator in Python would measure itself (--smoke)"
)


class LoadError(RuntimeError):
    """The load could not be sent, or was refused; what was measured would mean nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it is sent."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def raw(self, authority: str) -> bytes:
        """Return the request's bytes in HTTP/1.1."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        fields = {"Host": authority, **self.headers, **length}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{self.method} {self.target} HTTP/1.1\r\n{head}\r\n".encode() + self.body


@dataclass(frozen=True, slots=True)
class Sample:
    """One slice of load.

    Attributes:
        requests: How many were answered.
        seconds: In what time.
        refused: How many of them with a status over 399.
        broken: Failed connections, reads and writes, and timeouts.
        p50: Median latency in seconds.
        p99: Latency in seconds that one request in a hundred exceeds.
        busy: Seconds of processor time that the server spent meanwhile.
    """

    requests: int
    seconds: float
    refused: int
    broken: int
    p50: float
    p99: float
    busy: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Seconds of the server's processor time for each request; other programs can hardly change it."""
        return self.busy / self.requests


def parse_sample(output: str) -> Sample:
    """Return what the script printed at the end of wrk's ``output``.

    Raises:
        LoadError: It printed nothing.
    """
    line = next((line for line in output.splitlines() if line.startswith("sample ")), None)
    if line is None:
        raise LoadError(f"wrk said nothing that can be read:\n{output}")
    requests, micros, refused, broken, p50, p99 = map(int, line.split()[1:])
    return Sample(requests, micros / 1e6, refused, broken, p50 / 1e6, p99 / 1e6)


def has_wrk() -> bool:
    """Return whether wrk is installed."""
    return shutil.which("wrk") is not None


def send(origin: str, requests: Sequence[Request], seconds: float) -> Sample:
    """Send ``requests`` in turn over 32 connections for a while, with wrk on a core of its own.

    Raises:
        LoadError: wrk is absent or failed, or a request was not answered with success.
    """
    if not has_wrk():
        raise LoadError(NO_WRK)
    authority = urlsplit(origin).netloc
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\0".join(request.raw(authority) for request in requests))
        file.flush()
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        command = pinned(CLIENT_CORE, ["wrk", *options, "-s", str(SCRIPT), origin, "--", file.name])
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 60)
    if run.returncode:
        raise LoadError(f"wrk failed: {run.stdout}{run.stderr}")
    return checked(parse_sample(run.stdout))


def send_few(origin: str, requests: Sequence[Request], count: int) -> Sample:
    """Send ``count`` requests one after the other; proves that they are answered, and measures nothing.

    Raises:
        LoadError: A request was not answered with success.
    """
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    started, latencies, refused = time.perf_counter(), [], 0
    for number in range(count):
        request, before = requests[number % len(requests)], time.perf_counter()
        status, _ = answer(connection, request)
        latencies.append(time.perf_counter() - before)
        refused += status >= http.HTTPStatus.BAD_REQUEST
    connection.close()
    total = time.perf_counter() - started
    return checked(Sample(count, total, refused, 0, statistics.median(latencies), max(latencies)))


def answer(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """Return status and body of the reply to ``request``."""
    connection.request(request.method, request.target, request.body or None, dict(request.headers))
    reply = connection.getresponse()
    return reply.status, reply.read()


def checked(sample: Sample) -> Sample:
    """Return ``sample`` if every request in it was answered with success.

    Raises:
        LoadError: One was not.
    """
    if sample.refused or sample.broken or not sample.requests:
        raise LoadError(f"not every request was answered with success: {sample}")
    return sample
