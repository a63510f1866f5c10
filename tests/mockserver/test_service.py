import json
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.replies import Slot
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service, trials
from bodydouble.mockserver.worlds import WorldSettings
from tests.apis import (
    BUNDLED,
    CLIPS,
    FAILS_WHILE_GENERATING,
    TEXT,
    asked,
    breaches,
    contract,
    document,
    getting,
    id_in,
    jobs,
    polled,
    posted,
    posting,
    record,
    route,
    service,
    speech,
    submitted,
    words,
    worlds,
)

VIDEO = "/v2/video/generations"
LEGACY = "/v2/generate/video/minimax/generation"
PATTERN = BUNDLED.patterns[0]
SPEECH = contract(speech())
ORDER = {"queued": 0, "generating": 1, "completed": 2, "error": 2}
scenarios = st.sampled_from([SUCCEEDS, FAILS_WHILE_GENERATING])
PLAYING = service()


def world(seed: int = 1, scenario: Scenario = SUCCEEDS, max_jobs: int = 1000) -> tuple[Service, ManualClock]:
    """One prepared service in a new world: to prepare replies takes longer than to give a thousand."""
    clock = ManualClock()
    PLAYING.worlds = worlds(WorldSettings(clock, scenario, seed, max_jobs))
    return PLAYING, clock


def told(reply: Response) -> Any:
    return json.loads(reply.body)


def headers(reply: Response) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in reply.headers}


# One job


def test_a_job_is_queued_then_generating_then_completed() -> None:
    playing, clock = world()
    job = id_in(PATTERN.submitted, submitted(playing, PATTERN))
    seen = []
    for _ in range(200):
        seen.append(told(polled(playing, PATTERN, job))["status"])
        clock.advance(1)
    assert list(dict.fromkeys(seen)) == ["queued", "generating", "completed"]


@given(st.integers(), scenarios, st.lists(st.floats(-100, 1e4), min_size=1, max_size=8))
def test_whenever_it_is_polled_a_reply_keeps_schema_and_promise(
    seed: int, scenario: Scenario, moments: list[float]
) -> None:
    playing, clock = world(seed, scenario)
    created = submitted(playing, PATTERN)
    assert breaches(PATTERN.submitted, created) == []
    began, statuses = clock.now, []
    for moment in sorted(moments):
        clock.now = began + moment
        reply = polled(playing, PATTERN, id_in(PATTERN.submitted, created))
        assert breaches(PATTERN.polled, reply) == []
        statuses.append(ORDER[told(reply)["status"]])
    assert statuses == sorted(statuses)


@given(st.integers(), scenarios, st.lists(st.floats(0, 1e6), min_size=2, max_size=6))
def test_what_is_final_stays_and_its_body_changes_in_the_signature_alone(
    seed: int, scenario: Scenario, moments: list[float]
) -> None:
    playing, clock = world(seed, scenario)
    job = id_in(PATTERN.submitted, submitted(playing, PATTERN))
    clock.advance(200)
    bodies = []
    for moment in sorted(moments):
        clock.now = max(clock.now, ManualClock().now + moment)
        body = told(polled(playing, PATTERN, job))
        if "video" in body:
            body["video"]["url"] = body["video"]["url"].partition("?")[0]
        bodies.append(body)
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["status"] == ("error" if scenario.outcome.stage is Stage.FAILURE else "completed")


def test_a_completed_job_tells_its_length_and_price_and_a_failed_one_costs_nothing() -> None:
    playing, clock = world()
    jobs_made = [
        id_in(PATTERN.submitted, submitted(playing, PATTERN, prefer=f"scenario={scenario.name}"))
        for scenario in (SUCCEEDS, FAILS_WHILE_GENERATING)
    ]
    assert all(headers(polled(playing, PATTERN, job))["x-aimlapi-credits-used"] == "0" for job in jobs_made)
    clock.advance(200)
    completed, failed = (polled(playing, PATTERN, job) for job in jobs_made)
    assert told(completed)["meta"] == {"usage": {"tokens_used": 120000}}
    assert told(completed)["duration"] == told(completed)["video"]["duration"] == 6
    assert (headers(completed)["x-aimlapi-credits-used"], headers(completed)["x-aimlapi-usd-spent"]) == (
        "120000",
        "0.06",
    )
    assert told(failed)["error"]["name"] == "GenerationError"
    assert headers(failed)["x-aimlapi-credits-used"] == "0"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "x"},
        {"id": 7, "status": "queued"},
        {"id": "x", "status": "unheard-of"},
        {"id": "x", "status": "completed"},
        {"id": "x", "status": "completed", "video": None},
        {"id": "x", "status": "queued", "video": {"url": "https://a/b"}},
        {"id": "x", "status": "error"},
        {
            "id": "x",
            "status": "completed",
            "video": {"url": "https://a/b"},
            "error": {"name": "a", "message": "b"},
        },
    ],
)
def test_a_reply_that_breaks_the_contract_would_be_noticed(body: Any) -> None:
    assert breaches(PATTERN.polled, Response(200, [], json.dumps(body).encode()))
    assert breaches(PATTERN.polled, Response(201, [], b'{"id": "x", "status": "queued"}'))
    assert not breaches(PATTERN.polled, Response(200, [], b'{"id": "x", "status": "queued"}'))


