"""From recordings to a scenario: how long jobs waited and ran, and how many of them failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.scenes.distributions import Empirical
from bodydouble.mockserver.scenes.scenarios import Outcome, Scenario

from .recordings import Recording, rounded
from .replaying import Life, Unreplayable, life_of, outcome_of

MOST_QUANTILES = 21
"""Quantiles that a distribution is told by: every twentieth of what was measured."""


class NothingLearned(ValueError):
    """No recording shows a job from its create to its end; the message says what they lack."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was measured.

    Attributes:
        queued: Seconds in the queue of every job that ended, the shortest first.
        running: Seconds of work, the same.
        succeeded: Jobs that ended well.
        failed: Jobs that ended badly.
        unfinished: Jobs whose end was not seen; they say nothing about durations.
        failure: How the last failed one failed; None where none did.
        uncertainty: Seconds that a moment may lie beside the truth, on average: half of the time between two polls.
    """

    queued: tuple[float, ...]
    running: tuple[float, ...]
    succeeded: int
    failed: int
    unfinished: int
    failure: Outcome | None
    uncertainty: float

    @property
    def failure_share(self) -> float:
        """The share of failed jobs among those that ended."""
        return self.failed / (self.succeeded + self.failed)

    def scenarios(self, name: str = "learned") -> tuple[Scenario, ...]:
        """Return a scenario for each way in which jobs ended; the second, ``NAME-fails``, only if any failed."""
        queued, running = quantiles(self.queued), quantiles(self.running)
        ways = [(name, Outcome(Stage.SUCCESS))] if self.succeeded else []
        if self.failure is not None:
            ways.append((f"{name}-fails", self.failure))
        return tuple(
            Scenario(way, self._description(), Empirical(queued), Empirical(running), outcome)
            for way, outcome in ways
        )

    def as_json(self, name: str = "learned") -> list[JSON]:
        """Return :meth:`scenarios` as the data that scenario files hold."""
        return [_as_json(scenario) for scenario in self.scenarios(name)]

    def _description(self) -> str:
        total = self.succeeded + self.failed
        return (
            f"Durations of {total} recorded jobs, to about {self.uncertainty:.1f} s; "
            f"{self.failed} of them failed ({self.failure_share:.0%})."
        )


def learn(recordings: Iterable[Recording]) -> Learned:
    """Return what ``recordings`` show.

    A moment is taken for the middle between the last question before and the answer that showed it. Where a job was
    never seen running, its work is counted from the last time it was seen in the queue.

    Raises:
        NothingLearned: None shows a job from its create to its end.
    """
    given = list(recordings)
    lives = [life for recording in given for life in _life(recording)]
    ended = [life for life in lives if life.steps[-1].stage.is_final]
    if not ended:
        what = f"{len(given)} recordings, {len(lives)} with the create, none of them with an end"
        raise NothingLearned(f"nothing to learn from {what}; expected a job recorded from create to end")
    failed = [life for life in ended if life.steps[-1].stage is Stage.FAILURE]
    return Learned(
        queued=tuple(sorted(life.queued for life in ended)),
        running=tuple(sorted(life.running for life in ended)),
        succeeded=len(ended) - len(failed),
        failed=len(failed),
        unfinished=len(given) - len(ended),
        failure=outcome_of(failed[-1]) if failed else None,
        uncertainty=sum(life.uncertainty for life in ended) / len(ended),
    )


def _life(recording: Recording) -> tuple[Life, ...]:
    try:
        return (life_of(recording),)
    except Unreplayable:
        return ()


def quantiles(measured: Sequence[float], most: int = MOST_QUANTILES) -> tuple[float, ...]:
    """Return ``measured``, sorted, as at most ``most`` quantiles at equal steps, rounded as recordings are.

    Raises:
        ValueError: ``measured`` is empty.
    """
    whole = Empirical(tuple(sorted(measured)))
    if len(measured) <= most:
        return tuple(rounded(value) for value in whole.quantiles)
    shares = [number / (most - 1) for number in range(most)]
    return tuple(rounded(whole.quantile(share)) for share in shares)


def _as_json(scenario: Scenario) -> JSON:
    node: dict[str, JSON] = {"name": scenario.name, "description": scenario.description}
    for stage, durations in (("queued", scenario.queued), ("running", scenario.running)):
        if isinstance(durations, Empirical):
            node[stage] = {"empirical": list(durations.quantiles)}
    if scenario.outcome.stage is Stage.FAILURE:
        told: JSON = {"name": scenario.outcome.error_name, "message": scenario.outcome.error_message}
        node["outcome"] = {"failure": told}
    return node
