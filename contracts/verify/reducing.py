"""Failures reduced: steps are left out one by one, as long as the same rule breaks again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from .failures import Saved
from .ledger import Failure
from .player import Player
from .replaying import repeat
from .steps import Step

ATTEMPTS = 40
"""Ways to leave something out that are tried for one failure."""
MOST = 12
"""Failures that are reduced; of more, the first ones say enough."""
LEAST_STEPS = 2


def reduced(failure: Failure, fresh: Callable[[], Player]) -> Failure:
    """Return the failure with as few steps as still lead to it, and what came of those; itself if none is needless.

    Args:
        failure: What was found.
        fresh: Returns what plays steps and has found nothing yet.

    Raises:
        Stopped: Nothing more can be sent.
    """
    best, attempts = failure, 0
    improved = True
    while improved and attempts < ATTEMPTS:
        improved = False
        for steps in shorter(best.steps):
            attempts += 1
            found = _again(failure, steps, fresh())
            if found is not None and len(found.steps) < len(best.steps):
                best, improved = replace(found, phase=failure.phase), True
                break
            if attempts >= ATTEMPTS:
                break
    return best


def shorter(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yield the steps with some of those between the first and the last left out: most of them first, then one each.

    Time passes all the same: what is left waits for what is not.
    """
    inner = range(1, len(steps) - 1)
    if len(inner) > LEAST_STEPS:
        yield without(steps, set(inner))
        half = len(inner) // 2
        yield without(steps, set(inner[:half]))
        yield without(steps, set(inner[half:]))
    for number in inner:
        yield without(steps, {number})


def without(steps: tuple[Step, ...], left_out: set[int]) -> tuple[Step, ...]:
    """Return the steps but those with these numbers; their pauses are added to the next step that stays."""
    kept: list[Step] = []
    pause = 0.0
    for number, step in enumerate(steps):
        if number in left_out:
            pause += step.after
        else:
            kept.append(replace(step, after=step.after + pause))
            pause = 0.0
    return tuple(kept)


def _again(failure: Failure, steps: tuple[Step, ...], player: Player) -> Failure | None:
    rule = failure.finding.rule
    repeat(Saved(rule, steps, "", 0), player, to_the_end=False)
    return next((found for found in player.ledger if found.finding.rule == rule), None)
