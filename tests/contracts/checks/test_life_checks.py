from dataclasses import replace

import pytest

from bodydouble.contracts.checks.check_rules import History
from bodydouble.contracts.checks.checks import check_history, check_life
from bodydouble.contracts.checks.life_checks import LIFE_RULES
from tests.exchanging import JOB_ID, created, done, observed, polled

RUNNING = History(
    "GET /jobs",
    (),
    (
        observed(created(at=0.0)),
        observed(polled("running", at=30.0)),
        observed(polled("running", number=3, at=60.2)),
    ),
)
ENDED = replace(RUNNING, observations=(*RUNNING.observations, observed(polled(done(), number=4, at=90.0))))


def broken(history: History) -> list[str]:
    return [finding.rule for finding in check_life(history)]


@pytest.mark.parametrize(("budget", "ends"), [(60.0, False), (59.0, False), (61.0, True), (None, True)])
def test_a_job_ends_within_its_budget_or_is_not_watched_for_that_long(
    budget: float | None, *, ends: bool
) -> None:
    assert broken(replace(RUNNING, budget=budget)) == ([] if ends else ["job-unending"])


def test_a_job_that_ended_late_has_ended() -> None:
    assert broken(replace(ENDED, budget=10.0)) == []


def test_a_job_of_which_nothing_is_known_is_not_judged() -> None:
    assert broken(History("GET /jobs", (), (), 1.0)) == []
    lost = observed(polled({"message": "no"}, status=503))
    assert broken(History("GET /jobs", (), (lost,), 0.0)) == []


def test_the_finding_tells_how_long_and_how_often() -> None:
    (finding,) = check_history(replace(RUNNING, budget=60.0))
    assert finding.expected == "a final status within 60 s"
    assert finding.got == "running after 3 answers"
    assert finding.source == "reply 3, GET /jobs"
    assert JOB_ID not in str(finding)


def test_every_rule_about_lives_is_broken_here() -> None:
    assert [rule.id for rule, _ in LIFE_RULES] == ["job-unending"]
