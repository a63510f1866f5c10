from dataclasses import dataclass
from math import inf

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bodydouble.mockserver.endings import LAST, Endings


@dataclass(order=True)
class Thing:
    ends: float
    name: int


ENDS = st.floats(0, 4e9) | st.integers(0, 8).map(lambda n: n / 4) | st.sampled_from([LAST, 1e300, inf])


@given(st.lists(ENDS))
def test_of_things_that_end_together_the_first_that_came_leaves_first(ends: list[float]) -> None:
    endings: Endings[Thing] = Endings()
    for number, end in enumerate([*ends, *ends]):
        endings.add(Thing(end, number))
    left = [endings.pop() for _ in [*ends, *ends]]
    assert left == sorted(left)


@given(st.lists(ENDS))
def test_things_leave_in_the_order_of_their_ends(ends: list[float]) -> None:
    endings: Endings[Thing] = Endings()
    for number, end in enumerate(ends):
        endings.add(Thing(end, number))
    assert [endings.pop().ends for _ in ends] == sorted(ends)


class Model(RuleBasedStateMachine):
    """Beside a plain list that is sorted whenever somebody asks."""

    def __init__(self) -> None:
        super().__init__()
        self.endings: Endings[Thing] = Endings()
        self.there: list[Thing] = []
        self.made = 0

    @rule(end=ENDS)
    def add(self, end: float) -> None:
        self.made += 1
        thing = Thing(end, self.made)
        self.there.append(thing)
        self.endings.add(thing)

    @precondition(lambda self: self.there)
    @rule()
    def pop(self) -> None:
        first = min(self.there)
        self.there.remove(first)
        assert self.endings.pop() is first

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        thing = data.draw(st.sampled_from(self.there))
        self.there.remove(thing)
        self.endings.remove(thing)

    @rule()
    def clear(self) -> None:
        self.there.clear()
        self.endings.clear()

    @invariant()
    def the_first_is_the_first(self) -> None:
        if self.there:
            assert self.endings.first is min(self.there)


TestTheOrderHoldsWhateverComesAndGoes = Model.TestCase
