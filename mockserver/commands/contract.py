"""``bodydouble contract``: shows, lints, exports and imports what is played."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.exporting.export import export as export_contract
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern, Promise
from bodydouble.contracts.lint.defects import defects_among
from bodydouble.contracts.loading import load, overlaid, overlay_named, published
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.reports import ORDER, as_json, as_lines, tally, worst_first
from bodydouble.mockserver.files import write_whole

Command = TypeVar("Command", bound=Callable[..., object])
"""A function that becomes a command."""


def _sources(command: Command) -> Command:
    overlay = click.option(
        "--overlay",
        "overlays",
        multiple=True,
        metavar="FILE",
        help="OpenAPI Overlay to apply; may be repeated; 'bundled' is the bundled one.",
    )
    return click.argument("sources", nargs=-1, metavar="[FILE|FOLDER|PAGE]...")(overlay(command))


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """What is wrong with a document is the user's to read, no traceback."""
    try:
        yield
    except (ValueError, OSError) as problem:
        raise click.ClickException(str(problem)) from None


@click.group()
def contract() -> None:
    """Show, lint, export or import what is played.

    SOURCES are OpenAPI fragments: JSON, YAML, a Markdown page with OpenAPI in code blocks, or a folder of
    these. Without any, the bundled contract is meant.
    """


@contract.command()
@_sources
@click.option("--json", "as_data", is_flag=True, help="Print JSON.")
def show(*, sources: Sequence[str], overlays: Sequence[str], as_data: bool) -> None:
    """Show operations, job patterns and what was repaired."""
    with _errors_in_one_line():
        shown = load(sources, overlays)
        defects = defects_among(published(sources).fragments)
    if as_data:
        click.echo(json.dumps(_data(shown, defects), indent=2))
        return
    for line in _lines(shown, defects):
        click.echo(line)


def _lines(shown: Contract, defects: Sequence[Finding]) -> Iterator[str]:
    yield f"{shown.title} {shown.version}"
    for pattern in shown.patterns:
        yield ""
        yield from _pattern_lines(pattern)
    if shown.findings:
        yield ""
        yield from as_lines(shown.findings)
    yield ""
    yield f"as published: {tally(defects)}; 'bodydouble contract lint' lists them"


def _pattern_lines(pattern: JobPattern) -> Iterator[str]:
    yield f"{', '.join(pattern.models) or pattern.submit.operation_id}  ({pattern.submit.source})"
    yield f"  submit  {pattern.submit}" + "".join(f", also {alias.path}" for alias in pattern.submit.aliases)
    place = f"{pattern.parameter.location} parameter {pattern.parameter.name}"
    yield f"  poll    {pattern.poll}  id in {place}"
    created, polled = " ".join(pattern.submitted.ids), " ".join(pattern.polled.ids)
    yield f"  id      {created} in the create's reply, {polled} in the poll's"
    for promise in pattern.polled.promises:
        yield f"  {promise.status:<12}{promise.stage:<8} {_promised(promise)}".rstrip()


def _promised(promise: Promise) -> str:
    present = [f"has {' '.join(promise.present)}"] if promise.present else []
    absent = [f"lacks {' '.join(promise.absent)}"] if promise.absent else []
    return ", ".join(present + absent)


def _data(shown: Contract, defects: Sequence[Finding]) -> JSON:
    return {
        "title": shown.title,
        "version": shown.version,
        "patterns": [_pattern_data(pattern) for pattern in shown.patterns],
        "findings": as_json(shown.findings),
        "defects": as_json(defects),
    }


def _pattern_data(pattern: JobPattern) -> JSON:
    return {
        "source": pattern.submit.source,
        "models": list(pattern.models),
        "submit": str(pattern.submit),
        "aliases": [alias.path for alias in pattern.submit.aliases],
        "poll": str(pattern.poll),
        "parameter": {"name": pattern.parameter.name, "in": pattern.parameter.location},
        "id": {"submit": list(pattern.submitted.ids), "poll": list(pattern.polled.ids)},
        "status": {"submit": pattern.submitted.status, "poll": pattern.polled.status},
        "statuses": {
            promise.status: {
                "stage": str(promise.stage),
                "present": list(promise.present),
                "absent": list(promise.absent),
            }
            for promise in pattern.polled.promises
        },
    }


