from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.job_data import job_data, status_of, timeline
from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.scenario_files import read, shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.states import Forced, state_at
from tests.mockserver.control.desk import DOCUMENT, Desk, assert_valid

SHIPPED = shipped()
STEADY = replace(SUCCEEDS, queued=Fixed(10), running=Fixed(20))
COUNTED = read({"name": "counted", "polls": {"queued": 1, "running": 2}}, "test")[0]
STARTS = ManualClock()()


def job_of(scenario: Scenario) -> Job:
    desk = Desk(settings={"scenario": scenario})
    job = desk.world.jobs.get(desk.submit())
    assert job
    return job


def life(job: Job, now: float) -> list[tuple[Any, ...]]:
    steps: list[Any] = timeline(job, now)
    return [
        (step["stage"], step["at"] and step["at"] - STARTS, step["reached"], step["forced"]) for step in steps
    ]


def test_a_life_is_told_with_what_is_still_to_come() -> None:
    assert life(job_of(STEADY), STARTS + 15) == [
        ("initial", 0, True, False),
        ("running", 10, True, False),
        ("success", 30, False, False),
    ]


def test_a_forced_job_keeps_its_past_and_loses_its_future() -> None:
    job = job_of(STEADY)
    job.forced = Forced(Stage.FAILURE, STARTS + 15, "Boom", "It broke.")
    assert life(job, STARTS + 100) == [
        ("initial", 0, True, False),
        ("running", 10, True, False),
        ("failure", 15, True, True),
    ]
    data: Any = job_data(job, STARTS + 100)
    assert (data["stage"], data["status"]) == ("failure", "error")
    assert data["facts"]["forced"]["failure"] == {"name": "Boom", "message": "It broke."}


def test_stages_that_last_no_time_are_not_told() -> None:
    assert [step[0] for step in life(job_of(SHIPPED["instant"]), STARTS)] == ["success"]
    assert [step[0] for step in life(job_of(SHIPPED["skips-generating"]), STARTS)] == ["initial", "success"]


def test_what_never_comes_has_no_moment() -> None:
    job = job_of(SHIPPED["stuck-generating"])
    data: Any = job_data(job, STARTS + 1e6)
    assert (data["plan"]["running"], data["ends"], data["stage"]) == (None, None, "running")
    assert life(job, STARTS + 1e6)[-1] == ("success", None, False, False)


def test_where_polls_are_counted_a_life_is_told_in_polls() -> None:
    job = job_of(COUNTED)
    job.polls = 2
    steps: list[Any] = timeline(job, STARTS)
    assert [(step["stage"], step["poll"], step["reached"]) for step in steps] == [
        ("initial", 0, True),
        ("running", 2, True),
        ("success", 4, False),
    ]


@given(st.integers(0, 6))
def test_the_counted_stage_is_the_last_one_reached(polls: int) -> None:
    job = job_of(COUNTED)
    job.polls = polls
    steps: list[Any] = timeline(job, STARTS)
    assert [step["stage"] for step in steps if step["reached"]][-1] == state_at(job.plan, job, STARTS)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("passed", [0, 20, 400])
def test_every_scenario_gives_jobs_that_the_document_describes(name: str, passed: int) -> None:
    scenario = replace(SHIPPED[name], faults=())
    job = job_of(scenario)
    data: Any = job_data(job, STARTS + passed)
    assert_valid(DOCUMENT["components"]["schemas"]["Job"], data)
    assert [step["stage"] for step in data["timeline"] if step["reached"]][-1] == data["stage"]


def test_the_word_is_the_one_that_replies_say() -> None:
    assert [status_of(job_of(SUCCEEDS), stage) for stage in Stage] == [
        "queued",
        "generating",
        "completed",
        "error",
    ]
    assert status_of(job_of(SHIPPED["new-status"]), Stage.RUNNING) == "moderating"
