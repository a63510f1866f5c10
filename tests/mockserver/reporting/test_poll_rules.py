from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.reporting.histories import JobFacts, Noticed, Thresholds
from bodydouble.mockserver.reporting.poll_rules import (
    job_orphaned,
    polls_after_end,
    polls_too_fast,
    retry_after_ignored,
)
from tests.mockserver.clients import HOUR, Script, lived


def numbers(noticed: Noticed) -> list[int]:
    return [entry.number for entry in noticed.evidence]


# polls-too-fast


def polled(*times: float, key: str = "a") -> Script:
    script = Script()
    script.create(0.0)
    for at in times:
        script.poll(at, key=key)
    return script


def test_a_burst_is_noticed_and_the_fastest_is_told() -> None:
    (noticed,) = polls_too_fast(polled(10, 20, 30, 30.1, 30.2, 30.3, 30.4, 30.5, 31.5).observed())
    assert noticed.message == "job job-1 was polled every 0.1 s"
    assert noticed.expected == "1 s or more between polls, on average"
    assert noticed.got == "6 polls within 0.5 s"
    assert numbers(noticed) == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "times",
    [
        (1, 2, 3, 4, 5, 6, 7),
        (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8),
        (10, 10.1, 10.2, 10.3, 10.4),
        (10, 10.1, 20, 20.1, 30, 30.1, 40, 40.1),
        (10,) * 20,
        (10, 10.1, 10.2, 10.2, 10.3, 10.4),
        (),
    ],
    ids=[
        "steady",
        "backing off",
        "a few",
        "two by two",
        "clock stands still",
        "clock stood still between",
        "none",
    ],
)
def test_a_pace_that_is_no_burst_or_cannot_be_known_is_no_fault(times: tuple[float, ...]) -> None:
    assert not list(polls_too_fast(polled(*times).observed()))


def test_a_clock_that_was_set_back_says_nothing_about_the_pace() -> None:
    assert not list(polls_too_fast(polled(100, 101, 102, 1, 2, 3, 4).observed()))


def test_a_pace_that_only_a_slowed_clock_makes_fast_is_no_fault() -> None:
    script = Script()
    script.create(0.0)
    for number in range(10):
        script.poll(number * 0.01, came=number * 2.0, left=number * 2.0)
    assert not list(polls_too_fast(script.observed()))


def test_haste_in_both_times_is_noticed_in_the_slower_one() -> None:
    script = Script()
    script.create(0.0)
    for number in range(6):
        script.poll(number * 0.5, came=number * 0.001, left=number * 0.001)
    (noticed,) = polls_too_fast(script.observed())
    assert noticed.got == "6 polls within 2.5 s"


def test_several_jobs_or_several_clients_may_poll_at_once() -> None:
    script = Script()
    for round_ in range(6):
        for client in range(10):
            script.poll(round_ * 5 + client / 100, job="shared", key=f"key-{client}")
            script.poll(round_ * 5 + client / 100, job=f"job-{client}")
    assert not list(polls_too_fast(script.observed()))


def test_the_threshold_can_be_moved() -> None:
    observed = polled(*(n / 10 for n in range(1, 9))).observed()
    assert list(polls_too_fast(observed))
    assert not list(polls_too_fast(replace(observed, thresholds=Thresholds(interval=0.1))))


@given(st.lists(st.floats(1.0, 1000.0), max_size=30), st.floats(0, 2e9))
def test_no_intervals_above_the_threshold_are_a_fault(intervals: list[float], start: float) -> None:
    assert not list(polls_too_fast(polled(*accumulate(intervals, initial=start)).observed()))


@given(st.lists(st.floats(0.001, 0.99), min_size=5, max_size=30))
def test_enough_intervals_below_the_threshold_are_always_a_fault(intervals: list[float]) -> None:
    assert list(polls_too_fast(polled(*accumulate(intervals, initial=1.0)).observed()))


# retry-after-ignored


