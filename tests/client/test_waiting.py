"""The wait's conversation: one budget, failed polls are not failed jobs, only known words end it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.client import (
    Job,
    JobFailed,
    JobNotFound,
    Kind,
    Pace,
    PollRefused,
    ResultMissing,
    TrackingError,
    WaitTimeout,
)
from bodydouble.client.parsing import object_in, videos_in
from bodydouble.client.retry import retry_after
from bodydouble.client.steps import Failed, Reply, Report, Send, Sleep, Warn
from bodydouble.client.waiting import looking, poll_request, told_by, waiting

from .faults import done, job
from .simulation import API, BEHAVIOURS, ROOT, Behaviour, World, asking, for_ever

CREATED = Job(id="job-1", status="queued", kind=Kind.INITIAL, created_at=1.8e9, body=b"{}")
PACE = Pace(poll_timeout=20)


def run(
    behaviours: list[Behaviour],
    timeout: float = 60,
    *,
    start: Job = CREATED,
    pace: Pace = PACE,
    lag: float = 0,
) -> tuple[World, Any]:
    world = World(for_ever(behaviours), lag=lag)
    try:
        return world, world.run(waiting(start, asking(pace), timeout=timeout, start=world.tick()))
    except TrackingError as error:
        return world, error


def says(data: Any, **more: Any) -> Behaviour:
    return Behaviour(delay=0.1, status=200, body=json.dumps(data).encode(), **more)


waits = given(
    st.lists(BEHAVIOURS, min_size=1, max_size=8),
    st.floats(0, 200),
    st.sampled_from([CREATED, Job(id="job-1")]),
    st.floats(0, 0.5),
)


@waits
def test_every_wait_ends_in_the_tree_with_the_job_and_within_its_budget(
    behaviours: list[Behaviour], timeout: float, start: Job, lag: float
) -> None:
    world, outcome = run(behaviours, timeout, start=start, lag=lag)
    assert isinstance(outcome, Job | TrackingError)
    found = outcome if isinstance(outcome, Job) else outcome.job
    assert found.id == "job-1"
    # A listener that dawdles delays the step after it; there are at most two reports to a poll.
    assert world.now <= 1000 + timeout + PACE.poll_timeout + 3 * lag + 1e-6
    polls = world.of(Send)
    assert {step.request for _, step in polls} <= {poll_request(CREATED, asking())}


@waits
def test_a_wait_ends_only_for_a_reason(
    behaviours: list[Behaviour], timeout: float, start: Job, lag: float
) -> None:
    world, outcome = run(behaviours, timeout, start=start, lag=lag)
    last = [answer for _, answer in world.answers if isinstance(answer, Reply | Failed)][-1]
    if isinstance(outcome, Job):
        assert outcome.kind is Kind.SUCCESS
        assert outcome.videos
    if isinstance(outcome, Job | JobFailed | ResultMissing):
        status = json.loads(last.body)["status"] if isinstance(last, Reply) else None
        assert status in API.kinds
    if isinstance(outcome, PollRefused):
        assert isinstance(last, Reply)
        assert last.status in (301, 308) or 400 <= last.status <= 499
        assert last.status not in (408, 425, 429)
    if isinstance(outcome, WaitTimeout) and not (retry_after(last) or 0) > 0:
        assert world.now >= 1000 + timeout - 1e-6


def is_the_end(answer: Any) -> bool:
    """Say in other words than the code does whether ``answer`` tells of a job's end, with all that belongs to it."""
    whole = isinstance(answer, Reply) and 200 <= answer.status < 300 and not answer.cut
    data = object_in(answer.body) if whole else None
    status = data.get("status") if data else None
    if status in ("error", "failed"):
        return True
    return status in ("completed", "succeeded") and bool(videos_in((data or {}).get("video")))


@waits
def test_nothing_is_polled_after_the_end_and_every_outcome_names_the_job(
    behaviours: list[Behaviour], timeout: float, start: Job, lag: float
) -> None:
    world, outcome = run(behaviours, timeout, start=start, lag=lag)
    answers = [answer for _, answer in world.answers if isinstance(answer, Reply | Failed)]
    assert len(answers) == len(world.of(Send))
    assert not any(is_the_end(answer) for answer in answers[:-1])
    if is_the_end(answers[-1]):
        assert isinstance(outcome, Job | JobFailed)
    assert isinstance(outcome, Job) or "job-1" in str(outcome)


