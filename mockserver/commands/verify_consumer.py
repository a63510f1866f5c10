"""``bodydouble verify consumer``: holds a client against everything that the contract allows a server to do."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.mockserver.consumer.commanding import Command, Commander, Declared
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.loopback import Loopback
from bodydouble.mockserver.consumer.outcome_reports import as_json, junit, lines, markdown
from bodydouble.mockserver.consumer.outcomes import Interrupted, Outcome, Trial
from bodydouble.mockserver.consumer.processes import stopwatch
from bodydouble.mockserver.consumer.searching import Settings, search
from bodydouble.mockserver.files import write_whole
from bodydouble.mockserver.serving import PortTakenError

from .finite import FiniteRange
from .verify_targets import contract_of

FAILURES = "bodydouble-failures"
EXAMPLES = 100
SECONDS = 300.0
SPEED = 60.0
PATIENCE = 5.0
"""Seconds of a pause that commands are asked for; they wait in real time."""
SEEDS = 2**32
INTERRUPTED = 130
PLACES = ("base_url", "api_key", "origin")
REPORT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
FAIL_ON: Mapping[str, frozenset[Severity]] = {
    "error": frozenset({Severity.ERROR}),
    "warning": frozenset({Severity.ERROR, Severity.WARNING}),
}


def _pattern(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    try:
        re.compile(text or "")
    except re.error as problem:
        raise click.BadParameter(f"{text!r} is no regular expression: {problem}") from None
    return text


def _variables(
    _ctx: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    for pair in pairs:
        name, equals, _ = pair.partition("=")
        if not equals or not name or "\0" in pair:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
        for word in set(re.findall(r"\{([a-z_]+)\}", pair)) - set(PLACES):
            if hint := did_you_mean(word, PLACES):
                raise click.BadParameter(f"nothing is filled in for {{{word}}}; {hint}")
    return tuple((pair.partition("=")[0], pair.partition("=")[2]) for pair in pairs)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] COMMAND...")
@click.option(
    "--contract",
    "contracts",
    multiple=True,
    metavar="FILE|FOLDER|PAGE",
    help="OpenAPI fragments to play; may be repeated. The bundled contract by default.",
)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE", help="OpenAPI Overlay; may be repeated."
)
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    default=Level.FAULTS.value,
    show_default=True,
    help="What the client has to bear: all that the contract allows; faults of network and server, too; unknown "
    "statuses and shapes, too.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_variables,
    help="A variable for the command, beside BASE_URL and API_KEY; {base_url}, {origin} and {api_key} in it are "
    "filled in. May be repeated.",
)
@click.option(
    "--ok-exit",
    type=click.IntRange(0, 255),
    multiple=True,
    default=(0,),
    show_default=True,
    help="Exit code of a success; may be repeated.",
)
@click.option(
    "--fail-exit",
    type=click.IntRange(0, 255),
    multiple=True,
    help="Exit code of a failure; may be repeated.  [default: all others]",
)
@click.option("--ok-output", metavar="REGEX", callback=_pattern, help="What a success prints.")
@click.option(
    "--fail-output", metavar="REGEX", callback=_pattern, help="What a failure prints, whatever the exit code."
)
@click.option(
    "--deadline",
    type=FiniteRange(min=0, min_open=True, max=86400),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="After which a run hangs; the command and its children are ended.",
)
@click.option(
    "--gives-up",
    is_flag=True,
    help="The command ends by itself within the deadline if the job never does: try that, too.",
)
@click.option(
    "--speed",
    type=FiniteRange(min=0, min_open=True, max=1e6),
    default=SPEED,
    show_default=True,
    help="Seconds that pass for jobs in one second.",
)
@click.option(
    "--examples",
    type=click.IntRange(1, 100_000),
    default=EXAMPLES,
    show_default=True,
    help="Runs at most: first every departure from a plain life once, then drawn ones.",
)
@click.option(
    "--time",
    "seconds",
    type=FiniteRange(min=0, min_open=True),
    default=SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long all runs may take.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Runs at the same time."
)
@click.option(
    "--seed", type=click.IntRange(0, SEEDS), default=0, show_default=True, help="Another seed, other lives."
)
@click.option("--first", is_flag=True, help="Stop at the first failure.")
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
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
    help="Where the smallest scenarios that break the client are saved.",
)
@click.option("--json", "json_to", type=REPORT, metavar="FILE|-", help="Write the report as JSON.")
@click.option("--junit", "junit_to", type=REPORT, metavar="FILE|-", help="Write it as JUnit XML.")
@click.option("--markdown", "markdown_to", type=REPORT, metavar="FILE|-", help="Write it as Markdown.")
def consumer(
    *,
    words: Sequence[str],
    contracts: Sequence[str],
    overlays: Sequence[str],
    level: str,
    variables: Sequence[tuple[str, str]],
    ok_exit: Sequence[int],
    fail_exit: Sequence[int],
    ok_output: str | None,
    fail_output: str | None,
    deadline: float,
    gives_up: bool,
    speed: float,
    examples: int,
    seconds: float,
    jobs: int,
    seed: int,
    first: bool,
    fail_on: str,
    save: Path,
    json_to: Path | None,
    junit_to: Path | None,
    markdown_to: Path | None,
) -> None:
    """Hold a client against the contract: COMMAND submits one job, sees it through, and ends.

    It is run again and again against a double on this machine that behaves a little differently each time, in all
    the ways that the contract allows. By default it must end with 0 after a job that succeeds and with anything else
    after one that fails.

    \b
      bodydouble verify consumer -- python my_client.py
      bodydouble verify consumer --env MY_URL={base_url}/v2 --env MY_KEY={api_key} --jobs 4 -- ./run.sh
      bodydouble verify consumer --level futures --fail-output '^FAILED' -- node client.js
      bodydouble serve --scenario bodydouble-failures/client-crashed.json

    Exit codes: 0 the client bears it, 1 it breaks, 2 usage, 3 could not look (it cannot be started, or never sends a
    create), 130 interrupted.
    """
    if both := sorted({*ok_exit} & {*fail_exit}):
        raise click.UsageError(
            f"exit code {both[0]} cannot mean a success and a failure: see --ok-exit, --fail-exit"
        )
    command = Command(
        words=words,
        environment=dict(variables),
        deadline=deadline,
        declared=Declared(
            ok_exit=frozenset(ok_exit),
            fail_exit=frozenset(fail_exit) or None,
            ok_output=ok_output,
            fail_output=fail_output,
        ),
    )
    failing = FAIL_ON[fail_on]
    settings = Settings(
        level=Level(level),
        examples=examples,
        seconds=seconds,
        seed=seed,
        endless=gives_up,
        failing=failing,
        first=first,
        patience=PATIENCE,
    )
    began = stopwatch()
    try:
        with Loopback(contract_of(contracts, overlays), speed=speed, seed=seed) as loopback:
            outcome = _searched(command, loopback, settings, lambda: stopwatch() - began, jobs)
    except PortTakenError as problem:
        raise click.ClickException(str(problem)) from None
    except Interrupted as broken_off:
        outcome = broken_off.outcome
    for line in (*lines(outcome, failing), *_saved(outcome, save)):
        click.echo(_printable(line), err=True)
    for path, text in (
        (json_to, json.dumps(as_json(outcome, failing), indent=2) + "\n"),
        (junit_to, junit(outcome, failing)),
        (markdown_to, markdown(outcome, failing)),
    ):
        if path is not None:
            _write(path, text)
    sys.exit(INTERRUPTED if outcome.interrupted else outcome.verdict(failing))


def _searched(
    command: Command, loopback: Loopback, settings: Settings, elapsed: Callable[[], float], jobs: int
) -> Outcome:
    commander = Commander(command, loopback)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return search(
                commander.run,
                loopback.staging.play,
                settings,
                elapsed,
                client=" ".join(command.words)[:200],
                many=pool.map,
                listener=_progress,
            )
        except Interrupted:
            commander.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _progress(trial: Trial) -> None:
    if sys.stderr.isatty():
        word = "BROKE" if trial.breaks() else "held"
        click.echo(f"{trial.phase}: {trial.behaviour.scenario.name}: {word}", err=True)


def _saved(outcome: Outcome, folder: Path) -> list[str]:
    """Write the smallest scenarios to files; that this cannot be done must not hide what was found."""
    names = []
    try:
        for failure in outcome.failures:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{failure.finding.rule}.json"
            write_whole(path, json.dumps(failure.behaviour.as_data(), indent=2) + "\n")
            names.append(path)
    except OSError as problem:
        return [f"scenarios cannot be saved in {folder}: {problem.strerror or problem}"]
    return [f"play it with: bodydouble serve --scenario {name}" for name in names]


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        click.echo(text, nl=False)
        return
    try:
        write_whole(path, text)
    except OSError as problem:
        raise click.ClickException(f"{path} cannot be written: {problem.strerror or problem}") from None
