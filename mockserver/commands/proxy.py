"""``bodydouble proxy``: stands in front of a real API, checks what passes and records it."""

import ipaddress
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes

import click

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.proxy.forwarding import BadUpstream, Upstream, parse_upstream
from bodydouble.mockserver.proxy.observing import Observer
from bodydouble.mockserver.proxy.proxy_server import run
from bodydouble.mockserver.proxy.proxying import DEFAULT_TIMEOUT, Proxy
from bodydouble.mockserver.proxy.watching import Watch
from bodydouble.mockserver.recordings.recorder import Recorder
from bodydouble.mockserver.recordings.recording_files import FolderError, RecordingFolder
from bodydouble.mockserver.serving import PortTakenError, address_of, listen

KEEPABLE = ("ids", "prompts")


def _upstream(_context: click.Context, _parameter: click.Parameter, value: str) -> Upstream:
    try:
        return parse_upstream(value)
    except BadUpstream as problem:
        raise click.BadParameter(str(problem)) from None


def _keep(_context: click.Context, _parameter: click.Parameter, value: str) -> frozenset[str]:
    named = frozenset(word.strip() for word in value.split(",") if word.strip())
    if unknown := sorted(named - set(KEEPABLE)):
        known = " and ".join(KEEPABLE)
        raise click.BadParameter(
            f"{', '.join(unknown)} cannot be kept; known are {known}; keys are never kept"
        )
    return named


@click.command()
@click.option(
    "--upstream", required=True, callback=_upstream, metavar="URL", help="The API to stand in front of."
)
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write one file per job, and one for everything else; the folder is made if need be.",
)
@click.option(
    "--keep",
    default="",
    callback=_keep,
    metavar="ids,prompts",
    help="What recordings show as it is; by default both are replaced. Keys and signatures always are.",
)
@click.option(
    "--contract",
    "contracts",
    multiple=True,
    metavar="FILE|FOLDER|PAGE",
    help="OpenAPI fragments to check against; may be repeated. The bundled contract by default.",
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
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--timeout",
    default=DEFAULT_TIMEOUT,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds that upstream may keep silent.",
)
def proxy(
    *,
    upstream: Upstream,
    record: Path | None,
    keep: frozenset[str],
    contracts: Sequence[str],
    overlays: Sequence[str],
    host: str,
    port: int,
    timeout: float,
) -> None:
    """Stand in front of an API: pass everything through, check it against the contract, record it.

    Requests go to --upstream and nowhere else, with the key that the client sends. Redirects are handed to the
    client as they are. Nothing is changed or held back, whatever the checks say: findings appear as they occur, and
    a report when the proxy stops.

    \b
      bodydouble proxy --upstream https://api.example.com
      bodydouble proxy --upstream https://api.example.com --record recordings/
      bodydouble proxy --upstream http://127.0.0.1:8000 --contract fragments/ --port 0

    Exit codes: 0 stopped by SIGINT or SIGTERM, 1 no contract, folder or port to work with, 2 usage.
    """
    if _is_own(upstream, port):
        raise click.UsageError(f"--upstream {upstream.origin} is this proxy itself; give it another --port")
    contract = _contract(contracts, overlays)
    folder = _folder(record)
    listener = _listener(host, port)
    recorder = Recorder(upstream.origin, token_bytes(16), keep) if folder else None
    observer = Observer(Watch(contract, recorder), _say, folder)
    for line in _announcement(upstream, contract, address_of(listener), folder, listener.getsockname()[0]):
        click.echo(line)
    run(Proxy(upstream, observer.saw, timeout=timeout), listener)
    for line in observer.close():
        click.echo(line, err=True)
    click.echo("stopped")


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()


def _contract(contracts: Sequence[str], overlays: Sequence[str]) -> Contract:
    if not contracts and not overlays:
        return bundled_contract()
    # Reading what the user names takes YAML, Markdown and JSONPath: half of the start where nothing is named.
    from bodydouble.contracts.loading import load  # noqa: PLC0415

    try:
        return load(contracts, overlays)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None


def _folder(record: Path | None) -> RecordingFolder | None:
    if record is None:
        return None
    try:
        return RecordingFolder(record)
    except FolderError as problem:
        raise click.ClickException(str(problem)) from None


def _listener(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except PortTakenError as problem:
        raise click.ClickException(str(problem)) from None


def _is_own(upstream: Upstream, port: int) -> bool:
    """Whether upstream is where this proxy listens; what it forwards there would come back for ever."""
    try:
        local = upstream.host == "localhost" or ipaddress.ip_address(upstream.host).is_loopback
    except ValueError:
        local = False
    return local and upstream.port == port


def _announcement(
    upstream: Upstream, contract: Contract, address: str, folder: RecordingFolder | None, host: str
) -> list[str]:
    where = f"; records in {folder.folder}" if folder else ""
    lines = [
        f"bodydouble stands on {address} in front of {upstream.origin}{upstream.base}{where}",
        f"checks against {contract.title} {contract.version}: {len(contract.operations)} operations",
    ]
    if not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        lines.append("warning: it listens to other machines, too; whoever reaches it reaches upstream")
    return [*lines, "Ctrl-C stops it."]
