from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.check_rules import Observation
from bodydouble.contracts.checks.history_checks import HISTORY_RULES
from bodydouble.contracts.checks.oracle import ORDER, possible
from bodydouble.contracts.jobs.stages import Stage
from tests.apis import BUNDLED

STAGES = {
    "queued": Stage.INITIAL,
    "running": Stage.RUNNING,
    "rendering": Stage.RUNNING,
    "done": Stage.SUCCESS,
    "failed": Stage.FAILURE,
    "cancelled": Stage.FAILURE,
    "exploded": None,
}


def saw(word: str, started: float, ended: float, number: int = 1) -> Observation:
    return Observation(
        number, submitted=False, started=started, ended=ended, code=200, status=word, stage=STAGES[word]
    )


def allowed(*seen: Observation, asked: float = 99.0) -> set[str]:
    known = possible(seen, asked)
    return {word for word, stage in STAGES.items() if known.allows(stage, word)}


EVERYTHING = set(STAGES)


def test_of_a_job_that_nobody_saw_everything_is_possible() -> None:
    assert allowed() == EVERYTHING


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("queued", EVERYTHING),
        ("running", EVERYTHING - {"queued"}),
        ("done", {"done"}),
        ("failed", {"failed"}),
        ("exploded", EVERYTHING),
    ],
)
def test_an_answer_leaves_what_lies_ahead(word: str, left: set[str]) -> None:
    assert allowed(saw(word, 0, 1)) == left


def test_a_poll_that_overlaps_may_tell_an_earlier_stage() -> None:
    assert "queued" in allowed(saw("running", 0, 5), asked=3)
    assert "queued" not in allowed(saw("running", 0, 5), asked=5)


def test_an_end_excludes_every_other_end_whenever_it_was_told() -> None:
    assert allowed(saw("done", 0, 5), asked=3) == {"queued", "running", "rendering", "done", "exploded"}


def test_what_narrowed_it_is_told() -> None:
    seen = [saw("queued", 0, 1, 1), saw("running", 1, 2, 2), saw("running", 2, 3, 3), saw("done", 3, 9, 4)]
    known = possible(seen, 4)
    assert known.reached is seen[1]
    assert known.end is seen[3]


def test_the_words_that_are_possible_are_those_of_the_contract() -> None:
    promises = BUNDLED.patterns[0].polled.promises
    running = Observation(
        1, submitted=False, started=0, ended=1, code=200, status="generating", stage=Stage.RUNNING
    )
    assert possible([running], 2).words(promises) == ("generating", "completed", "error")


def told_in_truth(word: str, started: float, ended: float, life: list[tuple[float, str]]) -> bool:
    """Whether a server that lives this life may tell the word at some moment of the question."""
    changes = [*life, (float("inf"), "")]
    spans = [(begin, end, told) for (begin, told), (end, _) in pairwise(changes)]
    return any(told == word and begin <= ended and started < end for begin, end, told in spans)


LIVES = st.builds(
    lambda gaps, middle, last: [
        (0.0, "queued"),
        *([(float(gaps[0]), "running")] if middle else []),
        (float(gaps[0] + gaps[1]), last),
    ],
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.booleans(),
    st.sampled_from(["done", "failed"]),
)


@given(LIVES, st.data())
def test_whatever_a_true_life_tells_is_possible(life: list[tuple[float, str]], data: st.DataObject) -> None:
    """Polls of any overlap, each answered with what was the case at some moment between question and answer."""
    seen: list[Observation] = []
    for number in range(data.draw(st.integers(1, 5))):
        started = float(data.draw(st.integers(0, 20)))
        ended = started + data.draw(st.integers(0, 15))
        words = [word for word in STAGES if told_in_truth(word, started, ended, life)]
        seen.append(saw(data.draw(st.sampled_from(words)), started, ended, number))
    seen.sort(key=lambda observation: observation.ended)
    for index, now in enumerate(seen):
        assert possible(seen[:index], now.started).allows(now.stage, now.status)
        assert not [breach for _, check in HISTORY_RULES for breach in check(tuple(seen[:index]), now)]


@given(st.lists(st.sampled_from(["queued", "running", "done", "failed"]), max_size=5))
def test_polls_one_after_the_other_are_possible_only_in_order(words: list[str]) -> None:
    seen = [saw(word, 2.0 * n, 2.0 * n + 1, n) for n, word in enumerate(words)]
    accepted = all(
        possible(seen[:index], now.started).allows(now.stage, now.status) for index, now in enumerate(seen)
    )
    ranks = [ORDER[STAGES[word] or Stage.INITIAL] for word in words]
    assert accepted is (
        ranks == sorted(ranks) and len({word for word in words if word in ("done", "failed")}) < 2
    )


def test_the_rules_about_order_and_the_oracle_agree() -> None:
    words = ["queued", "running", "done", "failed"]
    for first, second, overlap in product(words, words, (False, True)):
        seen, now = saw(first, 0, 4, 1), saw(second, 2 if overlap else 4, 6, 2)
        breaches = [
            rule.id for rule, check in HISTORY_RULES for _ in check((seen,), now) if rule.area == "order"
        ]
        assert bool(breaches) is not possible([seen], now.started).allows(now.stage, now.status)
