from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.check_rules import History, Observation
from bodydouble.contracts.checks.checks import check_history
from bodydouble.contracts.checks.history_checks import HISTORY_RULES, without_queries
from tests.exchanging import JOB_ID, created, done, observed, polled

FAILED = {"id": JOB_ID, "status": "failed", "error": {"message": "no"}}
LIVES = (
    ["queued", "running", done()],
    ["queued", done()],
    ["running", "running", FAILED],
    ["queued", "queued", "queued"],
    [done(), done("https://cdn.example/v/clip.mp4?sig=2#t")],
)


def told(*lives: Any) -> tuple[Observation, ...]:
    replies = [observed(polled(life, number=n, at=10.0 * n)) for n, life in enumerate(lives, 1)]
    return (observed(created(number=0)), *replies)


def broken(observations: tuple[Observation, ...]) -> list[str]:
    return [f.rule for f in check_history(History("GET /jobs", (), observations))]


@pytest.mark.parametrize("life", LIVES)
def test_a_sound_life_gives_no_finding_whatever_was_missed(life: list[Any]) -> None:
    assert broken(told(*life)) == []


BROKEN: dict[str, tuple[Observation, ...]] = {
    "job-id-reused": (observed(created()), observed(created(number=2, at=5.0))),
    "job-lost": (*told("running"), observed(polled({"message": "no"}, status=404, number=9, at=90.0))),
    "job-backwards": told("running", "queued"),
    "job-end-left": told(done(), FAILED),
    "job-result-changed": told(done(), done("https://cdn.example/v/other.mp4?sig=1")),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_the_only_one_found(rule: str) -> None:
    assert broken(BROKEN[rule]) == [rule]


def test_every_rule_about_histories_is_broken_here() -> None:
    assert {rule.id for rule, _ in HISTORY_RULES} == set(BROKEN)


def test_a_job_that_goes_on_after_its_end_left_it() -> None:
    assert broken(told(done(), "running")) == ["job-end-left"]


def test_polls_that_overlap_have_no_order() -> None:
    late = observed(polled("queued", number=1, at=0.5, ended=99.0))
    early = observed(polled("running", number=2, at=1.0, ended=2.0))
    assert broken((early, late)) == []
    after = observed(polled("queued", number=3, at=2.0, ended=3.0))
    assert broken((early, after)) == ["job-backwards"]


def test_an_unknown_status_has_no_place_in_the_order() -> None:
    assert broken(told("running", "exploded", "running")) == []


def test_a_job_never_seen_is_not_lost() -> None:
    assert broken((observed(polled({"message": "no"}, status=404)),)) == []


def test_a_new_link_beside_an_old_signature_is_told_by_its_place() -> None:
    (finding,) = check_history(History("", (), BROKEN["job-result-changed"]))
    assert finding.pointer == "/result/url"
    assert "sig" not in str(finding)


@given(st.lists(st.sampled_from(["queued", "running", "done", "failed", "x"]), max_size=6))
def test_a_forward_life_is_sound_and_any_other_is_found(words: list[str]) -> None:
    bodies = {"done": done(), "failed": FAILED}
    ranks = [{"queued": 0, "running": 1, "done": 2, "failed": 2}[word] for word in words if word != "x"]
    ends = {word for word in words if word in ("done", "failed")}
    first_end = next((n for n, word in enumerate(words) if word in ends), len(words))
    forward = ranks == sorted(ranks) and len(set(words[first_end:])) <= 1
    assert (broken(told(*[bodies.get(word, word) for word in words])) == []) is forward


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("https://a.example/b?c=d#e", "https://a.example/b"),
        ("what? no", "what? no"),
        ({"u": ["http://a/?b", 1, None]}, {"u": ["http://a/", 1, None]}),
        ("http://[broken?x", "http://[broken?x"),
    ],
)
def test_only_urls_lose_their_queries(value: Any, bare: Any) -> None:
    assert without_queries(value) == bare


@pytest.mark.parametrize(
    ("url", "rules"), [("clip.mp4?sig=2", []), ("other.mp4?sig=1", ["job-result-changed"])]
)
def test_a_create_that_tells_the_end_and_a_poll_answer_by_schemas_of_their_own(
    url: str, rules: list[str]
) -> None:
    later = done(f"https://cdn.example/v/{url}")
    later["result"]["duration"] = 6
    assert broken((observed(created(done(), number=0)), observed(polled(later, number=1)))) == rules
    assert broken((observed(polled(done(), number=1)), observed(polled(later, number=2, at=20.0)))) == [
        "job-result-changed"
    ]
