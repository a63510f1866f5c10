from msgspec.structs import replace

from bodydouble.mockserver.consumer.behaviours import FAILURE, PLAIN, Behaviour
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.simplifying import shrunk, simpler
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenarios import Body, Edit, Ids, Numbers, PollCount

BUSY = Rule(on=(Target.POLL,), fault=Fault(answer=Answer(500)), nth=Span(1, 3))
SLOW = Rule(on=(Target.POLL, Target.RESULT), fault=Fault(wire=Wire.DRIP))
LARGE = Behaviour(
    replace(
        PLAIN,
        polls=PollCount(3, 4),
        outcome=FAILURE,
        body=Body.NULLS,
        ids=Ids.MARKS,
        numbers=Numbers.FLOATS,
        edits=(Edit("/meta", '{"usage": null}'), Edit("/x", "1")),
        faults=(SLOW, BUSY),
    ),
    Level.FAULTS,
)


def test_only_what_is_needed_is_left() -> None:
    found = shrunk(LARGE, lambda one: one.scenario.ids is Ids.MARKS)
    assert found.scenario == replace(PLAIN, ids=Ids.MARKS, polls=found.scenario.polls)


def test_two_causes_stay_together() -> None:
    def breaks(one: Behaviour) -> bool:
        codes = [rule.fault.answer.status for rule in one.scenario.faults if rule.fault.answer]
        return 500 in codes and any(edit.at == "/meta" for edit in one.scenario.edits)

    found = shrunk(LARGE, breaks)
    assert [edit.at for edit in found.scenario.edits] == ["/meta"]
    assert [edit.value for edit in found.scenario.edits] == ["null"]
    assert found.scenario.faults == (replace(BUSY, nth=Span(1, 1)),)
    assert found.scenario.body is Body.PLAIN


def test_what_breaks_without_anything_becomes_plain() -> None:
    found = shrunk(LARGE, lambda _: True)
    assert not found.scenario.faults
    assert not found.scenario.edits


def test_where_nothing_smaller_breaks_it_stays() -> None:
    assert shrunk(LARGE, lambda _: False) == LARGE


def test_every_step_that_is_taken_is_a_smaller_one() -> None:
    sizes: list[tuple[int, int, int]] = [LARGE.size]

    def breaks(one: Behaviour) -> bool:
        sizes.append(one.size)
        return True

    shrunk(LARGE, breaks)
    assert sizes == sorted(sizes, reverse=True)
    assert any(simpler(LARGE))
