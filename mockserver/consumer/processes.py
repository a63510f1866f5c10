"""Processes: one command with everything it starts, its output bounded, gone at a deadline. A named shell."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE = 1.0
"""Seconds from SIGTERM to SIGKILL."""
NOTICED = 0.25
"""Seconds within which it is noticed that a command is to end early."""
HEAD, TAIL = 32_768, 65_536
"""Bytes of the output that are kept, of its beginning and of its end."""
_PIECE = 65_536


class NotStarted(OSError):
    """A command cannot be started; the message says why."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a command.

    Attributes:
        code: Exit code; below zero the signal that ended it; None if it had to be ended.
        output: What it printed, both streams in the order in which they came.
    """

    code: int | None
    output: str


def run_command(
    command: Sequence[str],
    environment: Mapping[str, str],
    deadline: float,
    folder: Path | None = None,
    over: threading.Event | None = None,
) -> Finished:
    """Run ``command`` to its end or to its deadline, and leave none of its children behind.

    Args:
        command: The program and its arguments.
        environment: All of it.
        deadline: Seconds from now.
        folder: Where it runs; here if None.
        over: Set by another thread, it ends the command before its deadline.

    Raises:
        NotStarted: It cannot be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - what the user asked for, without a shell
            list(command),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise NotStarted(f"{command[0]!r} cannot be started: {reason.lower()}") from None
    reader = _Reader(process)
    try:
        code = _waited(process, deadline, over or threading.Event())
    finally:
        _end(process)
    return Finished(code, reader.text())


def _waited(process: "subprocess.Popen[bytes]", deadline: float, over: threading.Event) -> int | None:
    until = stopwatch() + deadline
    while (left := until - stopwatch()) > 0 and not over.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(left, NOTICED))
    return process.poll()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the whole group: politely, where the command itself still runs, then for good."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


class _Reader:
    """Reads a command's output as it comes, so that it never blocks, and keeps both ends of it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        if process.stdout is None:
            raise ValueError("a command whose output is not a pipe cannot be read")
        self._stream = process.stdout
        self._head = bytearray()
        self._tail = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while piece := os.read(self._stream.fileno(), _PIECE):
                room = HEAD - len(self._head)
                self._head += piece[:room]
                self._tail += piece[room:]
                del self._tail[:-TAIL]

    def text(self) -> str:
        """Return what is kept; a process that left the group and holds the pipe is not waited for."""
        self._thread.join(GRACE)
        with suppress(OSError):
            self._stream.close()
        return (bytes(self._head) + bytes(self._tail)).decode("utf-8", "replace")


def stopwatch() -> float:
    """Return seconds that only differences mean something of."""
    return time.monotonic()
