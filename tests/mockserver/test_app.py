import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Message, Scope
from starlette.websockets import WebSocketDisconnect

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import (
    FAILS_WHILE_GENERATING,
    TEXT,
    contract,
    document,
    getting,
    jobs,
    posting,
    record,
    speech,
    words,
)

KEY = {"Authorization": "Bearer key"}
REPLY = record(["id", "status"], id=TEXT, status=words("queued", "running", "done"))
VIDEO = "/v2/video/generations"
BODY = {"model": "video-01", "prompt": "x"}


def calling(played: Contract | None = None, **settings: Any) -> TestClient:
    return TestClient(create_app(played, **{"clock": ManualClock(), "seed": 1, **settings}), headers=KEY)


def test_without_settings_the_bundled_contract_is_played() -> None:
    reply = TestClient(create_app()).post(VIDEO, json=BODY, headers=KEY)
    assert (reply.status_code, reply.json()["status"]) == (200, "queued")


def test_every_setting_reaches_its_place() -> None:
    clock = ManualClock()
    app = create_app(
        clock=clock,
        seed=5,
        scenario=FAILS_WHILE_GENERATING,
        api_keys=["good"],
        max_jobs=1,
        max_body=70,
        url_ttl=9,
    )
    world = app.service.world
    assert (world.clock(), world.jobs.limit, world.url_ttl) == (clock(), 1, 9)
    caller = TestClient(app)
    assert caller.post(VIDEO, json=BODY, headers=KEY).status_code == 401
    good = {"Authorization": "Bearer good"}
    assert caller.post(VIDEO, json=BODY | {"prompt": "x" * 100}, headers=good).status_code == 413
    job = caller.post(VIDEO, json=BODY, headers=good).json()["id"]
    clock.advance(1000)
    polled = caller.get(VIDEO, params={"generation_id": job}, headers=good)
    assert polled.json()["status"] == "error"


def test_two_applications_share_nothing() -> None:
    one, other = calling(seed=None), calling(seed=None)
    job = one.post(VIDEO, json=BODY).json()["id"]
    assert one.get(VIDEO, params={"generation_id": job}).status_code == 200
    assert other.get(VIDEO, params={"generation_id": job}).status_code == 404


@pytest.mark.parametrize("job", ["plain", "a/b", "4c5d:vendor/model-1", "-V1_x", "ü %", "{id}"])
def test_an_id_in_the_path_may_hold_anything(job: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = calling(contract(speech()))
    app: Any = caller.app
    monkeypatch.setattr(app.service.world, "_job_ids", iter([job]))
    created = caller.post("/v1/stt/create", json={"model": "ear/one", "url": "https://a/b"})
    assert (created.status_code, created.json()) == (201, {"generation_id": job, "status": "waiting"})
    encoded = "".join(f"%{byte:02X}" for byte in job.encode())
    polled = caller.get(f"/v1/stt/{encoded}")
    assert (polled.status_code, polled.json()["generation_id"]) == (200, job)


def test_a_template_takes_no_path_that_is_concrete_elsewhere() -> None:
    first = document({"/a/submit": posting(record(), REPLY), "/a/{id}": getting("id", "path", REPLY)})
    second = document({"/a/later": posting(record(["model"], model=words("late")), REPLY)})
    caller = calling(contract(first, second))
    assert caller.post("/a/submit", json={}).status_code == 200
    assert caller.post("/a/later", json={"model": "late"}).status_code == 200
    assert caller.post("/a/other", json={}).headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/{project}/jobs/{id}",
        "/v1/{id}/of/{project}",
        "/jobs/{id}.json",
        "/jobs/{job-id}:get",
        "/{id}",
        "/jobs/{id}/",
        "/a.b/(c)/$/{id}",
    ],
)
def test_a_template_of_any_form_finds_the_job(path: str) -> None:
    name = "job-id" if "job-id" in path else "id"
    getter = getting(name, "path", REPLY)
    if "{project}" in path:
        getter["get"]["parameters"].append({"name": "project", "in": "path", "required": True})
    caller = calling(contract(document({"/submit/here": posting(record(), REPLY), path: getter})))
    job = caller.post("/submit/here", json={}).json()["id"]
    polled = caller.get(path.replace(f"{{{name}}}", job).replace("{project}", "p"))
    assert (polled.status_code, polled.json()["id"]) == (200, job)


