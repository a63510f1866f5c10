"""Starting the servers under test: each on the same core, none of them the load's."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CLIENT_CORE, SERVER_CORE = 0, 1
ROOT = Path(__file__).parents[2]
READY_WITHIN = 30.0
STOP_WITHIN = 10.0
KEY = "benchmark-key"

Command = Callable[[int], Sequence[str]]
"""Makes the command line of a server from its port."""


class StartError(RuntimeError):
    """A server did not come up; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    origin: str
    pid: int

    def resident(self) -> int:
        """Return the memory that the process holds, in bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise StartError(f"process {self.pid} has ended")

    def busy(self) -> float:
        """Return the seconds of processor time that the process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """Return ``command`` bound to ``core``, where the machine has the core and the means."""
    if shutil.which("taskset") is None or (os.cpu_count() or 1) <= core:
        return list(command)
    return ["taskset", "--cpu-list", str(core), *command]


def bare(port: int) -> list[str]:
    """The constant, on uvicorn with all its extras."""
    return _uvicorn("constants:bare", port)


def framework(port: int) -> list[str]:
    """The constant, through Starlette's request and response."""
    return _uvicorn("frameworks:framework", port)


def double(port: int) -> list[str]:
    """The double as its users start it, with everything on."""
    command = str(Path(sys.executable).with_name("bodydouble"))
    return [command, "serve", "--port", str(port), "--api-key", KEY]


def finished(port: int) -> list[str]:
    """The double in a world where every job is done by the time that it is asked for."""
    return _world("finished", port)


def roomy(port: int) -> list[str]:
    """The double with room for more than a million jobs."""
    return _world("roomy", port)


def _world(name: str, port: int) -> list[str]:
    return [sys.executable, "-m", f"{__package__}.doubles", name, str(port)]


def _uvicorn(app: str, port: int) -> list[str]:
    found = ["--app-dir", str(ROOT), f"{__package__}.{app}", "--port", str(port)]
    extras = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", *found, *extras]


def prism(document: Path) -> Command | None:
    """Return how to start Prism for ``document``, if it is installed; it is never installed from here."""
    given = os.environ.get("BODYDOUBLE_PRISM") or shutil.which("prism")
    if given is None:
        return None
    return lambda port: [given, "mock", "--port", str(port), "--verboseLevel", "silent", str(document)]


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Command) -> Iterator[Server]:
    """Run a server for as long as the block lasts.

    Raises:
        StartError: It ended, or listened to nobody for half a minute.
    """
    port = free_port()
    with tempfile.TemporaryFile() as errors:
        process = launch(command(port), errors)
        try:
            _wait(process, port, errors)
            yield Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            stop(process)


def launch(command: Sequence[str], errors: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start ``command`` on the servers' core; of what it says only stderr is kept, where that is wanted."""
    return subprocess.Popen(
        pinned(SERVER_CORE, command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors or subprocess.DEVNULL,
    )


def said(errors: IO[bytes]) -> str:
    """Return what was written to a file of errors so far."""
    errors.seek(0)
    return errors.read().decode("utf-8", "replace")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End ``process``, kindly first."""
    process.terminate()
    try:
        process.wait(timeout=STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, errors: IO[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"{process.args!r} ended with {process.returncode}:\n{said(errors)}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise StartError(f"{process.args!r} did not listen within {READY_WITHIN:.0f} s")
