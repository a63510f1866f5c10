"""``bodydouble drift OLD NEW``: two sides compared, or a folder with what was accepted last."""

import shlex
from collections.abc import Callable, Sequence
from datetime import datetime

import click

from bodydouble.contracts.drift.judging import Policy, Report, judged
from bodydouble.contracts.drift.placing import lines_of
from bodydouble.contracts.drift.published import compare_sides
from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.drift.sides import BUNDLED, Side, read_side, shown
from bodydouble.contracts.drift.snapshots import SNAPSHOT, accept, accepted
from bodydouble.contracts.reading.web import DEFAULT_TIMEOUT

from .drift_options import outputs, policy_of, report_options
from .drift_reporting import could_not_look, nothing_seen, put_out

TWO = 2
CONSUMER = "--consumer"
DEADLINE = 60.0


class CompareCommand(click.Command):
    """A command of which everything after ``--consumer`` is another command, options included."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the client's command out of what is parsed."""
        own, words = split(args)
        left = super().parse_args(ctx, own)
        ctx.params["words"] = words
        return left


def split(args: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the own arguments and the client's command, which may be one text as a shell has it.

    Raises:
        click.UsageError: No command follows, or its quotes are not closed.
    """
    place = next((n for n, arg in enumerate(args) if arg.partition("=")[0] == CONSUMER), None)
    if place is None:
        return args, ()
    joined = args[place].partition("=")[2]
    words = [*([joined] if joined else []), *args[place + 1 :]]
    words = words[1:] if words[:1] == ["--"] else words
    try:
        split = shlex.split(words[0]) if len(words) == 1 else words
    except ValueError as problem:
        raise click.UsageError(f"{CONSUMER} {words[0]} cannot be split into words: {problem}") from None
    if not split:
        raise click.UsageError(f"{CONSUMER} is followed by the command that runs the client; nothing follows")
    return args[:place], tuple(split)


@click.command(cls=CompareCommand)
@click.argument("sides", nargs=-1, metavar="[OLD] NEW")
@click.option(
    "--watch-dir",
    "watched",
    metavar="DIR",
    help=f"Compare a folder of fragments with OLD, else with what was accepted last (DIR/{SNAPSHOT}), else with the "
    "bundled contract. Made for cron and CI: fetch into DIR, run this, look at the exit code.",
)
@click.option(
    "--accept",
    "accepting",
    is_flag=True,
    help="After the report, keep the folder of --watch-dir as accepted: the next run is silent about it.",
)
@click.option(
    "--timeout",
    default=DEFAULT_TIMEOUT,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds that an address may take, redirects included.",
)
@report_options
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable for the client, beside BASE_URL, API_KEY and those of the API; {base_url}, {origin} and "
    "{api_key} in it are filled in. May be repeated.",
)
@click.option(
    "--deadline",
    default=DEADLINE,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True, max=86400),
    metavar="SECONDS",
    help="After which a run of the client hangs.",
)
@click.option(
    CONSUMER,
    is_flag=True,
    expose_value=False,
    help="COMMAND... comes last, everything after it is the client: it submits one job, sees it through, and ends "
    "with 0 if that succeeded. It is run against a double of NEW on this machine: plainly, with nulls, without what is "
    "optional, with a failure, and with each value that is new in replies. A change that it met in a run that went "
    "well is marked as survived, and does not count for --fail-on.",
)
def compare(
    *,
    words: Sequence[str] = (),
    variables: Sequence[str],
    deadline: float,
    sides: Sequence[str],
    watched: str | None,
    accepting: bool,
    timeout: float,
    formats: Sequence[str],
    paths: Sequence[str],
    everything: bool,
    fail_on: str,
    overrides: Sequence[str],
    silences: str | None,
    today: datetime | None,
) -> None:
    """Compare OLD with NEW: what changed, and whom it breaks.

    \b
      bodydouble drift old.json new.json
      bodydouble drift old/ new/ --consumer python my_client.py --short

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 could not look.
    """
    old_name, new_name = _named(sides, watched, accepting=accepting)
    wanted = outputs(formats, paths)
    client = _client(words, variables, deadline)
    policy = policy_of(RULES, fail_on=fail_on, overrides=overrides, silences=silences, today=today)
    try:
        new = read_side(new_name, timeout=timeout)
        old = read_side(old_name, timeout=timeout)
    except (ValueError, OSError) as problem:
        old_shown, new_shown = shown(old_name), shown(new_name)
        raise nothing_seen(problem, wanted, RULES, old=old_shown, new=new_shown) from None
    report = _report(old, new, policy)
    if client is not None:
        report = client(report, old, new)
    code = put_out(
        report,
        wanted,
        RULES,
        everything=everything,
        find_lines=lambda: lines_of(
            [*report.changes, *(each.change for each in report.silenced)], old.text_of, new.text_of
        ),
    )
    if accepting and watched is not None:
        _accept(watched, new)
    raise SystemExit(code)


def _named(sides: Sequence[str], watched: str | None, *, accepting: bool) -> tuple[str, str]:
    """The old side and the new one, as the user named them."""
    given = [side for side in sides if side]
    if len(given) < len(sides):
        raise click.UsageError(
            "OLD or NEW is empty; expected a file, a folder, a page, an address or git:REV:PATH"
        )
    if watched is not None:
        if len(given) > 1:
            raise click.UsageError("--watch-dir DIR is NEW already; give OLD at most")
        return (given[0] if given else accepted(watched) or BUNDLED), watched
    if accepting:
        raise click.UsageError("--accept keeps the folder of --watch-dir; name one")
    if not 1 <= len(given) <= TWO:
        raise click.UsageError(f"expected OLD and NEW, or NEW alone; got {len(given)} names")
    return (given[0], given[1]) if len(given) == TWO else (BUNDLED, given[0])


def _report(old: Side, new: Side, policy: Policy) -> Report:
    found = compare_sides(old, new)
    return judged(
        found.changes,
        policy,
        old=old.name,
        new=new.name,
        notices=found.notices,
        unseen=found.unseen,
        operations=found.operations,
    )


def _client(
    words: Sequence[str], variables: Sequence[str], deadline: float
) -> Callable[[Report, Side, Side], Report] | None:
    """What marks in a report what the client survives; None where none is named."""
    if not words and not variables:
        return None
    # The double and what runs clients are half of the start where nobody wants them.
    from .drift_consumer import client_of, with_client  # noqa: PLC0415 - see above

    client = client_of(words, variables, deadline)
    return None if client is None else lambda report, old, new: with_client(report, old, new, client)


def _accept(watched: str, side: Side) -> None:
    try:
        count = accept(watched, side)
    except OSError as problem:
        raise could_not_look(problem) from None
    click.echo(f"accepted {count} files in {watched}", err=True)
