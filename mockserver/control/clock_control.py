"""Control over the clock of a namespace: every job of it moves with it at once, and no other does."""

import re
from datetime import datetime

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.problems import rfc3339
from bodydouble.mockserver.worlds import World

from .asking import Asked, Told, told
from .inputs import wrong_body

LATEST = 253_402_300_799.0
"""The last second of the year 9999, beyond which no date can be written (RFC 3339)."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def get_clock(asked: Asked) -> Told:
    """Return what time it is."""
    return told(clock_data(asked.world))


def clock_data(world: World) -> JSON:
    """Return what a world's clock shows."""
    now = world.clock()
    speed = world.clock.speed
    return {"now": now, "time": rfc3339(now), "speed": speed, "frozen": speed == 0}


def freeze_clock(asked: Asked) -> Told:
    """Stop the clock."""
    asked.world.clock.scale(0)
    return get_clock(asked)


def advance_clock(asked: Asked) -> Told:
    """Move the clock forward.

    Raises:
        Refused: With a 400: it would show a moment after the year 9999.
    """
    seconds = asked.body["seconds"]
    if asked.world.clock() + seconds > LATEST:
        raise wrong_body(
            "/seconds", "the clock would leave the calendar", "no moment after the year 9999", f"{seconds} s"
        )
    asked.world.clock.advance(seconds)
    return get_clock(asked)


def scale_clock(asked: Asked) -> Told:
    """Have the clock run at another speed."""
    asked.world.clock.scale(asked.body["speed"])
    return get_clock(asked)


def jump_clock(asked: Asked) -> Told:
    """Set the clock to a moment that has not passed yet.

    Raises:
        Refused: With a 400: it has passed, lies after the year 9999, or is no moment.
    """
    wanted = asked.body["to"]
    moment = _moment(wanted) if isinstance(wanted, str) else float(wanted)
    shown = asked.world.clock()
    if not shown <= moment <= LATEST:
        raise wrong_body(
            "/to",
            f"the clock shows {rfc3339(shown)} and never runs backwards, nor beyond the year 9999",
            f"a moment from {shown:.3f} to {LATEST:.0f}",
            f"{moment:.3f}",
        )
    asked.world.clock.jump(moment)
    return get_clock(asked)


def _moment(text: str) -> float:
    wrong = wrong_body(
        "/to",
        "this is no moment",
        "seconds since the epoch, or RFC 3339 such as 2026-01-01T00:00:00Z",
        repr(text),
    )
    if not _MOMENT.fullmatch(text):
        raise wrong
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except (ValueError, OverflowError):
        raise wrong from None
