"""What the marker may say, and what it is told when it says something else."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from bodydouble.mockserver.testing.marks import KEYWORDS, BadMark, Wanted, name_of, wanted


def marked(*nearest_first: Mapping[str, Any]) -> Wanted:
    return wanted(((), keywords) for keywords in nearest_first)


def test_no_marker_wants_nothing() -> None:
    assert wanted([]) == Wanted()


def test_every_keyword_can_be_said() -> None:
    said = {
        "scenario": "flaky",
        "speed": 50,
        "clock": "system",
        "seed": 7,
        "namespace": "mine",
        "castings": (),
        "faults": (),
        "rate": None,
        "credit": 0,
        "jobs": 3,
    }
    assert set(said) == set(KEYWORDS)
    assert marked(said) == Wanted(**said)


def test_the_marker_nearest_to_the_test_wins_word_by_word() -> None:
    found = marked({"speed": 5.0}, {"speed": 9.0, "scenario": "slow"})
    assert (found.speed, found.scenario) == (5.0, "slow")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"senario": "flaky"}, "no argument 'senario'; did you mean 'scenario'"),
        ({"zzzzzz": 1}, "known are scenario, speed, clock"),
        ({"clock": "maunal"}, "clock must be 'manual' or 'system'; got 'maunal'"),
        ({"speed": 0}, "speed must be a number above zero; .* clock='manual'"),
        ({"speed": float("inf")}, "speed must be a number above zero"),
        ({"speed": float("nan")}, "speed must be a number above zero"),
        ({"speed": True}, "speed must be a number above zero"),
        ({"speed": "fast"}, "speed must be a number above zero"),
        ({"speed": 5, "clock": "manual"}, "stands still has no speed"),
        ({"seed": 1.5}, "seed must be a whole number; got '1.5'"),
        ({"credit": -1}, "credit must be a whole number from 0 up"),
        ({"jobs": True}, "jobs must be a whole number from 0 up"),
        ({"namespace": "a b"}, "namespace must be 1 to 40 letters"),
        ({"namespace": ""}, "namespace must be"),
        ({"namespace": 5}, "namespace must be"),
    ],
)
def test_a_mistake_says_what_was_expected(said: Mapping[str, Any], message: str) -> None:
    with pytest.raises(BadMark, match=message):
        marked(said)


def test_a_positional_argument_is_told_its_name() -> None:
    with pytest.raises(
        BadMark, match=r"keywords only, got 'flaky'; try @pytest.mark.double\(scenario='flaky'\)"
    ):
        wanted([(("flaky",), {})])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, ""),
        ({"scenario": "succeeds", "speed": 9.0, "seed": 3, "jobs": 2, "clock": "system"}, ""),
        ({"scenario": "flaky"}, "the scenario 'flaky'"),
        ({"scenario": {"name": "mine"}}, "the scenario 'mine'"),
        ({"clock": "manual"}, "moves the clock"),
        ({"faults": ()}, "sets faults"),
        ({"credit": 0}, "sets credit"),
    ],
)
def test_what_only_a_double_can_do_is_told_apart(said: Mapping[str, Any], why: str) -> None:
    found = marked(said).why_only_a_double
    assert why in found
    assert bool(found) is bool(why)


def test_a_scenario_is_called_the_same_in_every_form() -> None:
    assert name_of(SUCCEEDS) == name_of({"name": "succeeds"}) == name_of("succeeds")


@given(
    st.dictionaries(
        st.sampled_from(KEYWORDS), st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    )
)
def test_whatever_is_said_is_understood_or_refused(said: Mapping[str, Any]) -> None:
    with suppress(BadMark):
        assert isinstance(marked(said), Wanted)
