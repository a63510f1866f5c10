"""``bodydouble generate``: submit a job, wait for it, save its result."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from bodydouble.client import ConfigurationError, Job
from bodydouble.client.partfile import check_destination

from .finite import FiniteRange
from .outcomes import EXIT_CODES, Target
from .waiting import Watch, client_for, live_line

BASE_URL = click.option(
    "--base-url", metavar="URL", help="Where the API is: an origin, with or without /v1 or /v2."
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=900.0,
    show_default=True,
    help="Longest wait for the job, in seconds.",
)
INTERVAL = click.option(
    "--interval",
    type=FiniteRange(min=0.01, max=3600),
    help="Seconds between polls; by default 2, growing to 15.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


@click.command(epilog=EXIT_CODES)
@click.argument("prompt")
@click.option("--image", metavar="FILE|URL", help="Picture that becomes the first frame.")
@click.option(
    "--enhance-prompt/--no-enhance-prompt",
    default=None,
    help="Let the server rewrite the prompt, or not; the server decides by default.",
)
@click.option(
    "-o", "--output", metavar="FILE", help="Where to save the video; by default the job's id with .mp4."
)
@BASE_URL
@TIMEOUT
@INTERVAL
@JSON
def generate(
    prompt: str,
    image: str | None,
    enhance_prompt: bool | None,  # noqa: FBT001 - click's
    output: str | None,
    base_url: str | None,
    timeout: float,
    interval: float | None,
    as_json: bool,  # noqa: FBT001 - click's
) -> None:
    r"""Submit PROMPT, wait for the job and save its video.

    The key is read from the environment; for a server on this machine none is needed. A job is bought once:
    if the answer to its create is lost, nothing is sent again and the message says how to look.

    \b
      bodydouble generate "a paper boat" -o boat.mp4
      bodydouble generate "it sails" --image boat.png --base-url http://127.0.0.1:8000
    """
    watch = Watch(Target(base_url=base_url, output=output, json=as_json))
    with watch.ending():
        # The job's id is not known yet: any name finds out whether this folder can be written.
        check_output(default_output(uuid4().hex) if output is None else output)
        with client_for(base_url, interval) as client:
            fields: dict[str, Any] = {}
            if enhance_prompt is not None:
                fields[client.api.submit.enhance_field] = enhance_prompt
            with live_line() as line:

                def created(job: Job) -> None:
                    watch.saw(job)
                    watch.target = replace(watch.target, output=output or default_output(job.id))

                heard = watch.heard(line)
                done = client.generate(
                    prompt, image=image, timeout=timeout, on_created=created, on_progress=heard, **fields
                )
                watch.saw(done)
                line.say("downloading")
                client.download(done, watch.target.output or "", timeout=timeout)
            watch.done(saved(watch.target.output or ""))


def check_output(output: str) -> None:
    """Refuse a destination that cannot be written before anything is bought.

    Raises:
        ConfigurationError: It is a directory, its directory is missing, and so on.
    """
    try:
        check_destination(Path(output))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot save to {output!r}: {error}") from None


def default_output(job_id: str) -> str:
    """Return a file name for a job's video that is safe on every file system."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", job_id).strip("-_")[:100]
    return f"{name or 'video'}.mp4"


def saved(output: str) -> str:
    """Return what a person is told of a saved file; its name may be any bytes."""
    return f"saved {click.format_filename(output)}"
