"""What the subcommands of ``verify`` have in common: options, and how reports and files are written."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.verify.budgets import REMOTE_JOBS, Limits
from bodydouble.contracts.verify.pacing import LOCAL, MOVED, Pace
from bodydouble.contracts.verify.settings import EXAMPLES, Settings
from bodydouble.mockserver.files import write_whole

from .finite import FiniteRange
from .verify_targets import Place

Command = TypeVar("Command", bound=Callable[..., Any])
"""A function that becomes a command."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""
SEEDS = 2**32
FAIL_ON = ("error", "warning")

_OPTIONS = (
    click.option(
        "--contract",
        "contracts",
        multiple=True,
        metavar="FILE|FOLDER|PAGE",
        help="OpenAPI fragments to verify against; may be repeated. The bundled contract by default.",
    ),
    click.option(
        "--overlay",
        "overlays",
        multiple=True,
        metavar="FILE",
        help="OpenAPI Overlay to apply to every fragment; may be repeated; 'bundled' is the bundled one.",
    ),
    click.option("--model", help="The job to verify, where the contract has several."),
    click.option("--key-env", metavar="NAME", help="The environment variable that holds the key."),
    click.option(
        "--timeout",
        default=30.0,
        show_default=True,
        type=FiniteRange(0.1, 3600),
        help="Seconds that the server may keep silent.",
    ),
)
_RUN_OPTIONS = (
    click.option("--seed", type=click.IntRange(0, SEEDS), help="Repeat a run. Drawn and told by default."),
    click.option(
        "--examples",
        default=EXAMPLES,
        show_default=True,
        type=click.IntRange(0, 100_000),
        help="Bodies that are drawn; half as many lives are interleaved.",
    ),
    click.option(
        "--max-jobs",
        type=click.IntRange(min=0),
        help=f"Jobs that may be submitted. {REMOTE_JOBS} by default on other machines, any number on this one.",
    ),
    click.option(
        "--max-cost",
        type=FiniteRange(min=0),
        metavar="USD",
        help="What jobs may cost by the contract's price.",
    ),
    click.option(
        "--max-time",
        type=FiniteRange(min=0, min_open=True),
        metavar="SECONDS",
        help="How long a run may take.",
    ),
    click.option(
        "--interval",
        type=FiniteRange(0, 3600),
        metavar="SECONDS",
        help=f"Between two polls of a job. {Pace().interval:g} by default, {LOCAL.interval:g} on this machine; "
        "Retry-After counts in any case.",
    ),
    click.option(
        "--job-timeout",
        type=FiniteRange(min=0, min_open=True, max=1e6),
        metavar="SECONDS",
        help=f"After which a job that has not ended never will. {Pace().job_timeout:g} by default.",
    ),
    click.option(
        "--negative/--no-negative",
        default=None,
        help="Send creates that must be refused. Only to this machine by default: who takes one may charge for it.",
    ),
)


def server_options(command: Command) -> Command:
    """Add the options that say what is promised, by whom, and with which key."""
    return _with(_OPTIONS, command)


def run_options(command: Command) -> Command:
    """Add the options that say what a run sends and spends."""
    return _with(_RUN_OPTIONS, command)


def _with(options: Iterable[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(tuple(options)):
        command = option(command)
    return command


def fail_on(severity: str) -> frozenset[Severity]:
    """Return the severities that break the contract."""
    return (
        frozenset({Severity.ERROR}) if severity == "error" else frozenset({Severity.ERROR, Severity.WARNING})
    )


def settings_for(
    place: Place,
    *,
    seed: int,
    examples: int,
    max_jobs: int | None,
    max_cost: float | None,
    max_time: float | None,
    interval: float | None,
    job_timeout: float | None,
    negative: bool | None,
    shrink: bool | None = None,
    first_only: bool = False,
) -> Settings:
    """Return what a run is told; what is not said depends on where the server is."""
    jobs = max_jobs if max_jobs is not None or place.is_local else REMOTE_JOBS
    return Settings(
        seed=seed,
        examples=examples,
        negative=place.is_local if negative is None else negative,
        shrink=place.is_local if shrink is None else shrink,
        first_only=first_only,
        limits=Limits(jobs, max_cost, max_time),
        pace=pace_for(place, interval, job_timeout),
    )


def pace_for(place: Place, interval: float | None, job_timeout: float | None) -> Pace:
    """Return how often jobs are polled."""
    usual = MOVED if place.time.moves else LOCAL if place.is_local else Pace()
    timeout = usual.job_timeout if job_timeout is None else job_timeout
    if interval is None:
        return Pace(usual.interval, usual.longest, usual.growth, timeout)
    return Pace(interval, interval, 1.0, timeout)


def write(path: Path, text: str) -> None:
    """Write a report, to stdout for ``-``.

    Raises:
        click.ClickException: It cannot be written.
    """
    if str(path) == "-":
        click.echo(text, nl=False)
        return
    try:
        write_whole(path, text)
    except OSError as problem:
        raise click.ClickException(f"{path} cannot be written: {problem.strerror or problem}") from None


def as_text(value: JSON) -> str:
    """Return JSON as a file holds it."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def say(line: str) -> None:
    """Print a line for a person; what comes from outside does not move the cursor."""
    click.echo(_printable(line), err=True)
    sys.stderr.flush()


def show(lines: Iterable[str]) -> None:
    """Print what was asked for, to stdout; same as above."""
    for line in lines:
        click.echo(_printable(line))


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
