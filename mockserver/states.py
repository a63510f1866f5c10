"""The state of a job: a function of its plan, of what happened to it since, and of the time. Never stored."""

from typing import Protocol

import msgspec

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Outcome, PollCount


class Forced(msgspec.Struct, frozen=True, gc=False):
    """A stage that somebody forced.

    Attributes:
        stage: Where the job stands from then on.
        at: When, in the world's seconds since the epoch.
        error_name: The failure's name, where it is one.
        error_message: The failure in words.
    """

    stage: Stage
    at: float
    error_name: str = "Forced"
    error_message: str = "The job was made to fail."


class Facts(Protocol):
    """Whatever knows what came from outside; a job does."""

    @property
    def submitted(self) -> float:
        """When the job was submitted, in its world's seconds since the epoch."""
        ...

    @property
    def polls(self) -> int:
        """How often it was polled."""
        ...

    @property
    def forced(self) -> Forced | None:
        """What somebody forced, or None."""
        ...


def state_at(plan: Plan, facts: Facts, now: float) -> Stage:
    """Return the stage of a job at ``now``: pure, total, and never backwards as ``now`` and polls grow.

    A moment before the submission counts as the submission: clocks of several workers may differ a little.
    """
    if facts.forced is not None:
        return facts.forced.stage
    if plan.polls is not None:
        return _counted(plan, plan.polls, facts.polls)
    return timed(plan.queued, plan.running, plan.outcome, now - facts.submitted)


def timed(queued: float, running: float, outcome: Outcome, elapsed: float) -> Stage:
    """Return the stage, ``elapsed`` seconds after the submission, of a job that nothing but time moves."""
    if elapsed < queued:
        return Stage.INITIAL
    return Stage.RUNNING if elapsed < queued + running else outcome.stage


def _counted(plan: Plan, count: PollCount, polls: int) -> Stage:
    """Return the stage that the poll of this number finds; the create is number 0."""
    if polls <= count.queued:
        return Stage.INITIAL
    return Stage.RUNNING if polls <= count.queued + count.running else plan.outcome.stage


def ends_at(plan: Plan, facts: Facts) -> float:
    """Return when the job reaches its final state; where polls are counted, when it may at the earliest."""
    if facts.forced is not None and facts.forced.stage.is_final:
        return facts.forced.at
    if plan.polls is not None:
        return facts.submitted
    return facts.submitted + plan.queued + plan.running
