"""The jobs of a run: what was done with each, and what it said."""

from dataclasses import dataclass, field

from bodydouble.contracts.checks.check_rules import Observation
from bodydouble.contracts.checks.exchanges import Exchange

from .steps import Step


@dataclass(slots=True)
class Life:
    """One job, or what was to become one.

    Attributes:
        id: What the server calls it; ``""`` where a create told no id.
        begun: When it was submitted, by the clock of the run.
        steps: What was done with it.
        exchanges: What came of that.
        observations: What the replies said.
        latest: What the last reply said.
        polled: When it was polled last.
        polls: How often.
        wait: Seconds that the server asked to wait before the next poll.
        ended: Whether a reply told its end.
        succeeded: Whether that was a success.
        endless: Whether it was given up, or is gone.
        late: Polls after its end.
        fetched: How often its result was fetched.
        stepped: When the last step was.
        lasted: Seconds from its create to the question that was answered with its end; None before that.
    """

    id: str
    begun: float
    steps: list[Step] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    latest: Observation | None = None
    polled: float = 0.0
    polls: int = 0
    wait: float = 0.0
    ended: bool = False
    succeeded: bool = False
    endless: bool = False
    late: int = 0
    fetched: int = 0
    stepped: float = 0.0
    lasted: float | None = None

    @property
    def open(self) -> bool:
        """Whether it may still come to its end."""
        return not self.ended and not self.endless