@contract.command()
@_sources
@click.option("--json", "as_data", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in ORDER), "never"]),
    default="never",
    show_default=True,
    help="Exit with 1 when a defect is at least this severe.",
)
def lint(*, sources: Sequence[str], overlays: Sequence[str], as_data: bool, fail_on: str) -> None:
    """List the defects of fragments as they are published, or with overlays applied.

    Defects never keep a contract from being played; what does is an error of its own.

    Exit codes: 0 listed, 1 a defect is as severe as --fail-on or a document cannot be read, 2 usage.
    """
    with _errors_in_one_line():
        given = published(sources)
        fragments = overlaid(given.fragments, map(overlay_named, overlays))
        findings = worst_first((*given.findings, *defects_among(fragments)))
    if as_data:
        click.echo(json.dumps(as_json(findings), indent=2))
    else:
        for line in (*as_lines(findings), tally(findings)):
            click.echo(line)
    if fail_on != "never" and any(_at_least(finding, Severity(fail_on)) for finding in findings):
        raise SystemExit(1)


def _at_least(finding: Finding, severity: Severity) -> bool:
    return ORDER.index(finding.severity) <= ORDER.index(severity)


@contract.command(name="export")
@_sources
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def export_command(*, sources: Sequence[str], overlays: Sequence[str], output: Path | None) -> None:
    """Write one resolved, valid OpenAPI 3.1 document, with links from create to poll."""
    with _errors_in_one_line():
        text = json.dumps(export_contract(load(sources, overlays)), indent=2, ensure_ascii=False) + "\n"
        if output is None:
            click.echo(text, nl=False)
            return
        write_whole(output, text)
    click.echo(f"wrote {output}", err=True)


@contract.command(name="import")
@click.argument("sources", nargs=-1, required=True, metavar="FILE|FOLDER|PAGE...")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of fragments; made if it is missing.",
)
@click.option("--force", is_flag=True, help="Replace files that hold something else.")
def import_command(*, sources: Sequence[str], folder: Path, force: bool) -> None:
    """Put the fragments of a page or file into a folder, one JSON file each, unchanged.

    A file that is there already and holds the same is left alone; one that differs is not replaced unless
    --force says so. Exit codes: 0 all are in the folder, 1 something cannot be read or would be replaced, 2 usage.
    """
    with _errors_in_one_line():
        named = _named(published(sources).fragments)
        texts = {
            folder / name: json.dumps(f.document, indent=2, ensure_ascii=False) + "\n" for name, f in named
        }
        changed = {path: text for path, text in texts.items() if not _holds(path, text)}
        in_the_way = [str(path) for path in changed if path.exists()]
        if in_the_way and not force:
            raise ValueError(f"{', '.join(in_the_way)} would be replaced; nothing was written; try --force")
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in changed.items():
            write_whole(path, text)
    for path in texts:
        click.echo(f"{'wrote' if path in changed else 'kept'} {path}")


def _named(fragments: Sequence[Fragment]) -> list[tuple[str, Fragment]]:
    """File names from what each fragment does, numbered where two would be the same."""
    taken: dict[str, int] = {}
    named = []
    for fragment in fragments:
        stem = _stem(fragment)
        taken[stem] = taken.get(stem, 0) + 1
        number = f"-{taken[stem]}" if taken[stem] > 1 else ""
        named.append((f"{stem}{number}.json", fragment))
    return named


def _stem(fragment: Fragment) -> str:
    words = [f"{operation.method}-{operation.path}" for operation in operations_of(fragment)[:1]]
    title = [str(word) for word in _titles(fragment)]
    text = "-".join((*title[:1], *words)) or "fragment"
    return "-".join("".join(c if c.isascii() and (c.isalnum() or c in "._") else " " for c in text).split())[
        :120
    ]


def _titles(fragment: Fragment) -> Iterator[JSON]:
    """Titles of request schemas: upstream puts the model's name there."""
    for operation in operations_of(fragment):
        if operation.request is not None and operation.request.lenient.get("title"):
            yield operation.request.lenient["title"]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()
