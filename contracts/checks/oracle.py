"""Which stages a job may be in, given all that was seen of it.

The server's clock is not ours. A reply tells the status of some moment between its request and its last byte, so two
polls that overlap may tell it in either order, and a status that nobody saw has passed all the same. What is certain
is kept as a set of stages, and every reply narrows it: nothing is possible any more that lies before what an answered
poll told, and once a final word was told, by whatever poll, no other one is possible at any time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bodydouble.contracts.jobs.job_pattern import Promise
from bodydouble.contracts.jobs.stages import Stage

from .check_rules import Observation

ORDER: Mapping[Stage, int] = {Stage.INITIAL: 0, Stage.RUNNING: 1, Stage.SUCCESS: 2, Stage.FAILURE: 2}
"""A job moves to a stage of a higher number, never to one of a lower; between words of one stage it may go back."""


@dataclass(frozen=True, slots=True)
class Possible:
    """What a job may be in at one moment.

    Attributes:
        stages: The stages that nothing excludes.
        reached: Of what was answered before, that which came furthest; None for nothing.
        end: What told a final word first; None for nothing. Of final words, only its own is possible.
    """

    stages: frozenset[Stage] = frozenset(Stage)
    reached: Observation | None = None
    end: Observation | None = None

    def allows(self, stage: Stage | None, word: str) -> bool:
        """Return whether a job may tell this word; one that the contract does not know fits until the end."""
        if stage is None:
            return not self.ended
        return stage in self.stages and (not stage.is_final or self.end is None or self.end.status == word)

    @property
    def ended(self) -> bool:
        """Whether the job has come to its end for certain."""
        return all(stage.is_final for stage in self.stages)

    def words(self, promises: Iterable[Promise]) -> tuple[str, ...]:
        """Return the status words of a contract that are possible, in its order."""
        return tuple(each.status for each in promises if self.allows(each.stage, each.status))


def possible(seen: Iterable[Observation], asked: float) -> Possible:
    """Return what a question asked at ``asked``, in seconds of the observer's clock, may be told.

    Args:
        seen: What is known already, in the order in which it was answered; what was answered after ``asked`` overlaps
            with the question.
        asked: When the question is asked.
    """
    known = Possible()
    for observation in seen:
        if observation.stage is not None:
            known = _narrowed(known, observation, observation.stage, answered=observation.ended <= asked)
    return known


def _narrowed(known: Possible, seen: Observation, stage: Stage, *, answered: bool) -> Possible:
    if stage.is_final and known.end is None:
        left = frozenset(each for each in known.stages if each is stage or not each.is_final)
        known = replace(known, stages=left, end=seen)
    if not answered:
        return known
    onward = frozenset(each for each in known.stages if ORDER[each] >= ORDER[stage])
    furthest = known.reached is None or onward != known.stages
    return replace(known, stages=onward, reached=seen if furthest else known.reached)
