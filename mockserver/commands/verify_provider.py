"""``bodydouble verify provider``: holds a server against the contract."""

import sys
from collections.abc import Sequence
from pathlib import Path
from secrets import randbelow
from typing import Any

import click

from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.verify.failures import file_name, render
from bodydouble.contracts.verify.outcomes import Outcome, Verdict
from bodydouble.contracts.verify.planning import Unplannable, planned
from bodydouble.contracts.verify.reporting import as_json, commands, junit, lines, markdown
from bodydouble.contracts.verify.running import Run
from bodydouble.mockserver.files import write_whole

from .verify_options import (
    FAIL_ON,
    INTERRUPTED,
    SEEDS,
    as_text,
    fail_on,
    run_options,
    say,
    server_options,
    settings_for,
    show,
    write,
)
from .verify_progress import progress_line
from .verify_targets import KEY_VARIABLE, Place, contract_of, key_names, lacks_key, pattern_of, place_of

FAILURES = "bodydouble-failures"
REPORT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("server", metavar="URL|bundled|MODULE:APP")
@server_options
@run_options
@click.option(
    "--shrink/--no-shrink", default=None, help="Make failures smaller by sending more. On this machine only."
)
@click.option("--first", is_flag=True, help="Stop at the first failure.")
@click.option(
    "--dry-run", is_flag=True, help="Print what would be sent and what it may cost, and send nothing."
)
@click.option(
    "--fail-on",
    "severity",
    type=click.Choice(FAIL_ON),
    default="warning",
    show_default=True,
    help="What exits with 1.",
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    default=FAILURES,
    show_default=True,
    metavar="DIR",
    help="Where failures are saved, one file each; the folder is made if there are any.",
)
@click.option("--json", "json_to", type=REPORT, metavar="FILE|-", help="Write the report as JSON.")
@click.option("--junit", "junit_to", type=REPORT, metavar="FILE|-", help="Write it as JUnit XML.")
@click.option("--markdown", "markdown_to", type=REPORT, metavar="FILE|-", help="Write it as Markdown.")
def provider(
    *,
    server: str,
    contracts: Sequence[str],
    overlays: Sequence[str],
    model: str | None,
    key_env: str | None,
    timeout: float,
    seed: int | None,
    first: bool,
    dry_run: bool,
    severity: str,
    save: Path,
    json_to: Path | None,
    junit_to: Path | None,
    markdown_to: Path | None,
    **told: Any,
) -> None:
    """Hold a server against the contract: a URL, 'bundled' for the double in this process, or an ASGI application.

    First polls of no job, which cost nothing; then jobs that are followed to their result, bodies at the edges of the
    schema, invalid ones, drawn ones, and lives of several jobs interleaved. The key comes from the environment, is
    sent to the server alone, and is neither printed nor saved.

    \b
      bodydouble verify provider http://127.0.0.1:8000
      bodydouble verify provider bundled --seed 7
      bodydouble verify provider my.service:app --contract openapi.yaml
      bodydouble verify provider https://api.example.com --dry-run
      bodydouble verify provider https://api.example.com --key-env MY_KEY --max-jobs 3

    Exit codes: 0 the contract is kept, 1 it is broken, 2 usage, 3 could not look (no or a refused key, no credit, rate
    limits throughout, unreachable, budget or time spent), 130 interrupted.
    """
    chosen = randbelow(SEEDS) if seed is None else seed
    contract = contract_of(contracts, overlays)
    pattern = pattern_of(contract, model)
    if told["max_cost"] is not None and not contract.conventions.price.usd:
        raise click.UsageError(
            "the contract states no price, so that --max-cost cannot be kept; use --max-jobs"
        )
    place = place_of(server, contract, seed=chosen, key_variable=key_env, timeout=timeout)
    settings = settings_for(place, seed=chosen, first_only=first, **told)
    try:
        if dry_run:
            click.echo(f"{place.target.origin}: nothing is sent")
            show(planned(contract, pattern, settings).lines())
            return
        _refuse_without_key(place, pattern, key_env)
        with progress_line() as listener:
            outcome = Run(
                contract, pattern, place.target, place.time, settings, listener=listener, key=place.key
            )()
    except Unplannable as problem:
        raise click.UsageError(str(problem)) from None
    finally:
        place.target.close()
    failing = fail_on(severity)
    key_name = key_env or KEY_VARIABLE
    saved = _save(outcome, save, pattern, place.key, key_name)
    for line in lines(outcome, failing, key_name):
        say(line)
    for line in saved:
        say(line)
    for path, text in (
        (json_to, as_text(as_json(outcome, failing, key_name))),
        (junit_to, junit(outcome, failing)),
        (markdown_to, markdown(outcome, failing)),
    ):
        if path is not None:
            write(path, text)
    sys.exit(INTERRUPTED if outcome.interrupted else outcome.verdict(failing))


def _refuse_without_key(place: Place, pattern: JobPattern, key_env: str | None) -> None:
    if lacks_key(place, pattern):
        say(f"could not look: {place.target.origin} asks for a key; set {key_names(key_env)}")
        sys.exit(Verdict.COULD_NOT_LOOK)


def _save(outcome: Outcome, folder: Path, pattern: JobPattern, key: str, key_name: str) -> list[str]:
    """Write failures to files; that this cannot be done must not hide what was found."""
    names: list[str] = []
    try:
        for failure in outcome.failures:
            folder.mkdir(parents=True, exist_ok=True)
            name = file_name(failure, names)
            text = render(
                failure,
                target=outcome.target,
                pattern=str(pattern.submit),
                seed=outcome.seed,
                key=key,
                curl=commands(failure, outcome.target, key_name),
            )
            write_whole(folder / name, text)
            names.append(name)
    except OSError as problem:
        return [f"failures cannot be saved in {folder}: {problem.strerror or problem}"]
    return [f"repeat with: bodydouble verify replay {folder / name}" for name in names]
