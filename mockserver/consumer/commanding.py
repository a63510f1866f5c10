"""Commanding: a client that is a command, run against the double on loopback. A named shell."""

import os
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .behaviours import Behaviour
from .endings import End, Life
from .loopback import Loopback
from .processes import Finished, NotStarted, run_command

KEY_PREFIX = "test-"
"""A key that begins so names the namespace of its requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a command's end means.

    Attributes:
        ok_exit: Exit codes of a success.
        fail_exit: Exit codes of a failure; None for all others.
        ok_output: What a success prints, a regular expression; None for anything.
        fail_output: The same of a failure, which it tells apart whatever the exit code is.
    """

    ok_exit: frozenset[int] = frozenset({0})
    fail_exit: frozenset[int] | None = None
    ok_output: str | None = None
    fail_output: str | None = None

    def end(self, finished: Finished) -> End:
        """Return how a command ended."""
        code, output = finished.code, finished.output
        if code is None:
            return End.HUNG
        if code < 0:
            return End.CRASHED
        fails = code in self.fail_exit if self.fail_exit is not None else code not in self.ok_exit
        if self.fail_output is not None:
            told = re.search(self.fail_output, output, re.MULTILINE) is not None
            fails = told and (fails or code in self.ok_exit)
        if fails:
            return End.FAILED
        succeeds = self.ok_output is None or re.search(self.ok_output, output, re.MULTILINE) is not None
        return End.DONE if code in self.ok_exit and succeeds else End.UNCLEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A client that is a command.

    Attributes:
        words: The program and its arguments.
        environment: Variables that it gets, with ``{base_url}``, ``{api_key}`` and ``{origin}`` in their values.
        deadline: Seconds after which it hangs.
        declared: What its end means.
        folder: Where it runs; here if None.
    """

    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 30.0
    declared: Declared = Declared()
    folder: Path | None = None


class Commander:
    """Runs one command as often as asked, from several threads if need be."""

    def __init__(self, command: Command, loopback: Loopback) -> None:
        self._command = command
        self._loopback = loopback
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._number = 0
        # Nobody else's output holds this by chance; it is no secret, and is looked for in what is printed.
        self._token = secrets.token_hex(8)

    def stop(self) -> None:
        """End what runs now, in whatever thread."""
        self._over.set()

    def run(self, behaviour: Behaviour) -> Life:
        """Run the command once and return what was seen of it."""
        with self._lock:
            self._number += 1
            name = f"{self._token}-{self._number}"
        staging, key = self._loopback.staging, f"{KEY_PREFIX}{name}"
        world = self._loopback.on_server(lambda: staging.prepare(name, behaviour))
        command = self._command
        try:
            finished = run_command(
                command.words, self._environment(key), command.deadline, command.folder, self._over
            )
        except NotStarted as problem:
            return Life(end=End.NOT_STARTED, told=str(problem))
        seen = self._loopback.on_server(lambda: staging.seen(world, world.clock.advance))
        self._loopback.on_server(lambda: staging.app.service.worlds.end(name))
        return Life(
            end=command.declared.end(finished),
            told=_told(finished, command.deadline),
            output=finished.output,
            entries=seen.entries,
            noticed=seen.noticed,
            key=key,
        )

    def _environment(self, key: str) -> dict[str, str]:
        origin = self._loopback.origin
        facts = {"{base_url}": origin, "{origin}": origin, "{api_key}": key}
        # A proxy that is set for the world outside is none for this machine.
        own = {"BASE_URL": origin, "API_KEY": key, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        given = {name: _filled(value, facts) for name, value in self._command.environment.items()}
        return {**os.environ, **own, **given}


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(name, value)
    return text


def _told(finished: Finished, deadline: float) -> str:
    if finished.code is None:
        return f"it still ran after {deadline:g} s and was ended"
    if finished.code < 0:
        return f"ended by signal {-finished.code}"
    return f"exit code {finished.code}"
