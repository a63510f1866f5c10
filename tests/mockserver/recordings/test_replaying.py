from dataclasses import replace
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.matching import Matcher
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.recordings.recorder import Recorder
from bodydouble.mockserver.recordings.recordings import Asked, Recording, Said, Turn, parse
from bodydouble.mockserver.recordings.replaying import (
    Life,
    Unreplayable,
    headers_of,
    life_of,
    outcome_of,
    pick,
    plan_of,
    reissued,
)
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Outcome
from bodydouble.mockserver.states import state_at
from tests.apis import Untouched
from tests.exchanging import JOBS, created, done, polled

STAGES = {"queued": Stage.INITIAL, "running": Stage.RUNNING, "done": Stage.SUCCESS, "failed": Stage.FAILURE}


def said(status: str, **more: Any) -> Said:
    return Said({"x-id": "job-1", "content-length": "9"}, {"id": "job-1", "status": status, **more})


def recorded(
    *polls: tuple[float, str], model: str = "alpha", body: Any = None, first: str = "queued"
) -> Recording:
    turns = [Turn("create", 0, 0.2, 200, first, said(first))]
    turns += [Turn("poll", at, 0.2, 200, status, said(status)) for at, status in polls]
    asked = Asked(
        "POST", "/jobs", "", Said({}, body or {"model": model, "prompt": "prompt-1 (6 characters)"})
    )
    return Recording("job-1", model, "", STAGES, asked, tuple(turns))


WHOLE = recorded((10, "queued"), (20, "running"), (30, "running"), (40, "done"))


def statuses(life: Life, times: list[float]) -> list[str]:
    return [life.at(at).status for at in times]


def test_the_same_polls_see_the_same_statuses() -> None:
    assert statuses(life_of(WHOLE), [0, 10, 20, 30, 40]) == ["queued", "queued", "running", "running", "done"]


@given(st.lists(st.floats(0.5, 50), min_size=1, max_size=8), st.integers(0, 1000))
def test_any_recorded_life_is_seen_again_by_the_same_polls(gaps: list[float], seed: int) -> None:
    """Recorded from a truth that nobody knows, replayed, and polled at the same moments."""
    rng = Random(seed)
    start, end = sorted((rng.uniform(0, 200), rng.uniform(0, 200)))
    times = [sum(gaps[: number + 1]) for number in range(len(gaps))]
    seen = ["queued" if at < start else "running" if at < end else "done" for at in times]
    life = life_of(recorded(*zip(times, seen, strict=True)))
    assert statuses(life, times) == seen


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_life_never_goes_back(one: float, other: float) -> None:
    life = life_of(WHOLE)
    early, late = sorted((one, other))
    assert life.steps.index(life.at(early)) <= life.steps.index(life.at(late))


def test_a_life_ends_where_its_recording_ends() -> None:
    life = life_of(recorded((10, "running")))
    assert life.at(1e9).status == "running"
    assert (life.ended, life.running) == (inf, inf)
    assert life_of(recorded()).queued == inf


def test_durations_are_the_middle_of_what_is_known() -> None:
    life = life_of(WHOLE)
    assert life.queued == pytest.approx(15.1)
    assert life.ended == pytest.approx(35.1)
    assert life.running == pytest.approx(20)
    assert life.uncertainty == pytest.approx(5.1)


def test_work_that_nobody_saw_began_when_the_job_was_last_seen_waiting() -> None:
    life = life_of(recorded((10, "queued"), (40, "done")))
    assert life.queued == 10
    assert life.running == pytest.approx(15.1)


def test_a_create_that_answers_the_end_is_an_instant_life() -> None:
    life = life_of(recorded(first="done"))
    assert (life.queued, life.ended, life.at(0).status) == (0, 0, "done")


def test_a_step_back_and_an_unknown_word_are_left_out() -> None:
    life = life_of(recorded((10, "running"), (20, "queued"), (25, "mystery"), (30, "done")))
    assert [step.status for step in life.steps] == ["queued", "running", "done"]


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (replace(WHOLE, request=None), "not recorded"),
        (replace(WHOLE, turns=WHOLE.turns[1:]), "not recorded"),
        (replace(WHOLE, turns=(replace(WHOLE.turns[0], code=403),)), "refused with status 403"),
        (replace(WHOLE, turns=(replace(WHOLE.turns[0], status=""),)), "no reply tells a status"),
    ],
)
def test_what_cannot_be_played_says_why(recording: Recording, words: str) -> None:
    with pytest.raises(Unreplayable, match=words):
        life_of(recording)


