"""Expectations: how a client may end, by what the double did to it. One table; the first row that fits counts."""

from collections.abc import Callable
from dataclasses import dataclass

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.faults import Rule, Target, Wire

from .behaviours import Behaviour
from .endings import End

DONE, FAILED = frozenset({End.DONE}), frozenset({End.FAILED})
EITHER = DONE | FAILED
_TEMPORARY = frozenset({200, 404, 408, 425, 429, 500, 502, 503, 504})
_MOST_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class Row:
    """What may be expected of a client.

    Attributes:
        name: What happened to it.
        fits: Whether a behaviour is of this kind.
        allowed: How a sound client may end.
        why: The reason.
    """

    name: str
    fits: Callable[[Behaviour], bool]
    allowed: frozenset[End]
    why: str


def expected(behaviour: Behaviour) -> Row:
    """Return the first row of :data:`TABLE` that fits."""
    return next(row for row in TABLE if row.fits(behaviour))


def _refused_for_good(behaviour: Behaviour) -> bool:
    return any(_answers(rule) and _is_for_good(rule) for rule in behaviour.about(Target.SUBMIT))


def _create_disturbed(behaviour: Behaviour) -> bool:
    return bool(behaviour.about(Target.SUBMIT))


def _never_told(behaviour: Behaviour) -> bool:
    return any(not _is_survivable(rule) for rule in behaviour.about(Target.POLL))


def _fails(behaviour: Behaviour) -> bool:
    return behaviour.scenario.outcome.stage is Stage.FAILURE


def _is_strange(behaviour: Behaviour) -> bool:
    """Whether what tells the result, and not only the way to it, has a shape from the future."""
    scenario = behaviour.scenario
    if not scenario.breaks_contract:
        return False
    ends = any(not edit.stages or any(stage.is_final for stage in edit.stages) for edit in scenario.edits)
    return scenario.body == "wide" or ends


def _result_disturbed(behaviour: Behaviour) -> bool:
    return bool(behaviour.about(Target.RESULT))


def _answers(rule: Rule) -> bool:
    return rule.fault.answer is not None


def _is_for_good(rule: Rule) -> bool:
    return rule.nth.last is None and rule.every == 1 and rule.probability == 1


def _is_survivable(rule: Rule) -> bool:
    """Whether asking again, a few times, gets past a fault."""
    fault = rule.fault
    if fault.answer is None and fault.wire in (None, Wire.DRIP):
        return True
    if fault.answer is not None and fault.answer.status not in _TEMPORARY:
        return False
    last = rule.nth.last
    return last is not None and last - rule.nth.first < _MOST_IN_A_ROW


TABLE: tuple[Row, ...] = (
    Row(
        "the create is refused for good",
        _refused_for_good,
        FAILED,
        "there is no job, so there is no result",
    ),
    Row(
        "the create is disturbed",
        _create_disturbed,
        EITHER,
        "whoever gives up is careful, whoever finds a way is clever; only a second job would be wrong",
    ),
    Row("the job never ends", lambda each: each.is_stuck, FAILED, "a client has to give up some day"),
    Row(
        "the end is told in an unknown word",
        lambda each: each.has_strange_end,
        EITHER,
        "nobody can know what an unknown word means; it must only not be taken for a success of another kind",
    ),
    Row(
        "no poll is ever answered",
        _never_told,
        EITHER,
        "giving up is all that can be done; how long to try is the client's affair",
    ),
    Row(
        "the result has an unknown shape",
        lambda each: _is_strange(each) and not _fails(each),
        EITHER,
        "a client may understand more than the contract says, or tell that it does not",
    ),
    Row("the job fails", _fails, FAILED, "a failure that looks like a success is noticed too late"),
    Row(
        "the download is disturbed",
        _result_disturbed,
        EITHER,
        "another try may help, and giving up is honest; keeping half a file is neither",
    ),
    Row("the job succeeds", lambda _: True, DONE, "everything on the way can be got past by asking again"),
)
