"""From the launch of the process to the first create that is answered with 200, and what that imports."""

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable

from . import servers
from .report import Table
from .throughput import CREATE

MOST = 1.5
WITHIN = 20.0
LISTED = 12


def seconds_to_first_reply(command: servers.Command) -> float:
    """Launch a server and return how long its first reply to a create took.

    Raises:
        servers.StartError: There was none in twenty seconds.
    """
    port = servers.free_port()
    request = CREATE.raw(f"127.0.0.1:{port}")
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = servers.launch(command(port), errors)
        try:
            while time.perf_counter() - started < WITHIN and process.poll() is None:
                with contextlib.suppress(ConnectionError, TimeoutError):
                    if _answered(port, request):
                        return time.perf_counter() - started
                time.sleep(0.0005)
        finally:
            servers.stop(process)
        raise servers.StartError(f"no reply from {process.args!r}:\n{servers.said(errors)}")


def _answered(port: int, request: bytes) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        return connection.recv(64).startswith(b"HTTP/1.1 200")


def measure(launches: int) -> dict[str, float]:
    """Return the median seconds of the bare constant and of the double, launched in turn."""
    commands = {"bare ASGI constant": servers.bare, "bodydouble": servers.double}
    found: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(launches + 1):
        for name, command in commands.items():
            seconds = seconds_to_first_reply(command)
            if number:  # the first launch compiles what was never imported
                found[name].append(seconds)
    return {name: statistics.median(each) for name, each in found.items()}


def table(found: dict[str, float], launches: int) -> Table:
    """Return the result in rows, one for each server."""
    limit = found["bare ASGI constant"]
    rows = tuple(
        (name, f"{s:.3f} s", f"{s / limit:.2f}", f"≤ {MOST}" if name == "bodydouble" else "")
        for name, s in found.items()
    )
    notes = (
        f"Process launch to the first 200 of a create; medians of {launches} launches in turn, on one core."
    )
    return Table("Start", notes, ("server", "first reply", "ratio", "target"), rows)


def import_times(module: str) -> dict[str, float]:
    """Return the seconds that importing ``module`` spends in each top-level package."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return by_package(run.stderr.splitlines())


def by_package(lines: Iterable[str]) -> dict[str, float]:
    """Return the seconds of each top-level package in what ``-X importtime`` printed, the heaviest first."""
    found: Counter[str] = Counter()
    for line in lines:
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdecimal():
            found[parts[2].strip().partition(".")[0]] += int(parts[0])
    return {name: micros / 1e6 for name, micros in found.most_common()}


def import_table(module: str) -> Table:
    """Return what ``module`` imports, the heaviest packages first."""
    found = import_times(module)
    rows = [(name, f"{seconds * 1e3:.1f} ms") for name, seconds in list(found.items())[:LISTED]]
    rows += [("everything", f"{sum(found.values()) * 1e3:.1f} ms")]
    notes = f"What `import {module}` spends in each package's own modules, measured by the interpreter."
    return Table("Imports for serving", notes, ("package", "time"), tuple(rows))
