"""``bodydouble drift history``: the story of published versions as a timeline."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import click

from bodydouble.contracts.drift.histories import read_history
from bodydouble.contracts.drift.judging import NEVER
from bodydouble.contracts.drift.reverting import story
from bodydouble.contracts.drift.rules import BY_ID, RULES
from bodydouble.contracts.drift.timeline import Timeline, told
from bodydouble.contracts.rendering.screen import plain
from bodydouble.contracts.rendering.timelines import as_data, as_lines, as_markdown

from .drift_options import TEXT, format_options, outputs, policy_of, policy_options
from .drift_reporting import could_not_look, put, show

FORMATS = (TEXT, "json", "markdown")
LAST = 50

Command = TypeVar("Command", bound=Callable[..., object])
"""A function that becomes a command."""


def _options(command: Command) -> Command:
    for option in reversed((*format_options(FORMATS), *policy_options(NEVER))):
        command = option(command)
    return command


@click.command()
@click.argument("named", metavar="DIR|git:REPO:PATH")
@click.option(
    "--last",
    default=LAST,
    show_default=True,
    type=click.IntRange(min=2),
    help="How many versions, the newest.",
)
@_options
def history(
    *,
    named: str,
    last: int,
    formats: Sequence[str],
    paths: Sequence[str],
    everything: bool,
    fail_on: str,
    overrides: Sequence[str],
    silences: str | None,
    today: datetime | None,
) -> None:
    """Tell what each published version changed, the oldest first, and which returned to an earlier one.

    DIR holds one file for each version, called so that they sort by time: DATE-COMMIT.json. Of a path in a Git
    repository every commit that changed it is a version.

    \b
      bodydouble drift history history/model/
      bodydouble drift history git:../their-docs:docs/model.md

    Exit codes: 0 told, and nothing at or above --fail-on, 1 something is, 2 usage, 3 could not look.
    """
    wanted = outputs(formats, paths)
    policy = policy_of(RULES, fail_on=fail_on, overrides=overrides, silences=silences, today=today)
    try:
        found = read_history(named, last)
    except (ValueError, OSError) as problem:
        raise could_not_look(problem) from None
    timeline = told(named, story(found.versions), policy, notices=found.notices, unseen=found.unseen)
    for output in wanted:
        if output.path is None and output.format == TEXT:
            show(as_lines(timeline, everything=everything))
        else:
            put(output, _rendered(output.format, timeline, everything=everything))
    raise SystemExit(timeline.exit)


def _rendered(name: str, timeline: Timeline, *, everything: bool) -> str:
    if name == "json":
        return json.dumps(as_data(timeline, BY_ID), indent=2) + "\n"
    return as_markdown(timeline) if name == "markdown" else plain(as_lines(timeline, everything=everything))
