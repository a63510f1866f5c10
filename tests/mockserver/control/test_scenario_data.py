from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.mockserver.control.scenario_data import casting_data, rules_data, scenario_data, span_data
from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.distributions import Empirical, Fixed
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenario_files import read, shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from tests.mockserver.control.desk import DOCUMENT, assert_valid

SCHEMAS = DOCUMENT["components"]["schemas"]
NAMES = st.sampled_from(["a", "b", "video-01"])


@dataclass(frozen=True)
class Odd:
    """A distribution that scenario files have no words for."""

    seconds: float

    def quantile(self, share: float) -> float:
        return self.seconds * share - 1


@pytest.mark.parametrize("scenario", shipped().values(), ids=lambda each: each.name)
def test_a_scenario_read_from_its_data_is_itself(scenario: Scenario) -> None:
    assert read(scenario_data(scenario), "data") == (scenario,)


@pytest.mark.parametrize("seconds", [10.0, float("inf"), 1e300])
def test_a_distribution_of_somebodys_own_is_told_in_steps(seconds: float) -> None:
    odd = replace(SUCCEEDS, queued=Odd(seconds), faults=(Rule((Target.POLL,), Fault(delay=Odd(seconds))),))
    (found,) = read(scenario_data(odd), "data")
    assert isinstance(found.queued, Empirical)
    assert found.queued.quantile(0.0) == 0.0
    if seconds == 10:
        assert found.queued.quantile(0.5) == pytest.approx(odd.queued.quantile(0.5), abs=0.1)


@given(
    st.lists(
        st.builds(
            Rule,
            st.lists(st.sampled_from(Target), min_size=1, max_size=2).map(tuple),
            st.builds(
                Fault,
                st.none() | st.builds(Fixed, st.integers(0, 9).map(float)),
                st.none() | st.builds(Answer, st.integers(200, 599), st.text(max_size=5)),
                st.none() | st.sampled_from(Wire),
            ),
            st.builds(Span, st.integers(0, 5), st.none() | st.integers(5, 9)),
            st.integers(1, 5),
            models=st.lists(NAMES, max_size=2).map(tuple),
            probability=st.floats(0, 1),
        ),
        max_size=4,
    )
)
def test_rules_read_from_their_data_are_themselves(rules: list[Rule]) -> None:
    data = rules_data(tuple(rules))
    assert_valid(SCHEMAS["Faults"], {"faults": data})
    assert read({"name": "x", "faults": data}, "data")[0].faults == tuple(rules)


def test_a_casting_says_only_what_is_not_as_usual() -> None:
    assert casting_data(Casting("slow")) == {"scenario": "slow"}
    whole = casting_data(Casting("slow", ("a",), "cat", Span(2, 3)))
    assert whole == {"scenario": "slow", "models": ["a"], "prompt": "cat", "nth": [2, 3]}
    assert_valid(SCHEMAS["Casting"], whole)


def test_a_span_without_end_is_a_number() -> None:
    assert (span_data(Span(2)), span_data(Span(2, 4))) == (2, [2, 4])
