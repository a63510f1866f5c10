"""``bodydouble verify replay``: repeats a saved failure."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.reports import as_lines
from bodydouble.contracts.verify.failures import FailureError, Saved, parse
from bodydouble.contracts.verify.outcomes import Verdict
from bodydouble.contracts.verify.replaying import patient, repeat
from bodydouble.contracts.verify.running import player_for
from bodydouble.contracts.verify.settings import Settings

from .verify_options import INTERRUPTED, pace_for, say, server_options
from .verify_targets import contract_of, named_again, pattern_of, place_of


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.argument("server", required=False, metavar="[URL|bundled|MODULE:APP]")
@server_options
@click.option("--max-jobs", type=click.IntRange(min=0), help="Jobs that may be submitted.")
def replay(
    *,
    file: Path,
    server: str | None,
    contracts: Sequence[str],
    overlays: Sequence[str],
    model: str | None,
    key_env: str | None,
    timeout: float,
    max_jobs: int | None,
) -> None:
    """Repeat a failure that 'verify provider' has saved.

    The server of the file is asked again if it is on this machine; any other one must be named, since the key is sent
    to it.

    Exit codes: 0 the rule is kept now, 1 it is broken again, 2 usage, 3 could not look, 130 interrupted.
    """
    try:
        saved = parse(_read(file), file.name)
    except FailureError as problem:
        raise click.UsageError(str(problem)) from None
    named = server or named_again(saved.target)
    if named is None:
        raise click.UsageError(
            f"the failure is one of {saved.target}; name the server to ask: replay {file} URL"
        )
    contract = contract_of(contracts, overlays)
    pattern = _pattern(contract, saved, model)
    place = place_of(named, contract, seed=saved.seed, key_variable=key_env, timeout=timeout)
    settings = Settings(seed=saved.seed, pace=pace_for(place, None, None))
    player = player_for(contract, pattern, place.target, place.time, settings, place.key)
    player.spending.most = max_jobs
    try:
        repeated = repeat(saved if place.time.moves else patient(saved), player)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(INTERRUPTED)
    finally:
        place.target.close()
    for line in as_lines((*repeated.again, *repeated.others)):
        say(line)
    if repeated.again:
        say(f"{saved.rule} is broken again")
        sys.exit(Verdict.BROKEN)
    if repeated.stopped:
        say(f"could not look: {repeated.stopped}")
        sys.exit(Verdict.COULD_NOT_LOOK)
    say(f"{saved.rule} is kept now")


def _pattern(contract: Contract, saved: Saved, model: str | None) -> JobPattern:
    same = [pattern for pattern in contract.patterns if str(pattern.submit) == saved.pattern]
    return same[0] if model is None and len(same) == 1 else pattern_of(contract, model)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise click.UsageError(f"{file} cannot be read: {problem}") from None
