"""``bodydouble learn``: turns recordings into scenarios whose durations follow what was measured."""

import json
from pathlib import Path
from statistics import median

import click

from bodydouble.mockserver.files import write_whole
from bodydouble.mockserver.recordings.learning import Learned, NothingLearned, learn
from bodydouble.mockserver.recordings.recording_files import FolderError, read_folder
from bodydouble.mockserver.recordings.recordings import RecordingError


@click.command(name="learn")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", default="learned", show_default=True, help="The scenario's name, in kebab-case.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the scenarios go; standard output by default.",
)
def learn_command(folder: Path, name: str, output: Path | None) -> None:
    """Turn recordings into scenarios: durations as they were measured, and failures if there were any.

    \b
      bodydouble proxy --upstream https://api.example.com --record recordings/
      bodydouble learn recordings/ --output learned.json

    Exit codes: 0 done, 1 nothing can be learned or written, 2 usage.
    """
    try:
        learned = learn(read_folder(folder))
        text = json.dumps(learned.as_json(name), indent=2, ensure_ascii=False)
        if output is None:
            click.echo(text)
        else:
            write_whole(output, f"{text}\n")
    except (FolderError, RecordingError, NothingLearned) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"cannot write {output}: {problem.strerror or problem}") from None
    click.echo(_summary(learned), err=True)


def _summary(learned: Learned) -> str:
    ended = learned.succeeded + learned.failed
    middle = median(learned.queued), median(learned.running)
    more = f"; {learned.unfinished} without an end left out" if learned.unfinished else ""
    return (
        f"{ended} jobs, {learned.failed} failed; half waited under {middle[0]:.1f} s and ran under "
        f"{middle[1]:.1f} s, to about {learned.uncertainty:.1f} s{more}"
    )
