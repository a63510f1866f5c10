import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.verify.reducing import shorter, without
from bodydouble.contracts.verify.steps import Deed, Step
from tests.end_to_end import provider_zoo as zoo
from tests.verifying import verified

lists = st.lists(
    st.integers(0, 50).map(lambda seconds: Step(Deed.POLL, float(seconds))), min_size=2, max_size=9
)


@given(lists.map(tuple))
def test_first_and_last_stay_and_time_passes_all_the_same(steps: tuple[Step, ...]) -> None:
    for fewer in shorter(steps):
        assert len(fewer) < len(steps)
        assert sum(step.after for step in fewer) == sum(step.after for step in steps)
        assert fewer[0] == steps[0]


def test_the_pause_of_what_is_left_out_goes_to_the_next() -> None:
    steps = tuple(Step(Deed.POLL, float(after)) for after in (1, 2, 4))
    assert [step.after for step in without(steps, {1})] == [1, 6]


@pytest.mark.parametrize(
    ("kind", "deeds"),
    [
        (zoo.CompletedThenError, [Deed.CREATE, Deed.POLL, Deed.POLL]),
        (zoo.Backwards, [Deed.CREATE, Deed.POLL, Deed.POLL]),
        (zoo.ChangingResult, [Deed.CREATE, Deed.POLL, Deed.POLL]),
        (zoo.NoVideo, [Deed.CREATE, Deed.POLL]),
    ],
)
def test_a_failure_of_a_life_needs_no_step_too_many(kind: type[zoo.Sound], deeds: list[Deed]) -> None:
    outcome = verified(kind, seed=6, examples=6)
    failure = next(each for each in outcome.failures if each.finding.rule in kind.found_by)
    assert [step.deed for step in failure.steps] == deeds


def test_what_counts_polls_keeps_the_polls_that_it_counts() -> None:
    outcome = verified(zoo.BackwardsByPolls, seed=6, examples=6)
    (failure,) = outcome.failures
    assert len(failure.steps) == 5
