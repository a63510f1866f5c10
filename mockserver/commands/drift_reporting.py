"""The options that every command about drift has for its report, and how reports are put out."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

from bodydouble.contracts.drift.changes import Impact, Rule
from bodydouble.contracts.drift.judging import NEVER, Exit, OverrideError, Policy, Report, parse_overrides
from bodydouble.contracts.drift.placing import NOWHERE, Lines
from bodydouble.contracts.drift.silences import Silence, parse_silences
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.sources import contents
from bodydouble.contracts.rendering.screen import Line, plain, screen
from bodydouble.mockserver.files import write_whole

Command = TypeVar("Command", bound=Callable[..., object])
"""A function that becomes a command."""

Option: TypeAlias = Callable[[Any], Any]
"""What adds an option to a command."""

TEXT = "text"
FORMATS = (TEXT, "json", "markdown", "junit", "sarif", "github")
LOCATED = frozenset({"json", "sarif", "github"})
"""Formats that tell lines, for which documents are read once more."""

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


def put_out(
    report: Report,
    wanted: Iterable[Output],
    rules: Sequence[Rule],
    *,
    everything: bool = False,
    find_lines: Callable[[], Lines] = lambda: NOWHERE,
) -> Exit:
    """Put reports where they are wanted; return the exit code.

    Args:
        report: What is told.
        wanted: Formats and files.
        rules: Every rule.
        everything: Whether text tells all.
        find_lines: Finds lines; called at most once, and only if a format tells them.
    """
    listed = tuple(wanted)
    lines = find_lines() if any(output.format in LOCATED for output in listed) else NOWHERE
    for output in listed:
        if output.path is None and output.format == TEXT:
            show(screen(report, {rule.id: rule for rule in rules}, everything=everything))
        else:
            put(output, rendered(output.format, report, rules, lines, everything=everything))
    return report.exit


def put(output: Output, text: str) -> None:
    """Write a report to its file, or to standard output.

    Raises:
        SystemExit: It cannot be written; with the exit code for what could not be looked at.
    """
    with _written(str(output.path or "to standard output")):
        if output.path is None:
            say(text)
        else:
            write_whole(output.path, text)


@contextmanager
def _written(where: str) -> Iterator[None]:
    """A report that is not written whole is no success; that a reader has gone is no failure of ours."""
    try:
        yield
    except BrokenPipeError:
        raise  # click ends quietly
    except OSError as problem:
        click.echo(f"Error: cannot write {where}: {problem.strerror or problem}", err=True)
        raise SystemExit(Exit.COULD_NOT_LOOK) from None


def rendered(name: str, report: Report, rules: Sequence[Rule], lines: Lines, *, everything: bool) -> str:
    """Return the report in one of ``FORMATS``, as text. Each format's module is imported when it is wanted."""
    by_id = {rule.id: rule for rule in rules}
    if name == "json":
        from bodydouble.contracts.rendering.data import as_data  # noqa: PLC0415 - see above

        return json.dumps(as_data(report, by_id, lines), indent=2) + "\n"
    if name == "sarif":
        from importlib.metadata import version  # noqa: PLC0415 - see above

        from bodydouble.contracts.rendering.sarif import as_sarif  # noqa: PLC0415 - see above

        return json.dumps(as_sarif(report, rules, lines, version=version("bodydouble")), indent=2) + "\n"
    if name == "markdown":
        from bodydouble.contracts.rendering.markdown import as_markdown  # noqa: PLC0415 - see above

        return as_markdown(report, by_id)
    if name == "junit":
        from bodydouble.contracts.rendering.junit import as_junit  # noqa: PLC0415 - see above

        return as_junit(report, rules)
    if name == "github":
        from bodydouble.contracts.rendering.annotations import as_annotations  # noqa: PLC0415 - see above

        return as_annotations(report, lines)
    return plain(screen(report, by_id, everything=everything))


def show(lines: Sequence[Line]) -> None:
    """Print lines: with styles on a terminal, as text anywhere else."""
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        put(Output(TEXT), plain(lines))
        return
    # rich costs 60 ms to import; only a terminal needs it. It leaves colours out where NO_COLOR says so.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.text import Text  # noqa: PLC0415 - see above

    console = Console(highlight=False, soft_wrap=True)
    with _written("to standard output"):
        for line in lines:
            console.print(Text.assemble(*((span.text, span.style) for span in line)))


def say(text: str) -> None:
    """Print text as it is; what the terminal's encoding lacks is shown as an escape."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


def could_not_look(problem: Exception) -> SystemExit:
    """Tell why nothing could be compared; return what to raise."""
    click.echo(f"Error: could not look: {problem}", err=True)
    return SystemExit(Exit.COULD_NOT_LOOK)


def nothing_seen(
    problem: Exception, wanted: Iterable[Output], rules: Sequence[Rule], *, old: str, new: str
) -> SystemExit:
    """Tell why nothing could be compared, and put it into every report: none is left from the run before.

    Returns:
        What to raise.
    """
    report = Report(old=old, new=new, unseen=(_unseen(problem, new),))
    put_out(report, [each for each in wanted if each.path is not None or each.format != TEXT], rules)
    return could_not_look(problem)


def _unseen(problem: Exception, name: str) -> Finding:
    if isinstance(problem, DocumentError):
        return Finding(
            rule="unreadable",
            severity=Severity.ERROR,
            source=problem.source,
            pointer="",
            message=problem.message + (f" (line {problem.line})" if problem.line else ""),
            expected=problem.expected,
            got=problem.got,
            hint=problem.hint,
        )
    return Finding(rule="unreadable", severity=Severity.ERROR, source=name, pointer="", message=str(problem))
