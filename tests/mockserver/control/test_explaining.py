from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.mockserver.control.explaining import condition, in_words, weigh
from bodydouble.mockserver.results import DECISION
from bodydouble.mockserver.scenes.faults import Answer, Call, Fault, Rule, Span, Target, share
from tests.apis import polled, submitted
from tests.mockserver.control.desk import HERE, Desk

FAULT = Fault(answer=Answer(500))


def decision_of(reply: Any) -> str:
    return bytes(dict(reply.headers)[DECISION]).decode()


def poll(desk: Desk, job: str) -> str:
    return decision_of(polled(desk.service, desk.service.routes.patterns[0], job))


def explain(desk: Desk, decision: str) -> Any:
    return desk.ask("GET", f"{HERE}/decisions/{decision}")


def test_a_decision_is_explained_by_the_rules_and_the_numbers_drawn() -> None:
    desk = Desk()
    desk.ask("PUT", f"{HERE}/scenario", {"scenario": "flaky"})
    job = desk.submit()
    wins = 0
    for _ in range(30):
        told = explain(desk, poll(desk, job))
        asked = [rule for rule in told["rules"] if rule["applies"]]
        assert all(rule["won"] is (rule["drawn"] < rule["probability"]) for rule in asked)
        assert [rule["won"] for rule in asked[:-1]] == [False] * (len(asked) - 1)
        assert ("met a fault" in told["explanation"]) is asked[-1]["won"]
        assert told["call"]["subject"] == job
        wins += asked[-1]["won"]
    assert 0 < wins < 30, "flaky is neither always nor never broken"
    assert told["rules"][0]["place"] == "flaky/faults/0"


def test_rules_of_the_namespace_are_asked_before_those_of_the_scenario() -> None:
    desk = Desk()
    desk.ask("PUT", f"{HERE}/scenario", {"scenario": "flaky"})
    desk.ask("POST", f"{HERE}/faults", {"on": ["poll"], "nth": 2, "answer": {"status": 503}})
    job = desk.submit()
    poll(desk, job)
    told = explain(desk, poll(desk, job))
    assert [rule["place"] for rule in told["rules"]] == ["faults/0"]
    assert (told["rules"][0]["won"], told["rules"][0]["rule"]["answer"]) == (True, {"status": 503})
    assert "calls from 2 on" in told["explanation"]


def test_changing_the_rules_afterwards_changes_no_explanation() -> None:
    desk = Desk()
    desk.ask("POST", f"{HERE}/faults", {"on": ["poll"], "answer": {"status": 503}})
    decision = poll(desk, desk.submit())
    before = explain(desk, decision)
    desk.ask("DELETE", f"{HERE}/faults")
    assert explain(desk, decision) == before


def test_a_create_is_explained_too() -> None:
    desk = Desk()
    desk.ask("PUT", f"{HERE}/scenario", {"scenario": "out-of-credit"})
    told = explain(desk, decision_of(submitted(desk.service, desk.service.routes.patterns[0])))
    assert (told["call"]["target"], told["call"]["nth"], told["rules"][0]["won"]) == ("submit", 1, True)


def test_a_call_that_had_no_rule_to_meet_is_told_so() -> None:
    desk = Desk()
    told = explain(desk, poll(desk, desk.submit()))
    assert (told["kept"], told["rules"], told["call"]) == (False, [], None)
    assert "no rule applied" in told["explanation"]


@pytest.mark.parametrize(
    "decision", ["flaky/poll/3/1/faa5f531", "nonsense", "unheard/poll/1/-/abc", "%2F", "a/b/c/-/d"]
)
def test_an_unknown_decision_is_a_404_that_says_why(decision: str) -> None:
    status, text = Desk().refusal("GET", f"{HERE}/decisions/{decision}")
    assert (status, "knows no decision" in text) == (404, True)


def test_a_reset_forgets_decisions() -> None:
    desk = Desk()
    desk.ask("POST", f"{HERE}/faults", {"on": ["poll"], "answer": {"status": 503}})
    decision = poll(desk, desk.submit())
    desk.ask("POST", f"{HERE}/reset")
    assert desk.refusal("GET", f"{HERE}/decisions/{decision}")[0] == 404


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 3)), max_size=5), st.integers(1, 3))
def test_what_is_weighed_is_what_was_decided(rules: list[tuple[float, int]], nth: int) -> None:
    desk = Desk()
    world = desk.world
    world.faults = tuple(
        Rule((Target.POLL,), FAULT, nth=Span(first), probability=probability) for probability, first in rules
    )
    made = world.decide(world.scenario, Call(Target.POLL, nth, "job"))
    weighed = weigh(made, world)
    assert [each.won for each in weighed].count(True) == (made.rule is not None)
    assert made.rule is None or weighed[made.rule].won
    for index, each in enumerate(weighed):
        assert each.drawn in (None, share(str(world.settings.seed), "succeeds", index, made.call))
    assert ("met a fault" in next(in_words(made, weighed))) is (made.fault is not None)


def test_a_condition_says_everything_that_it_demands() -> None:
    rule = Rule((Target.POLL, Target.RESULT), FAULT, Span(2, 4), 3, Span(10, 40), ("running",), ("a", "b"))
    assert condition(rule) == (
        "poll or result, calls 2 to 4, every 3 calls, 10 to 40 seconds after the create (a result's: after the end), "
        "the job is running, the model is a or b"
    )
    assert condition(Rule((Target.POLL,), FAULT)) == "poll"
