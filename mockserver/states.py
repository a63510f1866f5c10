"""The state of a job: a function of its plan, of what happened to it since, and of the time. Never stored."""

from typing import Protocol

import msgspec

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.plans import Plan


class Submitted(Protocol):
    """Whatever knows what came from outside; a job does."""

    @property
    def submitted(self) -> float:
        """When the job was submitted, in its world's seconds since the epoch."""
        ...


class Facts(msgspec.Struct, gc=False):
    """What came from outside.

    Attributes:
        submitted: When the job was submitted, in its world's seconds since the epoch.
    """

    submitted: float


def state_at(plan: Plan, facts: Submitted, now: float) -> Stage:
    """Return the stage of a job at ``now``: pure, total, and never backwards as ``now`` grows.

    A moment before the submission counts as the submission: clocks of several workers may differ a little.
    """
    elapsed = now - facts.submitted
    if elapsed < plan.queued:
        return Stage.INITIAL
    if elapsed < plan.queued + plan.running:
        return Stage.RUNNING
    return plan.outcome.stage


def ends_at(plan: Plan, facts: Submitted) -> float:
    """Return when the job reaches its final state."""
    return facts.submitted + plan.queued + plan.running
