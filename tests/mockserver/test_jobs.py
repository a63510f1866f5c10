from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.jobs import Job, JobStore, Part
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Outcome, PollCount
from bodydouble.mockserver.states import Forced, state_at

OUTCOME = Outcome(Stage.SUCCESS)
COUNT = PollCount(1, 1)
PART = Part(None, SUCCEEDS, "", OUTCOME, 6.0, None)  # type: ignore[arg-type]  # a store looks at no play


def job(name: str, submitted: float, lasts: float) -> Job:
    return Job(submitted + lasts, submitted, name, 0.0, lasts, PART)


def test_a_job_is_found_under_its_id_and_nothing_else_is() -> None:
    store = JobStore(10)
    kept = job("a", 0, 5)
    store.add(kept)
    assert store.get("a") is kept
    assert store.get("b") is None
    assert store.get("") is None


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 200)), min_size=1, max_size=60), st.integers(1, 20))
def test_the_jobs_that_ended_last_are_kept(lives: list[tuple[float, float]], limit: int) -> None:
    store = JobStore(limit)
    jobs = [job(str(number), submitted, lasts) for number, (submitted, lasts) in enumerate(lives)]
    for each in jobs:
        store.add(each)
        assert len(store) <= limit
    assert store.evicted == max(0, len(jobs) - limit)
    left = sorted(each.ends for each in jobs if store.get(each.id) is None)
    assert len(left) == store.evicted
    assert all(store.evicted_end(each.id) is None for each in jobs if store.get(each.id))


def test_a_running_job_outlives_a_younger_one_that_has_ended() -> None:
    store = JobStore(2)
    store.add(job("long", 0, 1000))
    store.add(job("short", 10, 1))
    store.add(job("new", 20, 50))
    assert store.get("long") is not None
    assert store.get("short") is None
    assert store.evicted_end("short") == 11


def test_what_is_remembered_of_evicted_jobs_is_bounded() -> None:
    store = JobStore(5)
    for number in range(100):
        store.add(job(str(number), number, 1))
    remembered = [number for number in range(100) if store.evicted_end(str(number)) is not None]
    assert remembered == [90, 91, 92, 93, 94]


def test_of_a_large_store_no_more_is_remembered_than_anybody_asks_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bodydouble.mockserver.jobs.MOST_GONE", 3)
    store = JobStore(50)
    for number in range(100):
        store.add(job(str(number), number, 1))
    assert (len(store), store.evicted) == (50, 50)
    assert [name for name, _ in store.gone] == ["47", "48", "49"]


def test_a_store_that_would_keep_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        JobStore(0)


def test_order_of_arrival_does_not_decide_who_leaves() -> None:
    ends = [5, 3, 9, 1, 7]
    Random(3).shuffle(ends)
    store = JobStore(2)
    for end in ends:
        store.add(job(str(end), 0, end))
    assert store.get("9") is not None


def test_a_job_that_is_made_to_end_leaves_by_its_new_end() -> None:
    store = JobStore(2)
    long, short = job("long", 0, 1000), job("short", 0, 50)
    store.add(long)
    store.add(short)
    store.force(long, Forced(Stage.FAILURE, 1.0))
    assert long.ends == 1.0
    store.add(job("new", 20, 50))
    assert (store.get("long"), store.get("short")) == (None, short)


def test_a_job_that_is_removed_is_not_there_any_more() -> None:
    store = JobStore(2)
    store.add(job("a", 0, 5))
    store.add(job("b", 0, 6))
    assert store.remove("a") is not None
    assert store.remove("a") is None
    assert [each.id for each in store] == ["b"]
    for name in "cd":
        store.add(job(name, 0, 9))
    assert [each.id for each in store] == ["c", "d"]


def test_a_store_that_is_cleared_is_empty() -> None:
    store = JobStore(1)
    store.add(job("a", 0, 5))
    store.add(job("b", 0, 6))
    store.clear()
    assert (len(store), store.evicted, store.evicted_end("a")) == (0, 0, None)


@given(
    st.booleans().flatmap(
        lambda counts: st.lists(
            st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([2.0, 6.0]), st.just(counts))
        )
    )
)
def test_a_job_tells_what_it_was_begun_with_and_shares_it(given_jobs: list[tuple[str, float, bool]]) -> None:
    store, play = JobStore(100), PART.play
    plans = [Plan(1.0, 2.0, OUTCOME, seconds, COUNT if counts else None) for _, seconds, counts in given_jobs]
    jobs = [
        store.begin(str(number), 5.0, plan, play, SUCCEEDS, model)
        for number, (plan, (model, _, _)) in enumerate(zip(plans, given_jobs, strict=True))
    ]
    assert [job.plan for job in jobs] == plans
    assert [(job.model, job.scenario, job.play) for job in jobs] == [
        (m, SUCCEEDS, play) for m, _, _ in given_jobs
    ]
    assert len({id(job.part) for job in jobs}) == len(set(given_jobs))
    assert {job.ends for job in jobs} <= {5.0, 8.0}


@given(st.lists(st.sampled_from(["add", "add", "add", "remove", "clear"]), max_size=60), st.integers(1, 5))
def test_every_job_that_was_ever_kept_is_counted(steps: list[str], limit: int) -> None:
    store, count = JobStore(limit), 0
    for step in steps:
        if step == "add":
            store.add(job(str(count), count, 1))
            count += 1
        elif step == "remove":
            store.remove(next((each.id for each in store), "none"))
        else:
            store.clear()
        assert store.begun == count


def test_a_store_that_is_filled_again_remembers_who_had_left() -> None:
    store = JobStore(2)
    for number in range(5):
        store.add(job(str(number), number, 1))
    other = JobStore(2)
    for each in store:
        other.add(each)
    other.recall(store.begun, store.evicted, store.gone)
    assert (other.begun, other.evicted, other.gone) == (5, 3, store.gone)
    assert other.evicted_end("2") == 3


@given(
    st.floats(0, 50),
    st.floats(0, 50),
    st.none() | st.just(COUNT),
    st.none() | st.builds(Forced, st.sampled_from(Stage), st.just(1.0)),
    st.integers(0, 4),
    st.floats(-10, 200),
)
def test_a_job_stands_where_its_state_says(
    queued: float, running: float, counts: PollCount | None, forced: Forced | None, polls: int, now: float
) -> None:
    job = JobStore(5).begin("a", 0.0, Plan(queued, running, OUTCOME, 6.0, counts), PART.play, SUCCEEDS)
    job.forced, job.polls = forced, polls
    assert job.stage_at(now) is state_at(job.plan, job, now)
