from math import isinf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.plans import plan_for, skip_plans
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS

SCENARIOS = shipped()
NAMES = st.sampled_from(sorted(SCENARIOS))


@given(NAMES, st.integers(), st.floats(0.1, 100))
def test_a_seed_repeats_the_plan(name: str, seed: int, seconds: float) -> None:
    first, again = (plan_for(SCENARIOS[name], Random(seed), seconds) for _ in range(2))
    assert first == again
    assert first.seconds == seconds
    assert first.outcome == SCENARIOS[name].outcome


def test_seeds_differ() -> None:
    plans = {plan_for(SUCCEEDS, Random(seed), 6.0).running for seed in range(50)}
    assert len(plans) == 50


@given(NAMES, st.integers())
def test_every_plan_takes_the_same_number_of_draws(name: str, seed: int) -> None:
    """Otherwise one job's scenario would change the plans of all that come after it."""
    rng, other = Random(seed), Random(seed)
    plan_for(SCENARIOS[name], rng, 6.0)
    plan_for(SUCCEEDS, other, 6.0)
    assert rng.random() == other.random()


@given(NAMES, st.integers(), st.floats(0, 1e6))
def test_a_job_ends_when_it_is_asked_to_unless_it_never_does(name: str, seed: int, after: float) -> None:
    usual = plan_for(SCENARIOS[name], Random(seed), 6.0)
    asked = plan_for(SCENARIOS[name], Random(seed), 6.0, after)
    if isinf(usual.queued + usual.running):
        assert asked == usual
    else:
        assert asked.queued + asked.running == pytest.approx(after)
        assert asked.queued * usual.running == pytest.approx(asked.running * usual.queued)


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 10_000])
def test_plans_that_are_skipped_are_those_that_would_have_come_first(count: int) -> None:
    drawn, skipped = Random(3), Random(3)
    for _ in range(count):
        plan_for(SUCCEEDS, drawn, 6.0)
    skip_plans(skipped, count)
    assert drawn.getstate() == skipped.getstate()
