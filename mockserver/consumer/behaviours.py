"""Behaviours: how the double behaves towards a client for one run."""

from dataclasses import dataclass
from math import inf

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.scenes.distributions import Distribution, Fixed
from bodydouble.mockserver.scenes.faults import Rule, Target, Wire
from bodydouble.mockserver.scenes.scenario_writing import written
from bodydouble.mockserver.scenes.scenarios import Outcome, PollCount, Scenario

from .levels import Level

SUCCESS = Outcome(Stage.SUCCESS)
FAILURE = Outcome(Stage.FAILURE, "GenerationError", "The generation stopped before it was done.")
SLOWEST = 0.02
"""Bytes per second below which a reply is not to be waited for."""
MANY = 1000
"""Calls that stand for all of them."""
PLAIN = Scenario(
    name="plain",
    description="One poll finds the job queued, one finds it running, the third finds it completed.",
    queued=Fixed(5.0),
    running=Fixed(20.0),
    outcome=SUCCESS,
    polls=PollCount(1, 1),
)
"""What every behaviour is a departure from."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the double behaves for one run.

    Attributes:
        scenario: Life, timing, replies and faults.
        level: How much it asks of a client.
    """

    scenario: Scenario
    level: Level

    @property
    def is_endless(self) -> bool:
        """Whether it ends only because the client gives up."""
        return self.is_stuck or self.has_strange_end or any(is_endless(rule) for rule in self.scenario.faults)

    @property
    def is_stuck(self) -> bool:
        """Whether the job never ends."""
        scenario = self.scenario
        return scenario.polls is None and inf in (longest(scenario.queued), longest(scenario.running))

    @property
    def has_strange_end(self) -> bool:
        """Whether the end is told in words that the contract does not have."""
        return any(stage.is_final for stage, _ in self.scenario.words)

    @property
    def pause(self) -> float:
        """The longest pause that it asks for, in seconds."""
        answers = [rule.fault.answer for rule in self.scenario.faults]
        return max((float(answer.retry_after or 0) for answer in answers if answer is not None), default=0.0)

    def about(self, target: Target) -> tuple[Rule, ...]:
        """Return the faults that a kind of call may meet."""
        return tuple(rule for rule in self.scenario.faults if target in rule.on)

    def as_data(self) -> JSON:
        """Return it as a scenario file has it."""
        return written(self.scenario)

    @property
    def size(self) -> tuple[int, int, int]:
        """What makes it smaller than another: departures, then calls that meet a fault, then its length in words."""
        scenario = self.scenario
        departures = len(scenario.faults) + len(scenario.edits) + len(scenario.words)
        departures += scenario.body is not PLAIN.body
        departures += (scenario.ids is not PLAIN.ids) + (scenario.numbers is not PLAIN.numbers)
        departures += (scenario.outcome != PLAIN.outcome) + (scenario.polls != PLAIN.polls)
        met = sum(min(rule.nth.last or MANY, MANY) - int(rule.nth.first) + 1 for rule in scenario.faults)
        return departures, int(met), len(repr(written(scenario)))


def longest(duration: Distribution) -> float:
    """Return a duration's upper end, as far as it has one."""
    return duration.quantile(0.999)


def is_endless(rule: Rule) -> bool:
    """Whether a fault keeps a reply back for longer than anybody waits."""
    fault = rule.fault
    stalls = fault.delay is not None and longest(fault.delay) == inf
    return stalls or (fault.wire is Wire.DRIP and fault.rate <= SLOWEST)
