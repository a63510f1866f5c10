"""The options that every command about drift has for its report, and what they come to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

from bodydouble.contracts.drift.changes import Impact, Rule
from bodydouble.contracts.drift.judging import NEVER, OverrideError, Policy, parse_overrides
from bodydouble.contracts.drift.silences import Silence, parse_silences
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.sources import contents

Command = TypeVar("Command", bound=Callable[..., object])
"""A function that becomes a command."""

Option: TypeAlias = Callable[[Any], Any]
"""What adds an option to a command."""

TEXT = "text"
FORMATS = (TEXT, "json", "markdown", "junit", "sarif", "github")
ENDINGS: Mapping[str, str] = {
    ".txt": TEXT,
    ".json": "json",
    ".md": "markdown",
    ".xml": "junit",
    ".sarif": "sarif",
}
"""Formats by the ending of a file whose format was not said."""

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Output:
    """One report to put out.

    Attributes:
        format: One of ``FORMATS``.
        path: The file; None for standard output.
    """

    format: str
    path: Path | None = None


def report_options(command: Command) -> Command:
    """Add the options of every report to a command."""
    for option in reversed((*format_options(FORMATS), *policy_options(Impact.BREAKING.value))):
        command = option(command)
    return command


def format_options(formats: Sequence[str]) -> tuple[Option, ...]:
    """Return the options that say how to report and where to, for commands that know ``formats``."""
    endings = ", ".join(ending for ending, name in ENDINGS.items() if name in formats)
    return (
        click.option(
            "--format",
            "formats",
            multiple=True,
            type=click.Choice(formats),
            help="How to report; may be repeated. The first --output belongs to the first --format, and so on; a "
            "format without one goes to standard output. By default text.",
        ),
        click.option(
            "--output",
            "-o",
            "paths",
            multiple=True,
            metavar="FILE",
            help="Where a report goes; - is standard output. Without a --format for it, the ending decides: "
            f"{endings}.",
        ),
        click.option(
            "--all", "everything", is_flag=True, help="Text: more than one screen, with noise and reasons."
        ),
    )


def policy_options(fail_on: str) -> tuple[Option, ...]:
    """Return the options that say what to hear of; ``fail_on`` is the default of its option."""
    return (
        click.option(
            "--fail-on",
            type=click.Choice([*(impact.value for impact in Impact), NEVER]),
            default=fail_on,
            show_default=True,
            help="Exit with 1 when a finding is at least this bad.",
        ),
        click.option(
            "--severity",
            "overrides",
            multiple=True,
            metavar="RULE=SEVERITY",
            help="Another severity for a rule; may be repeated. 'bodydouble drift rules' lists them.",
        ),
        click.option(
            "--silences",
            metavar="FILE",
            help="YAML list of findings not to hear of: rule, fingerprint, reason, and perhaps expires.",
        ),
        click.option(
            "--today",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="The day on which silences expire or not; by default the system's (UTC).",
        ),
    )


def policy_of(
    rules: Sequence[Rule],
    *,
    fail_on: str,
    overrides: Iterable[str],
    silences: str | None,
    today: datetime | None,
) -> Policy:
    """Return what the user wants to hear of.

    Raises:
        click.UsageError: An override or the file of silences makes no sense.
    """
    names = [rule.id for rule in rules]
    try:
        return Policy(
            today=_day(today),
            overrides=parse_overrides(overrides, names),
            silences=_silences(silences, names),
            fail_on=None if fail_on == NEVER else Impact(fail_on),
        )
    except (OverrideError, DocumentError) as problem:
        raise click.UsageError(str(problem)) from None


def _day(today: datetime | None) -> date:
    return (today or datetime.now(UTC)).date()


def _silences(path: str | None, rules: Sequence[str]) -> tuple[Silence, ...]:
    return () if path is None else parse_silences(contents(Path(path)), path, rules)


def outputs(formats: Sequence[str], paths: Sequence[str]) -> tuple[Output, ...]:
    """Return what goes where: nth format to nth path; text goes to standard output where nothing else does.

    Raises:
        click.UsageError: Two reports would go to one place, a folder is missing, or a format cannot be told.
    """
    chosen = [*formats, *map(_by_ending, paths[len(formats) :])]
    places = [*paths, *[STDOUT] * (len(chosen) - len(paths))]
    found = [Output(name, _path(place)) for name, place in zip(chosen, places, strict=True)]
    twice = [str(place) for place in dict.fromkeys(places) if places.count(place) > 1]
    if twice:
        where = "standard output" if STDOUT in twice else ", ".join(twice)
        raise click.UsageError(f"more than one report would go to {where}; give each --format its --output")
    return tuple(found if STDOUT in places else [*found, Output(TEXT)])


def _by_ending(path: str) -> str:
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise click.UsageError(f"--output {path}: the format cannot be told by {ending!r}; add --format")
    return ENDINGS[ending]


def _path(place: str) -> Path | None:
    if place == STDOUT:
        return None
    path = Path(place)
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in no folder that exists"
        raise click.UsageError(f"--output {place} {what}")
    return path
