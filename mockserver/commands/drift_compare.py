"""``bodydouble drift OLD NEW``: two sides compared, or a folder with what was accepted last."""

from collections.abc import Sequence
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


@click.command()
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
def compare(
    *,
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

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 could not look.
    """
    old_name, new_name = _named(sides, watched, accepting=accepting)
    wanted = outputs(formats, paths)
    policy = policy_of(RULES, fail_on=fail_on, overrides=overrides, silences=silences, today=today)
    try:
        new = read_side(new_name, timeout=timeout)
        old = read_side(old_name, timeout=timeout)
    except (ValueError, OSError) as problem:
        old_shown, new_shown = shown(old_name), shown(new_name)
        raise nothing_seen(problem, wanted, RULES, old=old_shown, new=new_shown) from None
    report = _report(old, new, policy)
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


def _accept(watched: str, side: Side) -> None:
    try:
        count = accept(watched, side)
    except OSError as problem:
        raise could_not_look(problem) from None
    click.echo(f"accepted {count} files in {watched}", err=True)