@pytest.mark.parametrize(
    "reply",
    [
        record(["id"], id=TEXT),
        record(["id"], id=TEXT) | {"additionalProperties": False},
        record(["task_id"], task_id=TEXT),
        record(["data"], data=record(["id"], id=TEXT)),
        record(["id", "status"], id=TEXT, status=words("ok")),
    ],
    ids=["an id", "nothing else", "another name", "wrapped", "a status of its own"],
)
def test_a_create_answers_by_its_own_schema_whatever_that_leaves_out(reply: Any) -> None:
    told_by_poll = record(
        ["id", "status"], id=TEXT, status=words("PENDING", "RUNNING", "SUCCEEDED", "FAILED")
    )
    paths = {"/make": posting(record(), reply), "/tasks/{id}": getting("id", "path", told_by_poll)}
    played = contract(document(paths))
    playing = service(played)
    created = submitted(playing, played.patterns[0], {})
    schema = (
        next(operation for operation in played.operations if operation.method == "post").replies[0].schema
    )
    assert schema
    assert not Validator(dict(schema.strict)).violations(told(created))
    job = re.search(rb"[0-9a-f-]{36}", created.body)
    assert job
    assert told(polled(playing, played.patterns[0], job[0].decode()))["status"] == "PENDING"


# Several jobs, several pollers, several workers


@given(st.integers(), st.randoms(use_true_random=False), st.integers(2, 6))
def test_pollers_of_one_job_disturb_neither_each_other_nor_other_jobs(
    seed: int, rng: Random, count: int
) -> None:
    playing, clock = world(seed)
    made = [id_in(PATTERN.submitted, submitted(playing, PATTERN)) for _ in range(count)]
    began = clock.now
    moments = [rng.uniform(0, 200) for _ in range(4)]
    alone = {(job, moment): _at(playing, clock, began + moment, job) for job in made for moment in moments}
    order = [*alone] * 3
    rng.shuffle(order)
    assert all(_at(playing, clock, began + moment, job) == alone[job, moment] for job, moment in order)


def _at(playing: Service, clock: ManualClock, moment: float, job: str) -> bytes:
    clock.now = moment
    return polled(playing, PATTERN, job).body


@given(
    st.integers(), st.lists(st.tuples(st.floats(0, 50), scenarios), min_size=1, max_size=5), st.floats(0, 300)
)
def test_any_worker_that_was_told_the_same_answers_the_same(
    seed: int, creates: list[tuple[float, Scenario]], later: float
) -> None:
    def run() -> list[object]:
        playing, clock = world(seed)
        replies = []
        for pause, scenario in creates:
            clock.advance(pause)
            replies.append(submitted(playing, PATTERN, prefer=f"scenario={scenario.name}"))
        made = [id_in(PATTERN.submitted, reply) for reply in replies]
        clock.advance(later)
        replies += [polled(playing, PATTERN, job) for job in made]
        replies.append(polled(playing, PATTERN, "never issued"))
        return [(reply.status, reply.body, *reply.headers) for reply in replies]

    assert run() == run()


def test_an_evicted_job_is_unknown_and_the_note_says_why() -> None:
    playing, _ = world(max_jobs=2)
    made = [id_in(PATTERN.submitted, submitted(playing, PATTERN)) for _ in range(3)]
    replies = {job: polled(playing, PATTERN, job) for job in made}
    (gone,) = (job for job, reply in replies.items() if reply.status == 404)
    assert gone in replies[gone].note
    assert "2 jobs are kept" in replies[gone].note
    assert polled(playing, PATTERN, "never issued").note == ""


# Refusals


def test_a_method_that_is_not_served_names_those_that_are() -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", ""):
        reply = PLAYING.answer(route(PLAYING, VIDEO), Request(method, VIDEO))
        assert (reply.status, headers(reply)["allow"]) == (405, "GET, HEAD, POST")
        assert told(reply)["statusCode"] == 405


def test_an_id_that_was_never_issued_is_unknown() -> None:
    for job in ("", "x", "00000000-0000-4000-8000-000000000000", "a/b:c", "%", "x" * 10_000):
        assert polled(PLAYING, PATTERN, job).status == 404