def test_coming_back_too_early_is_noticed() -> None:
    script = Script()
    script.create(0.0)
    script.poll(10.0, status=429, retry_after=5.0, took=0.0)
    script.poll(11.0)
    (noticed,) = retry_after_ignored(script.observed())
    assert noticed.message == "Retry-After was ignored once, polling job job-1"
    assert noticed.expected == "no further attempt within 5 s, as the 429 reply asked"
    assert noticed.got == "the next attempt after 1 s"
    assert numbers(noticed) == [2, 3]


def test_of_several_times_the_worst_is_told_and_all_are_evidence() -> None:
    script = Script()
    for at, pause in ((10.0, 5.0), (11.0, 90.0), (31.0, 5.0)):
        script.poll(at, status=503, retry_after=pause, took=0.0)
    script.poll(40.0)
    (noticed,) = retry_after_ignored(script.observed())
    assert noticed.message == "Retry-After was ignored 2 times, polling job job-1"
    assert noticed.expected == "no further attempt within 90 s, as the 503 reply asked"
    assert noticed.got == "the next attempt after 20 s"
    assert numbers(noticed) == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("told", "again"),
    [
        ({"retry_after": 5.0}, 15.01),
        ({"retry_after": 5.0}, 14.9),
        ({"retry_after": 5.0, "took": 3.0}, 17.9),
        ({"retry_after": 0.0}, 10.1),
        ({}, 10.1),
        ({"retry_after": 5.0, "whole": False}, 10.1),
        ({"retry_after": 5.0, "gone": True}, 10.1),
        ({"retry_after": 5.0, "took": 0.0}, 10.0),
        ({"retry_after": 5.0, "took": 2.0}, 11.0),
        ({"retry_after": 5.0}, 9.0),
    ],
    ids=[
        "kept",
        "a hair early",
        "kept, slow",
        "zero",
        "none",
        "lost",
        "gone",
        "clock stands still",
        "under way",
        "clock set back",
    ],
)
def test_who_waits_or_cannot_have_heard_is_not_at_fault(told: dict[str, float], again: float) -> None:
    script = Script()
    script.poll(10.0, status=429, **told)
    script.poll(again)
    assert not list(retry_after_ignored(script.observed()))


def test_other_requests_need_not_wait() -> None:
    script = Script()
    script.poll(10.0, status=429, retry_after=5.0)
    script.poll(10.5, job="other")
    script.poll(10.5, key="of somebody else")
    script.create(10.5, job="job-2")
    script.fetch(10.5)
    assert not list(retry_after_ignored(script.observed()))


def test_polls_for_unknown_ids_are_told_apart() -> None:
    script = Script()
    script.miss(10.0, "one", retry_after=5.0)
    script.miss(11.0, "other")
    script.miss(12.0, "one")
    (noticed,) = retry_after_ignored(script.observed())
    assert numbers(noticed) == [1, 3]


def test_creates_and_downloads_have_to_wait_too() -> None:
    script = Script()
    script.create(0.0, job="", status=429, retry_after=5.0)
    script.create(1.0, job="", status=503, retry_after=9.0, body=b"{}")
    script.create(2.0)
    script.fetch(70.0, status=503, retry_after=5.0)
    script.fetch(71.0)
    assert [noticed.message for noticed in retry_after_ignored(script.observed())] == [
        "Retry-After was ignored once, creating a job",
        "Retry-After was ignored once, fetching the result of job job-1",
    ]


def test_an_equal_create_with_another_name_is_another_request() -> None:
    script = Script()
    script.create(0.0, job="", status=429, retry_after=5.0, client_request_id="one")
    script.create(1.0, client_request_id="two")
    assert not list(retry_after_ignored(script.observed()))


def twice(world: float, own: float) -> Script:
    """A poll that is told to come back in 5 s, and the next one."""
    script = Script()
    script.poll(10.0, status=429, retry_after=5.0, took=0.0, came=1.0, left=1.0)
    script.poll(10.0 + world, came=1.0 + own, left=1.0 + own)
    return script