@pytest.mark.parametrize("path", ["other", "", "*", "/jobs?x=1", "/a b", "/jobs#x", "/<id>"])
def test_a_path_that_is_none_keeps_nothing_from_starting(path: str) -> None:
    caller = calling(contract(jobs("odd", path), jobs("fine")))
    assert caller.post("/jobs", json={"model": "fine"}).status_code == 200


def test_an_unknown_path_is_answered_with_the_nearest_operations() -> None:
    reply = calling().post("/v2/video/generation", json=BODY)
    assert reply.status_code == 404
    assert "nearest are POST /v2/video/generations" in reply.json()["message"]


@pytest.mark.parametrize(
    "path", ["/", f"{VIDEO}/", "//v2/video/generations", "/v2//video/generations", "/V2/video/generations"]
)
def test_a_path_that_is_almost_right_is_not_redirected(path: str) -> None:
    assert calling().get(path, follow_redirects=False).status_code == 404


def test_what_the_reply_notes_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caller = calling(max_jobs=1)
    first, _ = (caller.post(VIDEO, json=BODY).json()["id"] for _ in range(2))
    evicted = next(i for i in (first, _) if caller.get(VIDEO, params={"generation_id": i}).status_code == 404)
    assert [record.levelno for record in caplog.records if record.name == "bodydouble"] == [logging.WARNING]
    assert evicted in caplog.text
    assert "1 jobs are kept" in caplog.text


def test_a_job_that_runs_needs_no_task_no_timer_and_no_thread() -> None:
    threads = set(threading.enumerate())

    async def submit_and_poll() -> None:
        app = create_app()
        timers: list[float] = []
        asyncio.get_running_loop().call_at = lambda when, *_: timers.append(when)  # type: ignore[method-assign, assignment]  # notes what would be called later
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://double", headers=KEY
        ) as http:
            job = (await http.post(VIDEO, json=BODY)).json()["id"]
            assert (await http.get(VIDEO, params={"generation_id": job})).json()["status"] == "queued"
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert timers == []
        assert set(threading.enumerate()) == threads

    asyncio.run(submit_and_poll())


def test_a_client_that_goes_away_while_it_submits_leaves_no_job() -> None:
    app = create_app(seed=1)
    sent = run_until_disconnected(app, b'{"model":"video-01","prompt":"x"}')
    assert sent == []
    assert len(app.service.world.jobs) == 0