def test_a_job_is_found_under_every_url_of_its_operation() -> None:
    playing, _ = world()
    body = b'{"model": "video-01", "prompt": "x"}'
    for create in (VIDEO, LEGACY):
        job = told(playing.answer(route(playing, create), posted(body, create)))["id"]
        for poll in (VIDEO, LEGACY):
            reply = playing.answer(route(playing, poll), asked(f"generation_id={job}", poll))
            assert (reply.status, told(reply)["id"]) == (200, job)


@pytest.mark.parametrize("keys", [(), ("one", "two")])
def test_without_a_key_nothing_is_told_of_any_job(keys: tuple[str, ...]) -> None:
    playing = service(keys=keys)
    good = "Bearer two" if keys else "Bearer x"
    job = id_in(PATTERN.submitted, submitted(playing, PATTERN, authorization=good))
    assert polled(playing, PATTERN, job, authorization=good).status == 200
    bad = ["", "Basic x", "Bearer", *(["Bearer x", "Bearer three"] if keys else [])]
    for header in bad:
        for reply in (
            polled(playing, PATTERN, job, authorization=header),
            submitted(playing, PATTERN, authorization=header),
            submitted(playing, PATTERN, body={}, authorization=header),
        ):
            assert (reply.status, headers(reply)["www-authenticate"]) == (401, "Bearer")
            assert job not in reply.body.decode()


def test_an_open_contract_asks_for_a_key_only_where_keys_are_named() -> None:
    played = contract(jobs())
    assert submitted(service(played), played.patterns[0], authorization="").status == 200
    assert submitted(service(played, keys=("k",)), played.patterns[0], authorization="").status == 401


def test_every_refusal_is_traced_and_has_the_media_type_of_the_contract() -> None:
    reply = polled(PLAYING, PATTERN, "x", x_client_request_id="mine")
    sent = headers(reply)
    assert sent["content-type"] == "application/json"
    assert sent["x-inference-id"] == told(reply)["requestId"]
    assert sent["x-client-request-id"] == "mine"
    assert (sent["x-aimlapi-credits-used"], sent["x-aimlapi-usd-spent"]) == ("0", "0")
    playing = service(SPEECH)
    assert headers(polled(playing, SPEECH.patterns[0], "x"))["content-type"] == "application/problem+json"


def test_every_reply_declares_its_length() -> None:
    playing, clock = world()
    created = submitted(playing, PATTERN)
    clock.advance(300)
    job = id_in(PATTERN.submitted, created)
    for reply in (
        created,
        polled(playing, PATTERN, job),
        polled(playing, PATTERN, "x"),
        playing.unknown(Request("GET", "/")),
    ):
        assert headers(reply)["content-length"] == str(len(reply.body))


# Slots


def test_every_slot_may_hold_what_it_will_hold() -> None:
    values = trials(BUNDLED, CLIPS)
    assert set(values[Slot.SECONDS]) == {clip.seconds for clip in CLIPS}
    assert values[Slot.CREDITS] == (120000, 0)


# Whatever is sent

ANYTHING = st.builds(
    Request,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT"]) | st.text(max_size=5),
    path=st.just(VIDEO),
    query=st.binary(max_size=60) | st.binary(max_size=20).map(lambda raw: b"generation_id=" + raw),
    headers=st.dictionaries(
        st.sampled_from([b"authorization", b"content-type", b"prefer", b"x-client-request-id", b"host"]),
        st.binary(max_size=30) | st.sampled_from([b"Bearer k", b"application/json", b"scenario=succeeds"]),
    ),
    body=st.binary(max_size=200)
    | st.dictionaries(st.text(), st.text() | st.integers()).map(json.dumps).map(str.encode),
)


@given(ANYTHING)
def test_any_request_whatever_is_answered_below_500_in_the_shape_of_the_api(request: Request) -> None:
    for reply in (PLAYING.answer(route(PLAYING, VIDEO), request), PLAYING.unknown(request)):
        assert reply.status < 500
        body = told(reply)
        if reply.status >= 400:
            assert body["statusCode"] == reply.status
            assert body["message"]
            assert body.keys() <= {"message", "path", "requestId", "statusCode", "timestamp", "violations"}
        assert all(b"\r" not in value and b"\n" not in value for _, value in reply.headers)


# What is told to the journal


def test_only_a_reply_with_a_url_in_it_tells_when_that_ends() -> None:
    for played, has_link in ((BUNDLED, True), (SPEECH, False)):
        clock = ManualClock()
        playing = service(played, clock=clock)
        job = id_in(played.patterns[0].submitted, submitted(playing, played.patterns[0]))
        clock.advance(1000)
        about = polled(playing, played.patterns[0], job).about
        assert about
        assert (about.url_until is not None) is has_link