@pytest.mark.parametrize(("world", "own"), [(0.05, 5.0), (0.0, 5.0), (0.0, 0.0), (1e6, 5.0)])
def test_who_waits_as_long_by_its_own_clock_is_careful_however_the_world_is_slowed_or_frozen(
    world: float, own: float
) -> None:
    assert not list(retry_after_ignored(twice(world, own).observed()))


@pytest.mark.parametrize("world", [0.0, 0.1, 50.0, 1e6])
def test_who_comes_too_early_by_its_own_clock_is_noticed_however_fast_the_world_runs(world: float) -> None:
    (noticed,) = retry_after_ignored(twice(world, 0.1).observed())
    assert noticed.got == "the next attempt after 0.1 s"


# polls-after-end


def test_polling_on_after_the_end_is_noticed() -> None:
    script = Script()
    script.create(0.0)
    script.poll(70.0, "failure")
    for at in (80.0, 90.0, 100.0):
        script.poll(at, "failure")
    (noticed,) = polls_after_end(script.observed())
    assert noticed.message == "job job-1 was polled 3 times after its end had been told"
    assert noticed.expected == "no poll after the reply that told failure"
    assert numbers(noticed) == [2, 3, 4, 5]


def test_one_more_look_is_no_fault() -> None:
    script = lived(10)
    script.poll(200.0, "success")
    assert not list(polls_after_end(script.observed()))


def test_polls_that_fail_after_the_end_count_as_well() -> None:
    script = lived(10)
    script.poll(80.0, status=503)
    script.poll(90.0, "success")
    assert list(polls_after_end(script.observed()))


def test_an_end_that_did_not_arrive_is_asked_for_again() -> None:
    script = Script()
    script.create(0.0)
    for at in (70.0, 80.0, 90.0):
        script.poll(at, "success", whole=False)
    script.poll(100.0, "success")
    assert not list(polls_after_end(script.observed()))


def test_a_success_without_a_url_is_asked_for_again() -> None:
    script = Script()
    script.create(0.0)
    for at in (70.0, 80.0, 90.0):
        script.poll(at, "success", url_until=None)
    assert not list(polls_after_end(script.observed()))


def test_a_fresh_url_may_be_asked_for_after_a_refusal_or_its_end() -> None:
    script = lived(10)
    for at in (100.0, 200.0, 300.0):
        script.fetch(at, status=403)
        script.poll(at + 1, status=503)
        script.poll(at + 5, "success")
    script.poll(3 * HOUR, "success")
    script.poll(5 * HOUR, "success")
    assert not list(polls_after_end(script.observed()))


def test_a_fresh_url_may_be_asked_for_after_a_download_that_broke() -> None:
    script = lived(10)
    for at in (70.0, 80.0, 90.0):
        script.fetch(at, whole=False)
        script.poll(at + 1, "success")
    assert not list(polls_after_end(script.observed()))


def test_a_refusal_before_the_end_was_told_is_no_reason_to_poll_on() -> None:
    script = Script()
    script.create(0.0)
    script.fetch(1.0, status=403)
    for at in (61.0, 71.0, 81.0):
        script.poll(at, "success")
    (noticed,) = polls_after_end(script.observed())
    assert numbers(noticed) == [3, 4, 5]


def test_polls_that_were_under_way_when_the_end_was_told_do_not_count() -> None:
    script = Script()
    script.create(0.0)
    for at in (61.0, 62.0, 63.0, 64.0):
        script.poll(at, "failure", took=5.0)
    assert not list(polls_after_end(script.observed()))


def test_a_download_that_worked_is_no_reason_to_poll_on() -> None:
    script = lived(10)
    script.poll(70.0, "success")
    script.fetch(71.0)
    script.poll(72.0, "success")
    assert list(polls_after_end(script.observed()))


