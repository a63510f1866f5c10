"""The terminal side of ``generate`` and ``job``: a client from options, a live line, one way to end."""

import ipaddress
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from bodydouble.client import Client, ClientError, Job, Pace, Progress, default_api

from .outcomes import Exit, Target, as_json, exit_code, explained, job_in

_LOCAL_KEY = "local"


def client_for(base_url: str | None, interval: float | None) -> Client:
    """Return a client as the options want it.

    A server on this machine is a double, which takes any key: there, none need be set.

    Raises:
        ConfigurationError: The key or the base URL is missing or cannot be used.
    """
    api = default_api()
    pace = Pace() if interval is None else Pace(first_poll=interval, interval=interval, growth=1)
    named = [os.environ[name] for name in api.base_url_variables if os.environ.get(name)]
    where = base_url if base_url is not None else next(iter(named), "")
    has_key = any(os.environ.get(name) for name in api.key_variables)
    return Client(None if has_key or not _is_local(where) else _LOCAL_KEY, base_url=base_url, pace=pace)


def _is_local(base_url: str) -> bool:
    try:
        host = urlsplit(base_url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Line:
    """One line that tells status, time and next poll: live on a terminal, else a line per change.

    It is written to stderr, so that stdout has the result alone.

    Attributes:
        live: Whether the terminal can show a line that changes.
    """

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._started = clock()
        self._status = "creating"
        self._problem = ""
        self._next: float | None = None
        self._spinner = Spinner("dots")
        # On a dumb terminal the library shows nothing at all of what is live.
        self.live = console.is_terminal and not console.is_dumb_terminal

    def say(self, status: str, problem: str = "") -> None:
        """Show ``status`` from now on."""
        if not self.live and (status, problem) != (self._status, self._problem):
            self._console.print(Text(f"{status}{f' ({problem})' if problem else ''}"), soft_wrap=True)
        self._status, self._problem, self._next = status, problem, None

    def hear(self, progress: Progress) -> None:
        """Show what a wait reports."""
        job = progress.job
        self.say(_plain(job.status) or "no status" if job.looked_at else "waiting", progress.problem)
        if progress.next_poll is not None:
            self._next = self._clock() + progress.next_poll

    def __rich__(self) -> Spinner:
        now = self._clock()
        parts = [self._status, f"{now - self._started:.0f} s"]
        if self._next is not None:
            parts.append(f"next poll in {max(self._next - now, 0.0):.0f} s")
        if self._problem:
            parts.append(self._problem)
        self._spinner.update(text=Text(" · ".join(parts), no_wrap=True, overflow="ellipsis"))
        return self._spinner


def _plain(text: str) -> str:
    """Return ``text`` without what a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text[:80])


@contextmanager
def live_line() -> Iterator[Line]:
    """Show a line on stderr while the block runs."""
    console = Console(stderr=True, highlight=False)
    line = Line(console, time.monotonic)
    if not line.live:
        yield line
        return
    with Live(line, console=console, transient=True, refresh_per_second=8):
        yield line


class Watch:
    """One command's run: knows the job as soon as there is one, and how to end.

    Attributes:
        job: The job as last seen, or None.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.job: Job | None = None

    def saw(self, job: Job) -> Job:
        """Remember ``job`` and return it."""
        self.job = job
        return job

    def heard(self, line: Line) -> Callable[[Progress], None]:
        """Return a listener that remembers the job and moves ``line``."""

        def listen(progress: Progress) -> None:
            self.saw(progress.job)
            line.hear(progress)

        return listen

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Run the block; whatever it raises on purpose, and Ctrl-C, ends the program with its exit code."""
        try:
            yield
        except (ClientError, KeyboardInterrupt) as error:
            self._end(error)

    def done(self, text: str) -> None:
        """Print the result: ``text`` for a person, or JSON."""
        click.echo(json.dumps(as_json(Exit.DONE, self.job, self.target)) if self.target.json else text)

    def _end(self, error: BaseException) -> NoReturn:
        job = job_in(error) or self.job
        click.echo(explained(error, job, self.target), err=True)
        code = exit_code(error)
        if self.target.json:
            click.echo(json.dumps(as_json(code, job, self.target, error)))
        sys.exit(code)