@waits
def test_retry_after_is_kept_between_polls(
    behaviours: list[Behaviour], timeout: float, start: Job, lag: float
) -> None:
    world, _ = run(behaviours, timeout, start=start, lag=lag)
    asked: float | None = None
    for (at, step), (_, answer) in zip(world.trace, world.answers, strict=False):
        if isinstance(step, Send):
            assert asked is None or at >= asked - 1e-6
            if isinstance(answer, Reply):
                wanted = retry_after(answer)
                asked = None if wanted is None else answer.now + wanted
            else:
                asked = None


@waits
def test_each_unknown_word_is_warned_of_once(
    behaviours: list[Behaviour], timeout: float, start: Job, lag: float
) -> None:
    world, _ = run(behaviours, timeout, start=start, lag=lag)
    warnings = [step.message for _, step in world.of(Warn)]
    assert len(set(warnings)) == len(warnings)


@given(st.text(max_size=12) | st.none() | st.integers(), st.integers(1, 5))
def test_an_unknown_status_never_ends_a_wait(word: Any, times: int) -> None:
    assume(word not in API.kinds)
    strange = says(job("x") | {"status": word, "video": {"url": "https://x/y"}, "error": {"message": "m"}})
    world, outcome = run([*[strange] * times, says(done("https://x/y"))], 600)
    assert isinstance(outcome, Job)
    assert len(world.of(Send)) == times + 1
    assert len(world.of(Warn)) == 1


@given(st.floats(0.5, 300), st.integers(0, 1000))
def test_the_last_poll_is_at_the_deadline_with_a_whole_polls_time(timeout: float, seed: int) -> None:
    world = World(for_ever([says(job("generating"))]))
    with pytest.raises(WaitTimeout):
        world.run(waiting(CREATED, asking(PACE, seed), timeout=timeout, start=world.tick()))
    *earlier, (at, last) = world.of(Send)
    assert at == pytest.approx(1000 + timeout, abs=0.11)
    assert last.timeout == PACE.poll_timeout or at < 1000 + timeout
    assert all(step.timeout <= 1000 + timeout - sent + 1e-6 for sent, step in earlier)


@given(st.floats(0.5, 300), st.integers(0, 1000))
def test_a_poll_that_the_deadline_cut_short_is_made_once_more_with_a_whole_polls_time(
    timeout: float, seed: int
) -> None:
    world = World(for_ever([Behaviour(delay=1e9, status=None)]))
    with pytest.raises(WaitTimeout):
        world.run(waiting(CREATED, asking(PACE, seed), timeout=timeout, start=world.tick()))
    *earlier, (at, last) = world.of(Send)
    assert at >= 1000 + timeout - 1e-6
    assert last.timeout == PACE.poll_timeout
    assert all(sent + step.timeout <= 1000 + timeout + 1e-6 for sent, step in earlier)


def test_a_listener_that_dawdles_past_the_deadline_is_followed_by_one_poll() -> None:
    world, outcome = run([Behaviour(delay=1e9, status=None)], 10, lag=30)
    assert isinstance(outcome, WaitTimeout)
    assert [step.timeout for _, step in world.of(Send)] == [PACE.poll_timeout]


@given(st.integers(0, 10_000))
def test_polls_begin_after_about_two_seconds_and_slow_down_to_fifteen(seed: int) -> None:
    world = World(for_ever([says(job("generating"))]))
    with pytest.raises(WaitTimeout):
        world.run(waiting(CREATED, asking(Pace(), seed), timeout=300, start=world.tick()))
    pauses = [step.seconds for _, step in world.of(Sleep)][:-1]
    assert 1.8 <= pauses[0] <= 2.2
    for expected, pause in zip([2, 3, 4.5, 6.75, 10.125, 15, 15, 15], pauses[1:], strict=False):
        assert 0.9 * expected <= pause <= 1.1 * expected
    assert len(set(pauses)) > len(pauses) / 2, "jitter"


