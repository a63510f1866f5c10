from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.plans import Plan, plan_for
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Outcome, PollCount
from bodydouble.mockserver.states import Forced, ends_at, state_at
from tests.apis import Untouched

SHIPPED = shipped()
MOMENTS = st.floats(-1e4, 1e5)
SUBMITTED = st.floats(0, 4e9)
PLANS = st.builds(
    lambda name, seed: plan_for(SHIPPED[name], Random(seed), 6.0),
    st.sampled_from(["succeeds", "fails-while-generating"]),
    st.integers(),
)
ORDER = {Stage.INITIAL: 0, Stage.RUNNING: 1, Stage.SUCCESS: 2, Stage.FAILURE: 2}


@given(PLANS, SUBMITTED, st.lists(MOMENTS, min_size=2))
def test_a_job_never_moves_backwards(plan: Plan, submitted: float, moments: list[float]) -> None:
    seen = [ORDER[state_at(plan, Untouched(submitted), submitted + moment)] for moment in sorted(moments)]
    assert seen == sorted(seen)


@given(PLANS, SUBMITTED, st.floats(0.001, 1e8))
def test_the_final_state_is_the_planned_one_and_stays(plan: Plan, submitted: float, later: float) -> None:
    facts = Untouched(submitted)
    assert state_at(plan, facts, ends_at(plan, facts) + later) is plan.outcome.stage


@given(PLANS, SUBMITTED, st.lists(MOMENTS, min_size=1), st.randoms(use_true_random=False))
def test_pollers_do_not_disturb_each_other(
    plan: Plan, submitted: float, moments: list[float], rng: Random
) -> None:
    facts = Untouched(submitted)
    alone = {moment: state_at(plan, facts, submitted + moment) for moment in moments}
    rng.shuffle(moments)
    assert {moment: state_at(plan, Untouched(submitted), submitted + moment) for moment in moments} == alone


@given(PLANS, SUBMITTED)
def test_a_job_begins_in_the_queue_and_runs_after_it(plan: Plan, submitted: float) -> None:
    facts = Untouched(submitted)
    assert state_at(plan, facts, submitted) is Stage.INITIAL
    assert state_at(plan, facts, submitted + plan.queued + plan.running / 2) is Stage.RUNNING


@given(PLANS)
def test_a_run_takes_what_recorded_runs_took(plan: Plan) -> None:
    assert 5 <= plan.queued <= 25
    assert 10 <= plan.queued + plan.running <= 180


@given(st.integers(0, 5), st.integers(0, 5), st.lists(MOMENTS, min_size=1))
def test_where_polls_are_counted_time_changes_nothing(
    queued: int, running: int, moments: list[float]
) -> None:
    plan = Plan(5.0, 5.0, Outcome(Stage.SUCCESS), 6.0, PollCount(queued, running))
    expected = [Stage.INITIAL] * (queued + 1) + [Stage.RUNNING] * running + [Stage.SUCCESS] * 2
    for moment in moments:
        assert [
            state_at(plan, Untouched(0, polls), moment) for polls in range(queued + running + 3)
        ] == expected


@given(PLANS, MOMENTS, st.sampled_from(Stage))
def test_a_stage_that_is_forced_holds(plan: Plan, moment: float, stage: Stage) -> None:
    assert state_at(plan, Untouched(0, forced=Forced(stage, 5)), moment) is stage


def test_a_forced_end_is_the_end() -> None:
    plan = plan_for(SUCCEEDS, Random(1), 6.0)
    assert ends_at(plan, Untouched(0, forced=Forced(Stage.FAILURE, 7.0))) == 7.0
    assert ends_at(plan, Untouched(0, forced=Forced(Stage.RUNNING, 7.0))) == plan.queued + plan.running
