"""The create's conversation: at most one purchase per intent, and never a silent loss."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import CreateError, Job, NotSent, Pace, Refused, SubmissionUnknown
from bodydouble.client.steps import Failed, Open, Reply, Rest, Sleep
from bodydouble.client.submission import Intent, create_request, creating, how_to_look

from .faults import error_body
from .simulation import API, BEHAVIOURS, ROOT, Behaviour, World, asking, for_ever

INTENT = Intent(client_request_id="mine-1", body=b'{"prompt": "x"}')
OWN_503 = json.dumps(error_body(503)).encode()


def run(behaviours: list[Behaviour], timeout: float = 60, pace: Pace | None = None) -> tuple[World, Any]:
    world = World(for_ever(behaviours))
    try:
        return world, world.run(creating(INTENT, asking(pace), timeout=timeout, start=world.tick()))
    except CreateError as error:
        return world, error


def may_be_sent_again(answer: Reply | Failed) -> bool:
    """Say in other words than the code does whether sending again cannot buy twice."""
    if isinstance(answer, Failed):
        return not answer.sent
    if answer.status == 429:
        return True
    own = answer.status == 503 and answer.body == OWN_503 and not answer.cut
    return own and bool(answer.header("retry-after"))


@given(st.lists(BEHAVIOURS, min_size=1, max_size=6), st.floats(0, 300))
def test_nothing_is_sent_after_an_answer_that_may_mean_a_purchase(
    behaviours: list[Behaviour], timeout: float
) -> None:
    world, outcome = run(behaviours, timeout)
    assert isinstance(outcome, Job | CreateError)
    sends = world.of(Open)
    answers = [
        answer
        for (_, step), (_, answer) in zip(world.trace, world.answers, strict=True)
        if isinstance(answer, Reply | Failed) and isinstance(step, Open)
    ]
    assert len(answers) == len(sends) >= 1
    assert all(may_be_sent_again(answer) for answer in answers[:-1])
    assert len({step.request for _, step in sends}) == 1
    assert dict(sends[0][1].request.headers)["X-Client-Request-Id"] == "mine-1"
    if isinstance(outcome, CreateError):
        assert outcome.client_request_id == "mine-1"
    if not isinstance(outcome, Job) and isinstance(answers[-1], Reply) and answers[-1].successful:
        assert isinstance(outcome, SubmissionUnknown)
    if isinstance(outcome, NotSent):
        assert isinstance(answers[-1], Failed)
        assert not answers[-1].sent


@given(st.lists(BEHAVIOURS, min_size=1, max_size=6), st.floats(0.01, 300))
def test_a_create_ends_within_its_budget(behaviours: list[Behaviour], timeout: float) -> None:
    world, _ = run(behaviours, timeout)
    assert world.now <= 1000 + timeout + 1e-6
    assert all(step.timeout <= timeout + 1e-6 for _, step in world.of(Open))


@given(st.integers(0, 40), st.floats(60, 300))
def test_the_pause_that_is_asked_for_is_kept(seconds: int, timeout: float) -> None:
    busy = Behaviour(delay=0.1, status=429, headers=(("retry-after", str(seconds)),))
    good = Behaviour(delay=0.1, status=200, body=b'{"id": "a", "status": "queued"}')
    world, outcome = run([busy, good], timeout)
    (first, _), (second, _) = world.of(Open)
    assert isinstance(outcome, Job)
    assert second - (first + 0.1) >= seconds - 1e-6


def test_a_create_that_never_connects_is_given_up_after_some_attempts() -> None:
    world, outcome = run([Behaviour(delay=0.01, status=None, sent=False)], 600, Pace(connect_attempts=4))
    assert isinstance(outcome, NotSent)
    assert len(world.of(Open)) == 4
    assert len(world.of(Sleep)) == 3


def test_no_attempt_is_made_with_too_little_time_left_to_hear_the_answer() -> None:
    busy = Behaviour(delay=1, status=429, headers=(("retry-after", "20"),))
    world, outcome = run([busy], 29, Pace(least_answer=10))
    assert isinstance(outcome, Refused)
    assert len(world.of(Open)) == 1


def test_an_interrupted_create_is_noted_with_the_way_to_look() -> None:
    conversation = creating(INTENT, asking(), timeout=60, start=World(iter(())).tick())
    next(conversation)
    with pytest.raises(KeyboardInterrupt) as caught:
        conversation.throw(KeyboardInterrupt())
    (note,) = caught.value.__notes__
    assert "mine-1" in note
    assert "/v2/logs?period=24h" in note


@pytest.mark.parametrize("headers", [(("x-inference-id", "job-7"),), ()])
def test_a_create_that_is_interrupted_in_its_reply_is_noted_with_the_job_in_the_head(
    headers: tuple[tuple[str, str], ...],
) -> None:
    conversation = creating(INTENT, asking(), timeout=60, start=World(iter(())).tick())
    assert isinstance(next(conversation), Open)
    assert isinstance(conversation.send(Reply(now=1, wall=1, status=200, headers=headers)), Rest)
    with pytest.raises(KeyboardInterrupt) as caught:
        conversation.throw(KeyboardInterrupt())
    notes = " ".join(caught.value.__notes__)
    assert ("job-7" in notes) is bool(headers)
    assert "mine-1" in notes


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ((("retry-after", "30"),), 30),
        (
            (
                ("retry-after", "Sun, 09 Sep 2001 01:47:10 GMT"),
                ("date", "Sun, 09 Sep 2001 01:46:40 GMT"),
            ),
            30,
        ),
        ((("retry-after", "soon"),), 0),
        ((), 0),
    ],
)
def test_a_job_knows_for_how_long_its_create_asked_not_to_be_polled(
    headers: tuple[tuple[str, str], ...], pause: float
) -> None:
    _, job = run([Behaviour(delay=0.1, status=202, body=b'{"id": "a"}', headers=headers)])
    assert job.retry_after == pause


def test_equal_intents_make_equal_requests() -> None:
    again = Intent(client_request_id="mine-1", body=b'{"prompt": "x"}')
    assert create_request(INTENT, ROOT, API) == create_request(again, ROOT, API)


def test_the_way_to_look_names_what_to_look_for() -> None:
    text = how_to_look("mine-1", "job-7", asking())
    for word in ("mine-1", "job-7", f"{ROOT}/v2/logs?period=24h", "client_request_id", "inference_id"):
        assert word in text
