"""``bodydouble demo``: the double and its client, one job that succeeds and one that fails, in seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bodydouble.client import Client, Job, JobFailed, Pace
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ScaledClock
from bodydouble.mockserver.serving import PortTakenError, address_of, listen, server_for

SPEED = 60.0
PACE = Pace(first_poll=0.1, interval=0.2, longest=0.4)
PATIENCE = 30.0
PROMPT = "a paper boat on a quiet pond"


@click.command()
@click.option("--seed", default=1, show_default=True, type=int, help="Another seed, another run.")
def demo(*, seed: int) -> None:
    """Watch one job succeed and one fail, and get a playable file.

    Starts the double on a free port, sends it two jobs with the client, shows what each poll finds, and saves the
    video to the current folder. Time runs sixty times as fast for the jobs; no request leaves this machine.

    Exit codes: 0 both jobs went as they should, 1 they did not, 2 usage.
    """
    try:
        with _running(seed) as origin, Client("demo", base_url=origin, pace=PACE) as client:
            click.echo(f"The double listens on {origin}; a minute of its time takes a second.\n")
            finished = _success(client)
            _failure(client)
            path = client.download(finished, _free_name("boat.mp4"), timeout=PATIENCE)
    except PortTakenError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"\nsaved {path} ({path.stat().st_size:,} bytes): open it, it plays")
    click.echo("next: 'bodydouble serve' keeps the double running, 'bodydouble --help' shows the rest")


def _success(client: Client) -> Job:
    click.echo("1. A job that succeeds")
    started = time.monotonic()
    job = client.create(PROMPT)
    _told("POST", job, started)
    for change in client.events(job, PATIENCE):
        _told("GET", change, started)
        job = change
    video = job.video
    if video is None:
        raise click.ClickException(f"job {job.id} ended as '{job.status}' without a video")
    click.echo(f"           {video.url.partition('?')[0]}\n")
    return job


def _failure(client: Client) -> None:
    click.echo("2. A job that fails, asked for with 'Prefer: scenario=fails-while-generating'")
    started = time.monotonic()
    job = client.create(PROMPT, headers={"Prefer": "scenario=fails-while-generating"})
    _told("POST", job, started)
    try:
        for change in client.events(job, PATIENCE):
            _told("GET", change, started)
    except JobFailed as failure:
        error = failure.job.error
        click.echo(f"           {error.name}: {error.message}" if error else f"           {failure}")
        return
    raise click.ClickException(f"job {job.id} was to fail and did not")


def _told(method: str, job: Job, started: float) -> None:
    elapsed = time.monotonic() - started
    click.echo(f"  {elapsed:5.1f} s  {method:<4}  {job.status:<10}  {job.id}")


@contextmanager
def _running(seed: int) -> Iterator[str]:
    """Serve a double on a free port in a thread of this process; yields its origin."""
    listener = listen("127.0.0.1", 0)
    server = server_for(create_app(clock=ScaledClock(SPEED), seed=seed))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


def _free_name(wanted: str) -> Path:
    """Return ``wanted``, or the first numbered name beside it that nothing has yet."""
    path = Path(wanted)
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in range(2, 10_000))
    return path if not path.exists() else next(candidate for candidate in numbered if not candidate.exists())