def run_until_disconnected(app: Any, body: bytes) -> list[Message]:
    script: Iterator[Message] = iter(
        [{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(script)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": VIDEO,
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer k"), (b"content-type", b"application/json")],
    }
    asyncio.run(app(scope, receive, send))
    return sent


def test_a_websocket_is_refused() -> None:
    for path in ("/unknown", VIDEO):
        with pytest.raises(WebSocketDisconnect), calling().websocket_connect(path):
            pass


# Calls from pages


@pytest.mark.parametrize("path", [VIDEO, "/unknown", "/_double/openapi.json", "/_double/media/x.mp4"])
def test_a_page_from_anywhere_may_read_every_reply(path: str) -> None:
    reply = calling().get(path, headers={"Origin": "https://page.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-expose-headers"] == "*"


@pytest.mark.parametrize("path", [VIDEO, "/_double/openapi.json", "/_double/media/x.mp4"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_preflight_allows_what_a_page_wants_to_send(path: str, method: str) -> None:
    reply = calling().options(
        path,
        headers={
            "Origin": "null",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type,x-client-request-id,range",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert reply.status_code == 200
    assert method in reply.headers["access-control-allow-methods"]
    assert "authorization" in reply.headers["access-control-allow-headers"]


def test_options_without_an_origin_is_a_method_like_any_other() -> None:
    reply = calling().options(VIDEO)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, POST")


# Whatever is sent

PATHS = st.sampled_from([VIDEO, "/v2/generate/video/minimax/generation", "/", "/v1/stt/create", "/v1/stt/x"])
HEADERS = st.tuples(
    st.sampled_from(
        [
            b"authorization",
            b"content-type",
            b"content-length",
            b"prefer",
            b"host",
            b"origin",
            b"x-client-request-id",
        ]
    )
    | st.binary(max_size=10),
    st.sampled_from([b"Bearer k", b"application/json", b"5", b"99999999999", b"scenario=x"])
    | st.binary(max_size=20),
)
BODIES = st.binary(max_size=80) | st.dictionaries(st.text(max_size=5), st.text(max_size=5)).map(
    json.dumps
).map(str.encode)


@given(
    app=st.sampled_from([create_app(seed=1), create_app(contract(speech(), jobs()), seed=1)]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW"]) | st.text(max_size=8),
    path=PATHS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map("/".__add__),
    query=st.binary(max_size=40),
    headers=st.lists(HEADERS, max_size=5),
    body=st.lists(BODIES, min_size=1, max_size=3),
)
def test_any_request_whatever_is_answered_below_500_in_the_shape_of_the_api(
    app: Any, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: list[bytes]
) -> None:
    scope: Scope = {"method": method, "path": path, "query_string": query, "headers": headers}
    start, *rest = answered(app, scope, body)
    status, content = start["status"], b"".join(part.get("body", b"") for part in rest)
    assert 200 <= status < 500
    if status >= 400:
        assert {"statusCode", "status"} & json.loads(content).keys()
        assert status in json.loads(content).values()


def answered(app: Any, scope: Scope, body: list[bytes]) -> list[Message]:
    parts: Iterator[Message] = iter(
        {"type": "http.request", "body": part, "more_body": number < len(body) - 1}
        for number, part in enumerate(body)
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(parts)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "scheme": "http", "root_path": "", **scope}, receive, send))
    return sent


@pytest.mark.parametrize(("method", "path"), [("OPTIONS", VIDEO), ("POST", "/nowhere"), ("GET", "/")])
def test_what_a_router_has_to_match_is_left_to_it(method: str, path: str) -> None:
    app = create_app()
    scope: Scope = {"type": "http", "method": method, "path": path, "headers": []}

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is to be sent as yet")

    assert app.promptly(scope, b"", send) is app


def test_nothing_is_written_next_to_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    caller = calling()
    caller.post(VIDEO, json=BODY)
    caller.get("/_double/openapi.json")
    assert list(tmp_path.iterdir()) == []


def test_control_is_served_beside_the_api_and_stays_out_of_its_journals() -> None:
    caller = calling()
    assert caller.post("/_double/namespaces/default/clock/advance", json={"seconds": 5}).status_code == 200
    assert caller.get("/_double/nothing").headers["content-type"] == "application/problem+json"
    assert caller.options("/_double/namespaces").status_code == 405
    asking = {"Origin": "http://localhost", "Access-Control-Request-Method": "PUT"}
    assert caller.options("/_double/namespaces/w1/faults", headers=asking).status_code == 200
    app: Any = caller.app
    assert not len(app.service.world.journal)


def test_no_operation_takes_what_is_ours() -> None:
    swallowing = document({"/submit": posting(record(), REPLY), "/{id}": getting("id", "path", REPLY)})
    caller = calling(contract(swallowing))
    assert caller.get("/_double/namespaces").json()["namespaces"]
    assert caller.get("/_double/openapi.json").json()["openapi"]
    assert caller.get("/_double/media/x.mp4").headers["content-type"] == "application/xml"
    assert caller.get("/other").status_code == 404


def test_a_control_request_that_is_too_large_is_refused_as_control_refuses() -> None:
    reply = calling(max_body=10).post("/_double/namespaces", json={"name": "x" * 50})
    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")


def test_a_control_token_is_asked_for() -> None:
    caller = calling(control_token="secret")
    assert caller.get("/_double/namespaces").status_code == 401
    assert caller.get("/_double/namespaces", headers={"X-Double-Token": "secret"}).status_code == 200
