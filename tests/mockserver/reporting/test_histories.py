import pytest

from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.reporting.histories import JobFacts, Thresholds, costs, own_pause, pauses, seconds
from tests.mockserver.clients import Script, lived


def test_entries_are_grouped_by_what_they_were_for_and_by_job() -> None:
    script = lived(10)
    script.miss(80.0, "x")
    observed = script.observed()
    assert [entry.number for entry in observed.of(Purpose.POLL)] == [2, 3, 5]
    assert [entry.number for entry in observed.of(Purpose.SUBMIT, Purpose.RESULT)] == [1, 4]
    assert {job: len(polls) for job, polls in observed.by_job(Purpose.POLL).items()} == {"job-1": 2}


def test_pauses_lie_between_requests() -> None:
    assert pauses(lived(10, 25).entries) == [10.0, 15.0, 36.0, 1.0]
    assert pauses([]) == []


@pytest.mark.parametrize(
    ("now", "pause", "over", "late"),
    [
        (100.0, 0.0, False, False),
        (699.0, 0.0, False, False),
        (700.0, 0.0, False, True),
        (700.0, 300.0, False, False),
        (1001.0, 300.0, False, True),
        (100.0, 300.0, True, True),
        (99.0, 0.0, True, False),
    ],
)
def test_a_client_is_late_after_a_grace_or_when_the_run_is_over(
    now: float,
    pause: float,
    over: bool,  # noqa: FBT001 - parametrised
    late: bool,  # noqa: FBT001 - parametrised
) -> None:
    script = Script()
    script.poll(100.0 - pause)
    script.poll(100.0, took=0.0)
    observed = script.observed(now, over=over, thresholds=Thresholds(grace=600.0))
    assert observed.is_late(100.0, observed.entries) is late


@pytest.mark.parametrize(
    ("paused", "passed", "late"),
    [(0.0, 59.0, False), (0.0, 60.0, True), (30.0, 89.0, False), (30.0, 90.0, True)],
)
def test_a_clock_that_is_set_forward_leaves_a_client_its_own_time(
    paused: float,
    passed: float,
    late: bool,  # noqa: FBT001 - parametrised
) -> None:
    script = Script()
    script.poll(100.0 - paused, took=0.0, came=5.0 - paused, left=5.0 - paused)
    script.poll(100.0, took=0.0, came=5.0, left=5.0)
    observed = script.observed(1e6, base=5.0 + passed)
    assert observed.is_late(100.0, observed.entries) is late
    assert script.observed(1e6, base=5.0, over=True).is_late(100.0, observed.entries)


def test_a_client_spends_its_own_time_between_reply_and_request_where_that_is_known() -> None:
    script = Script()
    one = script.poll(10.0, took=1.0, came=3.0, left=3.5)
    other = script.poll(20.0, took=1.0, came=4.0, left=4.5)
    unknown = script.poll(30.0)
    assert (own_pause(one, other), own_pause(other, unknown)) == (0.5, 9.0)


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ([], ""),
        ([JobFacts()], ""),
        ([JobFacts(usd=0.06)], "0.06 USD"),
        ([JobFacts(credits=10), JobFacts(credits=5)], "15 credits"),
        ([JobFacts(usd=0.06, credits=10)] * 3, "0.18 USD or 30 credits"),
    ],
)
def test_costs_are_told_in_the_units_that_are_known(jobs: list[JobFacts], words: str) -> None:
    assert costs(jobs) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.0, "0 s"), (0.05, "0.05 s"), (12.345, "12.3 s"), (99.99, "100 s"), (3600.4, "3600 s")],
)
def test_durations_are_told_as_people_read_them(number: float, words: str) -> None:
    assert seconds(number) == words
