"""Reports about drift put out: on the terminal, to standard output, to files."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from bodydouble.contracts.drift.changes import Rule
from bodydouble.contracts.drift.judging import Exit, Report
from bodydouble.contracts.drift.placing import NOWHERE, Lines
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.rendering.screen import Line, plain, screen
from bodydouble.mockserver.files import write_whole

from .drift_options import TEXT, Output

LOCATED = frozenset({"json", "sarif", "github"})
"""Formats that tell lines, for which documents are read once more."""


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
