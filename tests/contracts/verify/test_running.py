import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.outcomes import Verdict
from bodydouble.contracts.verify.running import Run
from bodydouble.contracts.verify.settings import Settings
from tests.apis import BUNDLED
from tests.end_to_end import provider_zoo as zoo
from tests.verifying import PATTERN, player, rules, verified

ALL = frozenset({Severity.ERROR, Severity.WARNING})


def test_a_sound_server_keeps_the_contract_and_everything_was_looked_at() -> None:
    outcome = verified(zoo.Sound, seed=1, examples=4)
    assert outcome.verdict(ALL) is Verdict.KEPT
    assert all(looked.done == looked.planned for looked in outcome.looked), outcome.looked
    assert outcome.usd == pytest.approx(outcome.jobs * 0.06)


def test_the_same_seed_sends_the_same() -> None:
    one, other = (verified(zoo.NoVideo, seed=4, examples=2) for _ in range(2))
    assert (one.exchanges, one.jobs, rules(one)) == (other.exchanges, other.jobs, rules(other))


@pytest.mark.parametrize("most", [1, 2, 3, 5, 9])
def test_no_run_submits_more_jobs_than_it_may(most: int) -> None:
    clock_server = player(zoo.Sound).sender
    settings = Settings(seed=1, examples=5, limits=Limits(jobs=most))
    outcome = Run(BUNDLED, PATTERN, clock_server.target, clock_server.time, settings)()
    assert 1 <= outcome.jobs <= most
    assert outcome.verdict(ALL) is Verdict.KEPT
    assert any(looked.done < looked.planned for looked in outcome.looked)


def test_without_a_job_nothing_is_green() -> None:
    outcome = verified(zoo.Sound, seed=1, limits=Limits(jobs=0))
    assert outcome.verdict(ALL) is Verdict.COULD_NOT_LOOK
    assert "budget" in outcome.stopped
    assert outcome.jobs == 0


def test_a_key_that_is_refused_is_no_breach_and_no_success() -> None:
    class Closed(zoo.Sound):
        def knows(self, authorization: str) -> bool:  # noqa: ARG002 - no key is good
            return False

    outcome = verified(Closed, seed=1)
    assert outcome.verdict(ALL) is Verdict.COULD_NOT_LOOK
    assert "401" in outcome.stopped
    assert outcome.exchanges == 1


@pytest.mark.parametrize("status", [402, 403, 429])
def test_no_credit_and_rate_limits_throughout_are_no_breach_and_no_success(status: int) -> None:
    class Refusing(zoo.Sound):
        def create(self, body: bytes) -> zoo.Said:  # noqa: ARG002 - whatever is asked
            return self.refuse(status, "no")

    outcome = verified(Refusing, seed=1)
    assert str(status) in outcome.stopped
    assert outcome.verdict(ALL) in (Verdict.COULD_NOT_LOOK, Verdict.BROKEN)
    assert not rules(outcome) - {"reply-status-undocumented"}


def test_invalid_creates_are_left_out_where_they_may_cost() -> None:
    outcome = verified(zoo.Gullible, seed=1, examples=4, negative=False)
    assert not rules(outcome)
    assert "invalid-accepted" in outcome.unseen
    assert any(looked.phase == "invalid requests" and not looked.done for looked in outcome.looked)


def test_a_run_that_is_broken_off_tells_what_it_has_found() -> None:
    sender = player(zoo.Untraced).sender
    count = 0

    def interrupt(_: object) -> None:
        nonlocal count
        count += 1
        if count == 30:
            raise KeyboardInterrupt

    outcome = Run(BUNDLED, PATTERN, sender.target, sender.time, Settings(seed=1), listener=interrupt)()
    assert outcome.interrupted
    assert rules(outcome) == {"reply-header-missing"}
    assert outcome.exchanges == 30


def test_a_run_ends_with_its_time() -> None:
    outcome = verified(zoo.Sound, seed=1, limits=Limits(seconds=0.0))
    assert "time" in outcome.stopped
    assert outcome.verdict(ALL) is Verdict.COULD_NOT_LOOK


def test_flaws_do_not_hide_each_other() -> None:
    class TwoFlaws(zoo.CompletedThenError, zoo.LongPrompts):
        pass

    assert {"job-end-left", "invalid-accepted"} <= rules(verified(TwoFlaws, seed=1, examples=6))


def test_a_body_that_breaks_a_server_is_made_small() -> None:
    class NoHashes(zoo.Sound):
        def create(self, body: bytes) -> zoo.Said:
            return self.refuse(500, "oh") if b"7" in body else super().create(body)

    outcome = verified(NoHashes, seed=1, examples=40)
    (failure,) = (each for each in outcome.failures if each.finding.rule == "answer-failed")
    (step,) = failure.steps
    assert step.asked
    assert len(step.asked.body) < 60
