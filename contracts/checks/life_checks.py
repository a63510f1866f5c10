"""What holds for a job's life as a whole, once nobody watches it any more."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from bodydouble.contracts.findings import Severity

from .check_rules import Area, Breach, Direction, History, Rule

LifeCheck: TypeAlias = Callable[[History], Iterator[Breach]]
"""Looks at a whole history and yields its breaches."""


def _ends(history: History) -> Iterator[Breach]:
    """Time counts from the answer to the create, or from the first poll; a job watched for less is not judged."""
    told = [seen for seen in history.observations if seen.status]
    if not told or history.budget is None or any(seen.stage and seen.stage.is_final for seen in told):
        return
    waited = told[-1].started - told[0].ended
    if waited >= history.budget:
        yield Breach(
            message=f"the job has not ended after {waited:g} s",
            expected=f"a final status within {history.budget:g} s",
            got=f"{told[-1].status} after {len(told)} answers",
        )


_ERROR, _REPLY = Severity.ERROR, Direction.REPLY

LIFE_RULES: tuple[tuple[Rule, LifeCheck], ...] = (
    (Rule("job-unending", _ERROR, _REPLY, Area.DURATION, "A job ends within the time it is given"), _ends),
)
"""Every rule about a job's life as a whole."""
