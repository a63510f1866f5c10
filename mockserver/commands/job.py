"""``bodydouble job``: go on with a job that exists."""

from collections.abc import Sequence
from urllib.parse import quote

import click

from bodydouble.client import Job

from .generate import BASE_URL, INTERVAL, JSON, TIMEOUT, check_output, default_output, saved
from .outcomes import EXIT_CODES, Target
from .waiting import Watch, client_for, live_line


class IdCommand(click.Command):
    """A command with one argument, a job's id, that may begin with a dash.

    What begins with a dash and is no option of this command is the id; ``--`` before it settles the rest.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the id behind ``--`` before click reads the options."""
        return super().parse_args(ctx, with_id_last(args, self.get_params(ctx)))


def with_id_last(args: Sequence[str], parameters: Sequence[click.Parameter]) -> list[str]:
    """Return ``args`` with what is no option or its value moved behind ``--``."""
    options = [parameter for parameter in parameters if isinstance(parameter, click.Option)]
    valued = {name for option in options if not option.is_flag for name in option.opts}
    flags = {name for option in options if option.is_flag for name in (*option.opts, *option.secondary_opts)}
    kept: list[str] = []
    others: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            others.extend(words)
        elif word in valued:
            kept.append(word)
            kept.extend(value for value in [next(words, None)] if value is not None)
        elif word in flags or (word.startswith("--") and word.partition("=")[0] in valued):
            kept.append(word)
        else:
            others.append(word)
    return [*kept, "--", *others]


@click.group(epilog=EXIT_CODES)
def job() -> None:
    r"""Go on with a job that exists, by its id.

    An id that begins with a dash is taken as it is, or after --.
    """


@job.command(cls=IdCommand, epilog=EXIT_CODES)
@click.argument("job_id", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="Save the video there when the job is complete.")
@BASE_URL
@TIMEOUT
@INTERVAL
@JSON
def wait(
    job_id: str,
    output: str | None,
    base_url: str | None,
    timeout: float,
    interval: float | None,
    as_json: bool,  # noqa: FBT001 - click's
) -> None:
    """Wait until job ID is complete."""
    watch = Watch(Target(base_url=base_url, output=output, json=as_json))
    with watch.ending():
        if output is not None:
            check_output(output)
        with client_for(base_url, interval) as client:
            watch.saw(client.attach(job_id))
            with live_line() as line:
                done = watch.saw(client.wait(job_id, timeout, on_progress=watch.heard(line)))
                if output is not None:
                    line.say("downloading")
                    client.download(done, output, timeout=timeout)
        watch.done(_told(done) if output is None else saved(output))


@job.command(cls=IdCommand, epilog=EXIT_CODES)
@click.argument("job_id", metavar="ID")
@BASE_URL
@JSON
def show(job_id: str, base_url: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's
    """Ask for job ID once and print what it is now.

    That the job was found is exit code 0, whatever its status.
    """
    watch = Watch(Target(base_url=base_url, json=as_json))
    with watch.ending(), client_for(base_url, None) as client:
        watch.done(_told(watch.saw(client.look(job_id))))


@job.command(cls=IdCommand, epilog=EXIT_CODES)
@click.argument("job_id", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="Where to save the video; by default the id with .mp4.")
@BASE_URL
@TIMEOUT
@JSON
def download(job_id: str, output: str | None, base_url: str | None, timeout: float, as_json: bool) -> None:  # noqa: FBT001 - click's
    """Save the video of job ID, which must be complete.

    A former download to the same file that was cut off is gone on with.
    """
    path = output or default_output(job_id)
    watch = Watch(Target(base_url=base_url, output=path, json=as_json))
    with watch.ending():
        check_output(path)
        with client_for(base_url, None) as client:
            watch.saw(client.attach(job_id))
            found = watch.saw(client.look(job_id))
            with live_line() as line:
                line.say("downloading")
                client.download(found, path, timeout=timeout)
        watch.done(saved(path))


def _told(job_seen: Job) -> str:
    lines = [f"{ascii(job_seen.id)[1:-1]}: {ascii(job_seen.status)[1:-1]}"]
    lines += [f"error: {job_seen.error}"] if job_seen.error else []
    lines += [f"video: {_harmless(video.url)}" for video in job_seen.videos]
    return "\n".join(lines)


def _harmless(url: str) -> str:
    """Return ``url`` with what a terminal would obey percent-encoded, as it is requested."""
    return "".join(c if c.isprintable() else quote(c, errors="replace") for c in url)