def test_an_attached_job_is_polled_at_once() -> None:
    world, outcome = run([says(done("https://x/y"))], start=Job(id="job-1"))
    assert isinstance(outcome, Job)
    assert world.of(Send)[0][0] == 1000


def test_a_job_that_has_ended_is_not_polled() -> None:
    ended = told_by(Reply(now=0, wall=0, status=200, body=says(done("https://x/y")).body), CREATED, asking())
    world, outcome = run([], start=ended)
    assert outcome == ended
    assert not world.of(Send)
    assert [step.progress.changed for _, step in world.of(Report)] == [True]


@pytest.mark.parametrize(
    ("elapsed", "first"),
    [
        (0, 30),
        (20, 10),
        (40, 2),
        (-3600, 30),  # the wall clock was set back
    ],
)
def test_the_pause_that_a_create_asked_for_is_kept_before_the_first_poll(
    elapsed: float, first: float
) -> None:
    asked = replace(CREATED, retry_after=30, created_at=1.8e9 - elapsed)
    world, outcome = run([says(done("https://x/y"))], 120, start=asked, pace=Pace(jitter=0))
    assert isinstance(outcome, Job)
    assert [at for at, _ in world.of(Send)] == [pytest.approx(1000 + first)]


def test_a_pause_that_a_create_asked_for_beyond_the_budget_ends_the_wait_without_a_poll() -> None:
    world, outcome = run([says(done("https://x/y"))], 20, start=replace(CREATED, retry_after=30))
    assert isinstance(outcome, WaitTimeout)
    assert "asked not to be polled for another 30 s" in str(outcome)
    assert not world.of(Send)


def test_a_job_that_has_failed_at_its_create_is_not_polled() -> None:
    failed = told_by(
        Reply(now=0, wall=0, status=200, body=says(job("error", error="no")).body), CREATED, asking()
    )
    world, outcome = run([], start=failed)
    assert isinstance(outcome, JobFailed)
    assert outcome.job == failed
    assert not world.of(Send)
    assert [step.progress.changed for _, step in world.of(Report)] == [True]


def test_a_create_that_is_complete_without_a_video_is_asked_for_once_more() -> None:
    created = replace(CREATED, status="completed", kind=Kind.SUCCESS)
    world, outcome = run([says(job("completed", video=None))], start=created)
    assert isinstance(outcome, ResultMissing)
    assert len(world.of(Send)) == 1
    assert isinstance(run([says(done("https://x/y"))], start=created)[1], Job)


def test_a_new_error_or_video_is_a_change_though_the_status_stays() -> None:
    running, troubled = says(job("generating")), says(job("generating", error="slow"))
    empty, whole = says(job("completed")), says(done("https://x/y"))
    world, _ = run([running, running, troubled, troubled, empty, whole], 600)
    told = [step.progress.job for _, step in world.of(Report) if step.progress.changed]
    assert [(one.status, str(one.error or ""), len(one.videos)) for one in told] == [
        ("generating", "", 0),
        ("generating", "slow", 0),
        ("completed", "", 0),
        ("completed", "", 1),
    ]


def test_a_job_of_unknown_age_is_not_excused_for_being_unknown() -> None:
    world, outcome = run([Behaviour(delay=0.1, status=404)], start=Job(id="job-1"))
    assert isinstance(outcome, JobNotFound)
    assert len(world.of(Send)) == 1


def test_going_back_from_complete_without_a_url_goes_on() -> None:
    behaviours = [says(job("completed")), says(job("generating")), says(done("https://x/y"))]
    assert isinstance(run(behaviours, 600)[1], Job)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("hook"), TimeoutError()])
def test_an_interrupted_wait_is_noted_with_the_id(error: BaseException) -> None:
    conversation = waiting(CREATED, asking(), timeout=60, start=World(iter(())).tick())
    next(conversation)
    with pytest.raises(type(error)) as caught:
        conversation.throw(error)
    assert any("job-1" in note and "resume" in note for note in caught.value.__notes__)


def test_a_look_is_one_poll() -> None:
    world = World(for_ever([says(job("generating"))]))
    assert world.run(looking(Job(id="-a/b"), asking())).status == "generating"
    ((_, step),) = world.of(Send)
    assert step.request.url == f"{ROOT}/v2/video/generations?generation_id=-a%2Fb"
    assert step.request.authorized
