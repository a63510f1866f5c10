from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.mockserver.scenes.faults import Answer, Call, Fault, Rule, Span, Target, Wire, decide, share

BROKEN = Fault(answer=Answer(503))
TARGETS = st.sampled_from(Target)
CALLS = st.builds(
    Call,
    TARGETS,
    st.integers(1, 1000),
    st.text(max_size=40),
    st.floats(0, 1e4),
    st.sampled_from(["", "running"]),
)


def hit(rule: Rule, call: Call, seed: str = "1") -> bool:
    return decide("scene", (rule,), call, seed).fault is not None


def nth(number: int, target: Target = Target.POLL) -> Call:
    return Call(target, number, "job")


@given(CALLS, st.text(max_size=20))
def test_no_rule_is_no_fault(call: Call, seed: str) -> None:
    decision = decide("scene", (), call, seed)
    assert (decision.fault, decision.rule) == (None, None)
    assert decision.id == f"scene/{call.target}/{call.nth}/-/{call.subject[:8]}"


@given(CALLS, st.text(max_size=20))
def test_a_rule_without_conditions_always_applies_to_its_kind(call: Call, seed: str) -> None:
    assert hit(Rule((call.target,), BROKEN), call, seed)
    assert not hit(Rule(tuple(target for target in Target if target is not call.target), BROKEN), call, seed)


def test_nth_and_every_count_from_one() -> None:
    second = Rule((Target.POLL,), BROKEN, nth=Span(2, 2))
    assert [number for number in range(1, 7) if hit(second, nth(number))] == [2]
    third = Rule((Target.POLL,), BROKEN, every=3)
    assert [number for number in range(1, 9) if hit(third, nth(number))] == [1, 4, 7]
    from_second = Rule((Target.POLL,), BROKEN, nth=Span(2), every=2)
    assert [number for number in range(1, 9) if hit(from_second, nth(number))] == [2, 4, 6, 8]


def test_elapsed_status_and_model_are_conditions() -> None:
    early = Rule((Target.POLL,), BROKEN, elapsed=Span(0, 3))
    call = nth(1)
    assert hit(early, call)
    assert not hit(early, replace(call, elapsed=3.1))
    running = Rule((Target.POLL,), BROKEN, statuses=("running",))
    assert hit(running, replace(call, status="running"))
    assert not hit(running, call)
    other = Rule((Target.POLL,), BROKEN, models=("m",))
    assert hit(other, replace(call, model="m"))
    assert not hit(other, call)


def test_the_first_rule_that_applies_decides() -> None:
    rules = (
        Rule((Target.POLL,), Fault(wire=Wire.EMPTY), nth=Span(2, 2)),
        Rule((Target.POLL,), BROKEN),
    )
    assert decide("s", rules, nth(1), "x").rule == 1
    assert decide("s", rules, nth(2), "x").rule == 0
    assert decide("s", rules, nth(2), "x").id == "s/poll/2/0/job"


@given(st.lists(CALLS, max_size=20), st.text(max_size=10), st.randoms(use_true_random=False))
def test_decisions_do_not_depend_on_the_order_of_calls(calls: list[Call], seed: str, rng: object) -> None:
    rules = (Rule(tuple(Target), BROKEN, probability=0.5),)
    alone = {call: decide("s", rules, call, seed) for call in calls}
    rng.shuffle(calls)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert {call: decide("s", rules, call, seed) for call in calls} == alone


def test_a_probability_is_met_as_often_as_it_says() -> None:
    rule = Rule((Target.POLL,), BROKEN, probability=0.3)
    hits = sum(hit(rule, nth(number)) for number in range(1, 4001))
    assert 0.27 < hits / 4000 < 0.33


@given(CALLS, st.text(max_size=10))
def test_certain_and_impossible_are_exactly_that(call: Call, seed: str) -> None:
    assert hit(Rule((call.target,), BROKEN, probability=1), call, seed)
    assert not hit(Rule((call.target,), BROKEN, probability=0), call, seed)


@given(CALLS, st.text(max_size=10), st.integers(0, 50))
def test_a_share_is_within_zero_and_one(call: Call, seed: str, index: int) -> None:
    assert 0 <= share(seed, "p", index, call) < 1


def test_seeds_give_different_schedules() -> None:
    rule = Rule((Target.POLL,), BROKEN, probability=0.5)
    schedules = {tuple(hit(rule, nth(number), seed) for number in range(1, 40)) for seed in "abcdefgh"}
    assert len(schedules) == 8


def test_a_decision_knows_the_rules_that_were_asked() -> None:
    rules = (Rule((Target.POLL,), BROKEN, probability=0), Rule((Target.POLL,), BROKEN, nth=Span(2)))
    for number, met in ((1, None), (2, 1)):
        made = decide("scene", rules, nth(number), "seed")
        assert (made.rule, made.rules) == (met, rules)
