import time
from itertools import pairwise

import pytest

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.verify.asgi_target import AppTarget
from bodydouble.contracts.verify.asking import Meant
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.looking import Look, Looked, glance, lines, without
from bodydouble.contracts.verify.pacing import MOVED, Time, retry_after
from bodydouble.contracts.verify.planning import Unplannable
from bodydouble.contracts.verify.progress import Progress
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED, contract, jobs
from tests.verifying import PATTERN, exchange

KEY = "sk-very-secret"


def look(scenario: str = "succeeds", *, usd: float | None = None, **more: object) -> Looked:
    clock = ManualClock()
    target = AppTarget(create_app(BUNDLED, clock=clock, seed=1, scenario=scenario), clock, KEY)
    moment = Time(clock, clock.advance, wall=time.monotonic)
    try:
        planned = glance(BUNDLED, PATTERN, Limits(usd=usd))
        return Look(BUNDLED, planned, target, moment, pace=MOVED, key=KEY, **more)()  # type: ignore[arg-type] # options
    finally:
        target.close()


def creates(looked: Looked) -> list[Exchange]:
    return [each for each in looked.exchanges if each.method == "POST"]


def test_polls_of_no_job_come_first_and_one_job_after_them() -> None:
    looked = look()
    methods = [each.method for each in looked.exchanges]
    assert methods[:4] == ["GET", "GET", "GET", "POST"]
    assert len(creates(looked)) == looked.jobs == 1
    assert [each.status for each in looked.exchanges[:4]] == [404, 401, 400, 200]
    assert (looked.unseen, looked.breaches, looked.interrupted) == ((), (), False)


def test_the_job_is_polled_to_its_end_and_again_after_it_and_its_result_is_left_alone() -> None:
    words = [each.reply.json_or_none() for each in look().exchanges[4:]]
    told = [word["status"] for word in words if isinstance(word, dict)]
    assert told[0] == "queued"
    assert told[-2:] == ["completed", "completed"]
    assert len(told) == len(words)


def test_the_plainest_body_is_submitted() -> None:
    assert glance(BUNDLED, PATTERN, Limits()).body == {"model": "video-01", "prompt": "sample"}


def test_a_budget_below_the_price_leaves_the_free_polls_and_says_so() -> None:
    looked = look(usd=0.01)
    assert not creates(looked)
    assert len(looked.exchanges) == 3
    assert looked.unseen == ("the budget allows no job, so that no life of one was seen",)


def test_a_budget_is_no_reason_for_a_second_job() -> None:
    assert glance(BUNDLED, PATTERN, Limits(usd=100.0)).jobs == glance(BUNDLED, PATTERN, Limits()).jobs == 1


def test_a_create_that_is_refused_for_lack_of_credit_ends_the_look() -> None:
    looked = look("out-of-credit")
    assert not creates(looked)
    assert "its credit is used up (403) (while looking at the life of one job)" in looked.unseen[0]
    assert looked.jobs == 0


def test_what_came_before_a_limit_was_lifted_is_seen_too_and_no_more_jobs_are_submitted() -> None:
    looked = look("rate-limited")
    assert [each.status for each in creates(looked)] == [429, 429, 200]
    assert looked.jobs == 1
    assert not looked.unseen


def test_every_wait_is_as_long_as_the_server_asks() -> None:
    seen = look("rate-limited").exchanges
    asked = [(before, retry_after(before), after) for before, after in pairwise(seen) if before.status == 429]
    assert len([wait for _, wait, _ in asked if wait]) >= 2
    for before, wait, after in asked:
        assert after.started - before.ended >= (wait or 0.0) - 0.01


def test_a_job_without_an_end_is_not_green() -> None:
    assert look("stuck-queued").unseen == ("the job came to no end, so that no end was seen",)


def test_time_that_is_spent_is_not_green() -> None:
    (reason,) = look(seconds=-1.0).unseen
    assert "the time of the run is spent" in reason


def test_an_interruption_leaves_what_was_seen() -> None:
    def listener(progress: Progress) -> None:
        if progress.jobs:
            raise KeyboardInterrupt

    looked = look(listener=listener)
    assert looked.interrupted
    assert len(creates(looked)) == 1
    assert "interrupted" in looked.unseen[0]


def test_breaches_of_other_rules_are_named() -> None:
    assert "job-status-unknown" in look("new-status").breaches


def test_a_key_that_a_server_sends_back_is_hidden() -> None:
    seen = exchange(body=b'{"got": "sk-very-secret"}')
    clean = without(KEY.encode(), seen).reply.body
    assert clean.content == b'{"got": "[key]"}'
    assert clean.size == len(clean.content)
    assert without(b"", seen) is seen
    assert without(b"other", seen) is seen


def test_a_body_that_cannot_be_made_is_told() -> None:
    unsatisfiable = jobs()
    operation = next(iter(unsatisfiable["paths"].values()))["post"]
    content = operation["requestBody"]["content"]["application/json"]
    content["schema"] = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "enum": [1]}},
    }
    broken: Contract = contract(unsatisfiable)
    with pytest.raises(Unplannable):
        glance(broken, broken.patterns[0], Limits())


def test_what_would_be_sent_is_told_with_its_cost() -> None:
    planned = glance(BUNDLED, PATTERN, Limits())
    text = list(lines(planned, ["{}"]))
    assert text[0] == f"{PATTERN.submit} and {PATTERN.poll}"
    assert sum("without a key" in line for line in text) == 1
    assert text[-1] == "at most one job: 0.06 USD by the contract's price"
    assert [each.meant for each in planned.probes] == [Meant.UNKNOWN, Meant.KEYLESS, Meant.INCOMPLETE]
    assert "no job: the budget allows none" in list(lines(glance(BUNDLED, PATTERN, Limits(usd=0.0))))[-1]
