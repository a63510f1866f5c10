"""Plans: what will happen to one job, decided when it is submitted."""

from math import isfinite
from random import Random

import msgspec

from .scenarios import Outcome, PollCount, Scenario

SKIPPED_AT_ONCE = 4096
"""Plans for which random bytes are drawn in one go."""


class Plan(msgspec.Struct, frozen=True, gc=False):
    """What will happen to one job. The collector skips it: it refers to nothing that refers back.

    Attributes:
        queued: Seconds from submission to the start of the work.
        running: Seconds of work.
        outcome: How it ends.
        seconds: Length of the result, if it has one.
        polls: Progress counted in polls instead of seconds, or None.
    """

    queued: float
    running: float
    outcome: Outcome
    seconds: float
    polls: PollCount | None = None


def plan_for(scenario: Scenario, rng: Random, seconds: float, after: float | None = None) -> Plan:
    """Return the plan of a job; draws twice from ``rng``, whatever the scenario.

    Args:
        scenario: What is to happen.
        rng: The world's chance.
        seconds: How long the result lasts.
        after: Seconds in which the job ends, or None for what the scenario says; a stage without end stays so.
    """
    queued = scenario.queued.quantile(rng.random())
    running = scenario.running.quantile(rng.random())
    if after is not None:
        queued, running = _within(queued, running, after)
    return Plan(queued, running, scenario.outcome, seconds, scenario.polls)


def skip_plans(rng: Random, count: int) -> None:
    """Have ``rng`` stand where it does after so many plans were drawn: four words of 32 bits for each."""
    while count > 0:
        rng.randbytes(16 * min(count, SKIPPED_AT_ONCE))
        count -= SKIPPED_AT_ONCE


def _within(queued: float, running: float, after: float) -> tuple[float, float]:
    """Scale both durations so that they are ``after`` together."""
    total = queued + running
    if not isfinite(total):
        return queued, running
    share = queued / total if total else 0.0
    return after * share, after * (1 - share)