def test_another_client_may_look_for_itself() -> None:
    script = lived(10)
    for key in "abcdef":
        script.poll(100.0, "success", key=key)
    assert not list(polls_after_end(script.observed()))


def test_the_creates_own_reply_does_not_have_to_be_believed() -> None:
    script = Script()
    script.create(0.0, stage="success", url_until=HOUR)
    script.poll(1.0, "success")
    assert not list(polls_after_end(script.observed()))


# job-orphaned


def orphan(*polls: float, **created: object) -> Script:
    script = Script()
    script.create(0.0, **created)
    for at in polls:
        script.poll(at)
    return script


def test_a_job_that_ended_unseen_is_noticed_with_what_it_cost() -> None:
    (noticed,) = job_orphaned(orphan(10, 20).observed(now=60 + 600.0))
    assert noticed.message == "job job-1 ended in success and was never polled to its end"
    assert noticed.got == "the last of 2 polls 40 s before the end; the job costs 0.06 USD or 120000 credits"
    assert numbers(noticed) == [1, 3]


def test_a_job_that_was_never_polled_is_noticed() -> None:
    (noticed,) = job_orphaned(orphan().observed(now=60.0, over=True))
    assert noticed.got == "no poll; the job costs 0.06 USD or 120000 credits"
    assert numbers(noticed) == [1]


def test_a_job_without_a_price_is_orphaned_as_well() -> None:
    script = orphan()
    script.jobs["job-1"] = JobFacts(ended=60.0, success=True)
    (noticed,) = job_orphaned(script.observed(now=HOUR))
    assert noticed.got == "no poll"


@pytest.mark.parametrize(
    ("script", "now", "over"),
    [
        (orphan(10, 20), 659.0, False),
        (orphan(10, 20), 59.0, True),
        (lived(10), 10 * HOUR, True),
        (orphan(10, stage="success"), 10 * HOUR, True),
        (orphan(10, whole=False), 10 * HOUR, True),
        (orphan(10, gone=True), 10 * HOUR, True),
        (orphan(10, status=500), 10 * HOUR, True),
        (orphan(10, 61), 10 * HOUR, True),
        (Script(), 10 * HOUR, True),
    ],
    ids=[
        "may still come",
        "has not ended",
        "was told",
        "was told at once",
        "create lost",
        "create not waited for",
        "create answered with an error",
        "polled after the end, in vain",
        "no job",
    ],
)
def test_a_client_that_may_come_or_came_or_could_not_come_is_not_at_fault(
    script: Script,
    now: float,
    over: bool,  # noqa: FBT001 - parametrised
) -> None:
    assert not list(job_orphaned(script.observed(now=now, over=over)))


def test_a_client_that_comes_seldom_has_more_time() -> None:
    script = orphan(10, 500)
    script.jobs["job-1"] = JobFacts(ended=510.0, success=True)
    assert not list(job_orphaned(script.observed(now=510 + 3 * 490 - 1.0)))
    assert list(job_orphaned(script.observed(now=510 + 3 * 490.0)))


@pytest.mark.parametrize("facts", [JobFacts(ended=60.0), JobFacts(success=True), JobFacts()])
def test_a_job_that_failed_or_never_ends_costs_nothing_and_may_be_left(facts: JobFacts) -> None:
    script = orphan(10)
    script.jobs["job-1"] = facts
    assert not list(job_orphaned(script.observed(now=HOUR, over=True)))


@pytest.mark.parametrize("last", [{"status": 503}, {"status": 404}, {"whole": False}])
def test_a_client_that_was_sent_away_is_not_at_fault(last: dict[str, int | bool]) -> None:
    script = orphan(10)
    script.poll(20.0, **last)
    assert not list(job_orphaned(script.observed(now=HOUR, over=True)))


def test_a_job_whose_create_has_left_the_journal_is_not_judged() -> None:
    script = orphan(10)
    del script.entries[0]
    assert not list(job_orphaned(script.observed(now=HOUR, over=True)))
