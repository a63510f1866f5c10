"""Options of ``bodydouble serve`` for runs that outlive their process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from click.core import ParameterSource

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
DECIDED = ("seed", "speed", "scenarios", "url_ttl", "max_jobs")
"""Parameters that a replay token stands in for."""


def check_alone(token: str | None) -> None:
    """Let a token pass that no other option contradicts.

    Raises:
        UsageError: One is given that the token stands in for.
    """
    ctx = click.get_current_context()
    for parameter in ctx.command.params if token is not None else ():
        name = parameter.name or ""
        if name in DECIDED and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(
                f"{parameter.opts[0]} is decided by --replay-token; leave one of them out."
            )


token_option = click.option(
    "--replay-token",
    metavar="TOKEN",
    help="Repeat the run whose token 'serve' printed when it started: the same requests get the same ids, durations, "
    "faults and statuses, in each namespace for itself. Stands in for --seed, --speed, --scenario, --url-ttl and "
    "--max-jobs.",
)
"""``--replay-token TOKEN``."""


replay_option = click.option(
    "--replay",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Play back the jobs that 'bodydouble proxy --record DIR' recorded, as fast as --speed says: a create gets the "
    "life of the recording whose request is most like it (the same model, then the same shape, then the most equal "
    "values; of equals the one least used). Ids are new, results are served from here. A create of a model that was "
    "not recorded is answered with 404; one that asks for a scenario gets that.",
)
"""``--replay DIR``."""


def told(problem: Exception, token: str | None) -> click.ClickException:
    """Return the error that ends a start: a wrong token is one of usage."""
    # Loaded by now if there is a token.
    from bodydouble.mockserver.replay_tokens import TokenError  # noqa: PLC0415

    if token is not None and isinstance(problem, TokenError):
        return click.UsageError(f"Invalid value for '--replay-token': {problem}")
    return click.ClickException(str(problem))


@contextmanager
def closed_at_the_end(app: Double) -> Iterator[None]:
    """Have the rest of the state written, however serving ends.

    Raises:
        click.ClickException: It could not be written.
    """
    try:
        yield
    finally:
        try:
            app.close()
        except ValueError as problem:
            raise click.ClickException(str(problem)) from None
