import json
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.distributions import Empirical, Fixed, LogLogistic, Uniform
from bodydouble.mockserver.scenes.faults import Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenario_files import ScenarioError, read, schema, shipped
from bodydouble.mockserver.scenes.scenarios import Body, Outcome, PollCount, Scenario

NAMES = [
    "succeeds",
    "slow",
    "fails-in-queue",
    "fails-while-generating",
    "fails-at-the-end",
    "content-refused",
    "stuck-queued",
    "stuck-generating",
    "instant",
    "skips-generating",
    "out-of-credit",
    "rate-limited",
    "flaky",
    "outage",
    "maintenance",
    "lost-create",
    "not-yet-visible",
    "new-status",
    "extra-fields",
    "nulls",
    "absent",
    "wide",
    "expired-url",
    "url-not-ready",
    "truncated-video",
    "html-error",
    "slow-drip",
]


def one(**members: Any) -> Scenario:
    (made,) = read({"name": "mine", **members}, "mine.json")
    return made


def test_the_shipped_scenarios_are_all_there_and_each_is_described() -> None:
    assert list(shipped()) == NAMES
    assert all(scenario.description.endswith(".") for scenario in shipped().values())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_name_is_enough_for_a_scenario_that_succeeds() -> None:
    made = one()
    assert made.outcome == Outcome(Stage.SUCCESS)
    assert (made.faults, made.polls, made.body, made.breaks_contract) == ((), None, Body.PLAIN, False)


def test_durations_are_fixed_ranges_named_distributions_or_for_ever() -> None:
    assert one(queued=3).queued == Fixed(3)
    assert one(queued={"uniform": [9, 4]}).queued == Uniform(4, 9)
    made = one(running={"log-logistic": {"median": 5, "shape": 2, "low": 1, "high": 9}}).running
    assert made == LogLogistic(5, 2, 1, 9)
    assert one(running="forever").running == Fixed(inf)
    assert one(running={"empirical": [1, 2, 5]}).running == Empirical((1, 2, 5))


def test_everything_else_a_scenario_may_say_is_read() -> None:
    made = one(
        outcome={"failure": {"name": "Oops", "message": "It broke."}},
        polls={"queued": 1, "running": 2},
        body="nulls",
        status={"running": "moderating"},
        breaks_contract=True,
        faults=[
            {
                "on": ["poll", "result"],
                "nth": [2, 4],
                "every": 2,
                "elapsed": 5,
                "statuses": ["running"],
                "models": ["m"],
                "probability": 0.5,
                "delay": 1,
                "answer": {
                    "status": 503,
                    "message": "No",
                    "form": "html",
                    "retry_after": 3,
                    "retry_form": "date",
                },
                "wire": "drip",
                "rate": 9,
            }
        ],
    )
    assert made.outcome == Outcome(Stage.FAILURE, "Oops", "It broke.")
    assert made.polls == PollCount(1, 2)
    assert made.body is Body.NULLS
    assert made.words == ((Stage.RUNNING, "moderating"),)
    answer = Answer(503, "No", Form.HTML, 3, Retry.DATE)
    assert made.faults == (
        Rule(
            on=(Target.POLL, Target.RESULT),
            fault=Fault(Fixed(1), answer, Wire.DRIP, 9),
            nth=Span(2, 4),
            every=2,
            elapsed=Span(5),
            statuses=("running",),
            models=("m",),
            probability=0.5,
        ),
    )


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"name": "Not Kebab"}, "name"),
        ({"queued": -1}, "queued"),
        ({"queued": {"uniform": [1]}}, "queued"),
        ({"runing": 1}, "runing"),
        ({"outcome": "failure"}, "outcome"),
        ({"body": "none"}, "body"),
        ({"faults": [{"on": []}]}, "on"),
        ({"faults": [{"on": ["poll"], "probability": 2}]}, "probability"),
        ({"faults": [{"on": ["poll"], "wire": "cut"}]}, "wire"),
        ({"status": {"running": "x"}}, "breaks_contract"),
    ],
)
def test_what_cannot_be_understood_is_an_error_that_names_the_place(
    members: dict[str, Any], words: str
) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.json#1") as raised:
        read({"name": "mine", **members}, "mine.json")
    assert words in str(raised.value)


MEMBERS = st.sampled_from(["name", "queued", "running", "outcome", "polls", "body", "status", "faults", "x"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(schema()["properties"])), inner)
    ),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_any_json_is_a_scenario_or_a_clear_error(value: Any) -> None:
    try:
        made: object = read(value, "any.json")
    except ScenarioError as problem:
        made = str(problem)
    assert isinstance(made, tuple) or made


def test_what_is_shipped_survives_a_round_trip_through_text() -> None:
    names = list(shipped())
    again = read(json.loads(json.dumps([{"name": name} for name in names])), "again.json")
    assert [scenario.name for scenario in again] == names
