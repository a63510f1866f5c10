"""Plans: what will happen to one job, decided when it is submitted."""

from random import Random

import msgspec

from .scenarios import Outcome, Scenario


class Plan(msgspec.Struct, frozen=True, gc=False):
    """What will happen to one job. The collector skips it: it refers to nothing that refers back.

    Attributes:
        queued: Seconds from submission to the start of the work.
        running: Seconds of work.
        outcome: How it ends.
        seconds: Length of the result, if it has one.
    """

    queued: float
    running: float
    outcome: Outcome
    seconds: float


def plan_for(scenario: Scenario, rng: Random, seconds: float) -> Plan:
    """Return the plan of a job whose result lasts ``seconds``; draws twice from ``rng``, whatever the scenario."""
    queued, running = rng.random(), rng.random()
    return Plan(
        scenario.queued.quantile(queued), scenario.running.quantile(running), scenario.outcome, seconds
    )
