import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.scenarios import SCENARIOS, UnknownScenario, asked_for, find


def test_every_scenario_is_found_under_its_own_name() -> None:
    for name, scenario in SCENARIOS.items():
        assert find(name) is scenario
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert scenario.description.endswith(".")
        assert scenario.outcome.stage.is_final


def test_a_failure_is_described() -> None:
    for scenario in SCENARIOS.values():
        failing = scenario.outcome.stage is Stage.FAILURE
        assert bool(scenario.outcome.error_name and scenario.outcome.error_message) is failing


def test_an_unknown_name_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownScenario, match="did you mean 'succeeds'"):
        find("suceeds")
    with pytest.raises(UnknownScenario, match="known are"):
        find("zzzz")


@pytest.mark.parametrize(
    "prefer",
    [
        b"scenario=x",
        b'scenario="x"',
        b"Scenario = x",
        b"respond-async, scenario=x",
        b"wait=5;scenario=x",
        b"respond-async; scenario=x, wait=3",
    ],
)
def test_a_preference_asks_for_a_scenario(prefer: bytes) -> None:
    assert asked_for(prefer, b"{}") == "x"


def test_other_preferences_ask_for_nothing() -> None:
    assert asked_for(b"respond-async, wait=10, myscenario=x", b"{}") is None


def test_a_directive_in_any_text_of_the_body_asks_for_a_scenario() -> None:
    assert asked_for(None, b'{"prompt": "[[double: stuck-queued]] a cat"}') == "stuck-queued"


def test_the_preference_wins_over_the_directive() -> None:
    assert asked_for(b"scenario=x", b'{"prompt": "[[double: y]]"}') == "x"


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_header_and_any_body_can_be_asked(prefer: bytes, noise: bytes) -> None:
    name = asked_for(prefer, b"[[double:" + noise)
    assert name is None or name
