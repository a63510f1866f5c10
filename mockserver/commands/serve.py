"""``bodydouble serve``: plays a contract until it is stopped."""

import logging
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import click

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.announcing import announcement
from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.files import write_whole
from bodydouble.mockserver.namespaces import DEFAULT_IDLE
from bodydouble.mockserver.scenes.repertoire import Repertoire, UnknownScenario
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.serving import PortTakenError, address_of, listen, run
from bodydouble.mockserver.worlds import DEFAULT_MAX_JOBS, DEFAULT_URL_TTL

from .guarding import control_option, drawn_for, token_lines
from .staying import check_alone, closed_at_the_end, replay_option, state_option, token_option, told

ANY_KEY = "test"
FORMATS = ("text", "json", "junit")


def _finite(_ctx: click.Context, _parameter: click.Parameter, number: float) -> float:
    """``nan`` compares to nothing, so that it passes every range."""
    if not isfinite(number):
        raise click.BadParameter(f"{number} is no finite number.")
    return number


def _single_words(_ctx: click.Context, _parameter: click.Parameter, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Any other key could not arrive in a header (RFC 6750 section 2.1)."""
    if any(key.split() != [key] for key in keys):
        raise click.BadParameter("a key is one word.")
    return keys


def _scenarios(
    _ctx: click.Context, _parameter: click.Parameter, named: tuple[str, ...]
) -> tuple[Scenario, ...]:
    """What is given as a file is read, everything else is a name."""
    try:
        return tuple(scenario for name in named for scenario in _scenarios_of(name))
    except (OSError, ValueError, UnknownScenario) as problem:
        raise click.BadParameter(str(problem)) from None


def _scenarios_of(name: str) -> tuple[Scenario, ...]:
    if not name.lower().endswith((".json", ".yaml", ".yml")) and not Path(name).is_file():
        return (Repertoire().find(name),)
    # Few who serve have scenarios of their own; reading them takes YAML and a schema.
    from bodydouble.mockserver.scenes.scenario_texts import read_file  # noqa: PLC0415

    return read_file(Path(name))


@click.command()
@click.option(
    "--contract",
    "contracts",
    multiple=True,
    metavar="FILE|FOLDER|PAGE",
    help="OpenAPI fragments to play: JSON, YAML, a Markdown page, or a folder of them; may be repeated. "
    "The bundled contract by default; 'bundled' names it beside others.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="OpenAPI Overlay to apply to every fragment; may be repeated; 'bundled' is the bundled one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--seed", type=int, help="Repeat a run to the byte: ids, durations, URLs.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True, max=1e9),
    callback=_finite,
    help="Seconds that pass for jobs in one second.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    callback=_scenarios,
    help="What happens to jobs that ask for nothing else: a shipped scenario ('bodydouble scenarios' lists them), or "
    "the first one in a file of your own. May be repeated: the others can be asked for.  [default: succeeds]",
)
@click.option(
    "--api-key",
    "api_keys",
    multiple=True,
    envvar="BODYDOUBLE_API_KEY",
    metavar="KEY",
    callback=_single_words,
    help="A good key; may be repeated, or stand in BODYDOUBLE_API_KEY. Any key is good by default.",
)
@click.option(
    "--max-jobs",
    default=DEFAULT_MAX_JOBS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Jobs that are kept.",
)
@click.option(
    "--url-ttl",
    default=DEFAULT_URL_TTL,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="Seconds that a result's URL is good for, in the time of the jobs.",
)
@click.option(
    "--namespace-idle",
    default=DEFAULT_IDLE,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    metavar="SECONDS",
    help="A namespace (key 'test-NAME', or header X-Double-Namespace) that nobody uses for so long ends.",
)
@state_option
@control_option
@token_option
@replay_option
@click.option(
    "--report",
    type=click.Choice(FORMATS),
    help="When it stops, say what clients did wrong, and exit with 1 if it was more than notes.",
)
@click.option(
    "--report-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the report goes instead of standard output.",
)
def serve(
    *,
    contracts: Sequence[str],
    overlays: Sequence[str],
    host: str,
    port: int,
    seed: int | None,
    speed: float,
    scenarios: Sequence[Scenario],
    api_keys: Sequence[str],
    max_jobs: int,
    url_ttl: float,
    namespace_idle: float,
    state: Path | None,
    control_token: str | None,
    replay_token: str | None,
    replay: Path | None,
    report: str | None,
    report_file: Path | None,
) -> None:
    """Play an API from its contract until you stop it.

    No request leaves this machine: links in requests are never fetched, and results are served from here.

    \b
      bodydouble serve                                  the bundled API on port 8000
      bodydouble serve --speed 60 --seed 7              fast, and the same every time
      bodydouble serve --contract fragments/            your own folder of fragments
      bodydouble serve --contract page.md --port 0      a documentation page, on a free port

    A single request asks for another scenario with the header 'Prefer: scenario=NAME', or with
    [[double: NAME]] anywhere in its body.

    Exit codes: 0 stopped by SIGINT or SIGTERM, 1 nothing can be played, the port is taken, or --report found that a
    client went wrong, 2 usage.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    check_alone(replay_token)
    contract = _contract(contracts, overlays)
    drawn = drawn_for(host, control_token)
    try:
        app = create_app(
            contract,
            speed=speed,
            seed=seed,
            scenario=scenarios[0] if scenarios else SUCCEEDS,
            scenarios=scenarios[1:],
            api_keys=api_keys,
            max_jobs=max_jobs,
            url_ttl=url_ttl,
            namespace_idle=namespace_idle,
            state=state,
            control_token=control_token or drawn,
            replay_token=replay_token,
            replay=replay,
        )
    except (OSError, ValueError) as problem:
        raise told(problem, replay_token) from None
    with closed_at_the_end(app):
        _serve(app, host, port, contract, api_keys, drawn)
    click.echo("stopped")
    if report:
        _report(app, report, report_file)


def _serve(
    app: Double, host: str, port: int, contract: Contract, api_keys: Sequence[str], drawn: str | None
) -> None:
    try:
        listener = listen(host, port)
    except PortTakenError as problem:
        raise click.ClickException(str(problem)) from None
    routes = app.service.routes
    _tell_findings(contract, len(routes.findings))
    key = "YOUR_KEY" if api_keys else ANY_KEY
    lines = "\n".join(announcement(contract, routes, address_of(listener), key, app.replay_token))
    run(app, listener, lambda: click.echo((token_lines(drawn) if drawn else "") + lines))


def _report(app: Double, form: str, path: Path | None) -> None:
    told = app.report(over=True)
    # Of those who serve, few ask for a report; XML and tables are loaded when they do.
    from bodydouble.mockserver.reporting.report import rendered  # noqa: PLC0415

    text = rendered(told, form)
    if path is None:
        click.echo(text, nl=False)
    else:
        write_whole(path, text)
    if told.failed:
        raise click.exceptions.Exit(1)


def _contract(contracts: Sequence[str], overlays: Sequence[str]) -> Contract:
    if not contracts and not overlays:
        return bundled_contract()
    # Reading what the user names takes YAML, Markdown and JSONPath: a quarter of the start of a plain serve.
    from bodydouble.contracts.loading import load  # noqa: PLC0415

    try:
        return load(contracts, overlays)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None


def _tell_findings(contract: Contract, unplayable: int) -> None:
    for finding in contract.findings:
        click.echo(f"{finding.severity}: {finding.source}{finding.pointer}: {finding.message}", err=True)
    if unplayable:
        click.echo(
            f"error: {unplayable} operations cannot be played; see 'bodydouble contract lint'", err=True
        )
