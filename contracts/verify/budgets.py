"""What a run may spend, and what it has spent."""

from dataclasses import dataclass

from bodydouble.contracts.conventions import Price

ESSENTIAL = 2
"""Jobs of the first phase: two, where there are two, since one cannot show that ids differ."""
REMOTE_JOBS = 5
"""Jobs that a run may submit to somebody else's server unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may spend.

    Attributes:
        jobs: Jobs that may be submitted; None for as many as the examples take.
        usd: What they may cost by the contract's price; None for any.
        seconds: How long the run may take; None for any.
    """

    jobs: int | None = None
    usd: float | None = None
    seconds: float | None = None

    def jobs_at(self, price: Price) -> int | None:
        """Return how many jobs that makes; None for any number."""
        affordable = [] if self.usd is None or not price.usd else [int(self.usd / price.usd + 1e-9)]
        bounds = [*([self.jobs] if self.jobs is not None else []), *affordable]
        return min(bounds) if bounds else None


@dataclass(slots=True)
class Spending:
    """What has been spent.

    Attributes:
        most: Jobs that may be submitted; None for any number.
        jobs: Jobs that have been submitted, whether meant to be taken or not.
    """

    most: int | None = None
    jobs: int = 0

    @property
    def left(self) -> int | None:
        """Jobs that may still be submitted; None for any number."""
        return None if self.most is None else max(self.most - self.jobs, 0)

    def may_submit(self) -> bool:
        """Whether one more job may be submitted."""
        return self.most is None or self.jobs < self.most

    def submitted(self) -> None:
        """Count a job."""
        self.jobs += 1


@dataclass(frozen=True, slots=True)
class Allotment:
    """Jobs for each phase.

    Attributes:
        lives: For examples that are followed to their end.
        corners: For bodies at the edges of the schema.
        drawn: For bodies that are drawn.
        stateful: For interleaved lives.
    """

    lives: int
    corners: int
    drawn: int
    stateful: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.lives + self.corners + self.drawn + self.stateful


def allot(wanted: Allotment, most: int | None) -> Allotment:
    """Return ``wanted`` cut to ``most`` jobs.

    A life comes first; what is left goes half to interleaved lives, then to corners, then to what is drawn.
    """
    if most is None or most >= wanted.total:
        return wanted
    lives = min(wanted.lives, ESSENTIAL if most > ESSENTIAL else 1, most)
    left = most - lives
    stateful = min(wanted.stateful, (left + 1) // 2)
    corners = min(wanted.corners, left - stateful)
    drawn = min(wanted.drawn, left - stateful - corners)
    return Allotment(lives, corners, drawn, left - corners - drawn if stateful else 0)