def test_what_was_recorded_through_the_recorder_can_be_played() -> None:
    matcher, recorder = Matcher(JOBS), Recorder("", b"0123456789abcdef")
    for exchange in (created(), polled("running", at=10), polled(done(), at=20)):
        change = recorder.saw(exchange, matcher.match(exchange))
    life = life_of(parse(change.text))
    told = reissued(life.at(60).said.body, life.job, "fresh", "http://here/fresh.mp4?sig=2")
    assert told == {"id": "fresh", "status": "done", "result": {"url": "http://here/fresh.mp4?sig=2"}}


# Matching


def chosen(body: Any, *requests: Any, used: tuple[int, ...] = ()) -> int | None:
    recordings = [recorded(model=request.get("model", ""), body=request) for request in requests]
    return pick([life_of(each) for each in recordings], requests, body, used or (0,) * len(requests))


def test_only_recordings_of_the_model_are_picked() -> None:
    assert chosen({"model": "beta"}, {"model": "alpha"}, {"model": "beta"}) == 1
    assert chosen({"model": "gamma"}, {"model": "alpha"}) is None
    assert chosen([], {"model": "alpha"}) is None
    assert chosen({"model": "any"}, {"prompt": "x"}) == 0


def test_the_same_shape_wins_over_another() -> None:
    plain, framed = {"model": "a", "prompt": "p"}, {"model": "a", "prompt": "p", "image_url": "i"}
    assert chosen({"model": "a", "prompt": "x", "image_url": "y"}, plain, framed) == 1
    assert chosen({"model": "a", "prompt": "x"}, framed, plain) == 1


def test_equal_values_win_and_pseudonyms_count_for_nothing() -> None:
    six, ten = {"model": "a", "duration": 6}, {"model": "a", "duration": 10}
    assert chosen({"model": "a", "duration": 10}, six, ten) == 1
    hidden = {"model": "a", "prompt": "prompt-1 (3 characters)"}
    assert (
        chosen({"model": "a", "prompt": "prompt-1 (3 characters)"}, {"model": "a", "prompt": "b"}, hidden)
        == 0
    )


def test_of_equals_the_least_used_is_next() -> None:
    same = {"model": "a"}
    assert [
        chosen(same, same, same, same, used=used) for used in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))
    ] == [
        0,
        1,
        2,
        0,
    ]


# Reissuing


def test_an_id_and_links_are_reissued_wherever_they_stand() -> None:
    body = {"id": "job-1", "list": ["https://a/job-1.mp4?secret-1", 5, None], "note": "job-1 is done"}
    assert reissued(body, "job-1", "new", "http://b/") == {
        "id": "new",
        "list": ["http://b/", 5, None],
        "note": "new is done",
    }
    assert reissued(body, "job-1", "new", None)["list"][0] == "https://a/new.mp4?secret-1"  # type: ignore[index,call-overload]  # an object


def test_headers_of_the_bytes_are_not_repeated() -> None:
    assert headers_of(said("queued"), "job-1", "new") == {"x-id": "new"}


# Plans


@given(st.floats(0, 100))
def test_a_plan_tells_the_same_story_by_stage(now: float) -> None:
    life = life_of(WHOLE)
    plan = plan_of(life, 6)
    assert state_at(plan, Untouched(0.0), now) is life.at(now).stage


def test_a_plan_knows_how_the_job_failed() -> None:
    failed = recorded((10, "failed"))
    error = {"name": "Refused", "message": "no"}
    turns = (failed.turns[0], replace(failed.turns[1], said=said("failed", error=error)))
    life = life_of(replace(failed, turns=turns))
    assert outcome_of(life) == Outcome(Stage.FAILURE, "Refused", "no")
    assert outcome_of(life_of(failed)).error_message == "failed"
    assert plan_of(life_of(WHOLE), 6) == Plan(
        pytest.approx(15.1), pytest.approx(20), Outcome(Stage.SUCCESS), 6
    )


def test_an_unfinished_life_is_a_plan_without_an_end() -> None:
    for recording in (recorded(), recorded((10, "running"))):
        plan = plan_of(life_of(recording), 6)
        assert not state_at(plan, Untouched(0.0), 1e12).is_final
