"""``bodydouble verify compare``: asks two servers the same, and tells where they differ."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from secrets import randbelow
from typing import Any

import click

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.verify.comparing import Comparison, Side, compared
from bodydouble.contracts.verify.comparison_reports import as_json, junit, lines, markdown
from bodydouble.contracts.verify.outcomes import Verdict
from bodydouble.contracts.verify.planning import Unplannable, planned
from bodydouble.contracts.verify.settings import Settings

from .verify_options import (
    FAIL_ON,
    INTERRUPTED,
    SEEDS,
    as_text,
    fail_on,
    pace_for,
    run_options,
    say,
    server_options,
    settings_for,
    show,
    write,
)
from .verify_progress import progress_line
from .verify_targets import Place, contract_of, key_names, lacks_key, pattern_of, place_of

REPORT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("one", metavar="URL_A|bundled|MODULE:APP")
@click.argument("other", metavar="URL_B|bundled|MODULE:APP")
@server_options
@run_options
@click.option("--other-key-env", metavar="NAME", help="The variable that holds the key of the second server.")
@click.option(
    "--dry-run", is_flag=True, help="Print what each would be sent and what it may cost; send nothing."
)
@click.option(
    "--fail-on",
    "severity",
    type=click.Choice(FAIL_ON),
    default="warning",
    show_default=True,
    help="What exits with 1.",
)
@click.option("--json", "json_to", type=REPORT, metavar="FILE|-", help="Write the report as JSON.")
@click.option("--junit", "junit_to", type=REPORT, metavar="FILE|-", help="Write it as JUnit XML.")
@click.option("--markdown", "markdown_to", type=REPORT, metavar="FILE|-", help="Write it as Markdown.")
def compare(
    *,
    one: str,
    other: str,
    contracts: Sequence[str],
    overlays: Sequence[str],
    model: str | None,
    key_env: str | None,
    other_key_env: str | None,
    timeout: float,
    seed: int | None,
    dry_run: bool,
    severity: str,
    json_to: Path | None,
    junit_to: Path | None,
    markdown_to: Path | None,
    **told: Any,
) -> None:
    """Ask two servers the same, and tell where they differ: the double and the real API, or two versions of a service.

    Told are bodies that one accepts and the other refuses, status codes, status words, members of replies and headers
    that only one has, and how long jobs and replies take; with each, what to change in the overlay or the scenario.
    Limits hold for each server.

    \b
      bodydouble verify compare bundled https://api.example.com --max-jobs 3
      bodydouble verify compare http://127.0.0.1:8000 http://127.0.0.1:8001 --seed 7

    Exit codes: 0 they agree, 1 they differ, 2 usage, 3 could not look at both, 130 interrupted.
    """
    chosen = randbelow(SEEDS) if seed is None else seed
    contract = contract_of(contracts, overlays)
    pattern = pattern_of(contract, model)
    if told["max_cost"] is not None and not contract.conventions.price.usd:
        raise click.UsageError(
            "the contract states no price, so that --max-cost cannot be kept; use --max-jobs"
        )
    with ExitStack() as opened:
        places, variables = [], (key_env, other_key_env or key_env)
        for name, variable in zip((one, other), variables, strict=True):
            place = place_of(name, contract, seed=chosen, key_variable=variable, timeout=timeout)
            opened.callback(place.target.close)
            places.append(place)
        # What is sent to one must be sent to the other: the more careful of the two decides.
        careful = min(places, key=lambda place: place.is_local)
        shared = settings_for(careful, seed=chosen, shrink=False, **told)
        try:
            if dry_run:
                for place in places:
                    click.echo(f"{place.target.origin}: nothing is sent")
                    show(planned(contract, pattern, shared).lines())
                return
            for place, variable in zip(places, variables, strict=True):
                _refuse_without_key(place, pattern, variable)
            sides = _side(places[0], shared), _side(places[1], shared)
            with progress_line() as listener:
                found = compared(contract, pattern, *sides, listener)
        except Unplannable as problem:
            raise click.UsageError(str(problem)) from None
    failing = fail_on(severity)
    for line in lines(found, failing):
        say(line)
    _write(found, failing, json_to, junit_to, markdown_to)
    if any(outcome.interrupted for outcome in found.outcomes):
        sys.exit(INTERRUPTED)
    sys.exit(found.verdict(failing))


def _refuse_without_key(place: Place, pattern: JobPattern, variable: str | None) -> None:
    if lacks_key(place, pattern):
        say(f"could not look: {place.target.origin} asks for a key; set {key_names(variable)}")
        sys.exit(Verdict.COULD_NOT_LOOK)


def _write(
    found: Comparison,
    failing: frozenset[Severity],
    json_to: Path | None,
    junit_to: Path | None,
    markdown_to: Path | None,
) -> None:
    for path, text in (
        (json_to, as_text(as_json(found, failing))),
        (junit_to, junit(found, failing)),
        (markdown_to, markdown(found, failing)),
    ):
        if path is not None:
            write(path, text)


def _side(place: Place, shared: Settings) -> Side:
    """What is sent is shared; how often jobs are polled is not, unless it was said."""
    usual = pace_for(place, None, shared.pace.job_timeout)
    pace = shared.pace if shared.pace.growth == 1 else usual
    return Side(place.target, place.time, replace(shared, pace=pace), place.key)
