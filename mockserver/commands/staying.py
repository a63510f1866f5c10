"""Options of ``bodydouble serve`` for runs that outlive their process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bodydouble.mockserver.app import Double

state_option = click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep jobs, clocks, limits and journals in a SQLite file, so that they outlive this process. Whatever was "
    "answered has been written before: a crash of the process, kill -9 included, loses nothing of it. A power failure "
    "may lose the last moments, and never damages the rest. Journals, and polls that change nothing, are written every "
    "256 requests and at the end. The seed is the file's; time goes on while no server runs. One server at a time.",
)
"""``--state FILE``."""


@contextmanager
def closed_at_the_end(app: Double) -> Iterator[None]:
    """Have the rest of the state written, however serving ends."""
    try:
        yield
    finally:
        try:
            app.close()
        except ValueError as problem:
            raise click.ClickException(str(problem)) from None
