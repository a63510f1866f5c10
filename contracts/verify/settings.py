"""What a run is told."""

from dataclasses import dataclass, field

from .budgets import Allotment, Limits
from .pacing import Pace

EXAMPLES = 40
"""Bodies that are drawn, and lives that are interleaved, unless a run is told otherwise."""
LIVES = 2
JOBS_AT_ONCE = 3
"""Jobs that one example of interleaved lives submits."""
STEPS = 18
"""Steps of one such example."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is told.

    Attributes:
        seed: Decides everything that is drawn.
        examples: Bodies that are drawn, and lives that are interleaved.
        negative: Whether creates are sent that must be refused: a server that takes one may charge for it.
        shrink: Whether failures are made smaller by sending more.
        first_only: Whether the first failure ends the run.
        limits: What may be spent.
        pace: Of the polls.
    """

    seed: int = 0
    examples: int = EXAMPLES
    negative: bool = True
    shrink: bool = True
    first_only: bool = False
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)

    def wanted(self, corners: int) -> Allotment:
        """Return the jobs that each phase would like to submit."""
        drawn = self.examples
        return Allotment(LIVES, corners, drawn, max(drawn // 2, 1) * JOBS_AT_ONCE if drawn else 0)
