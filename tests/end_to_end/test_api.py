"""What a client of the double can rely on: jobs, keys, routes, headers; in process and over a socket alike."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import pytest

from bodydouble.mockserver.http.messages import Response
from tests.apis import BUNDLED, breaches, speech

from .doubles import BODY, KEY, LEGACY, LONG, VIDEO, Double, Settings

Play = Callable[[Settings], Double]
PATTERN = BUNDLED.patterns[0]
PATHS = (VIDEO, LEGACY)
TRACING = {"x-inference-id", "x-client-request-id", "x-aimlapi-credits-used", "x-aimlapi-usd-spent"}
ERROR = {"message", "path", "requestId", "statusCode", "timestamp"}


def as_response(reply: httpx2.Response) -> Response:
    return Response(reply.status_code, [], reply.content)


def assert_is_error(reply: httpx2.Response, status: int) -> dict[str, Any]:
    """The body of a reply that is an error of this status, in the API's shape and traced like any other."""
    body: dict[str, Any] = reply.json()
    assert reply.status_code == status
    assert ERROR <= body.keys() <= ERROR | {"violations"}
    assert body["statusCode"] == status
    assert body["message"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-inference-id"] == body["requestId"]
    assert (reply.headers["x-aimlapi-credits-used"], reply.headers["x-aimlapi-usd-spent"]) == ("0", "0")
    return body


# The life of a job


@pytest.mark.parametrize("polled_at", PATHS)
@pytest.mark.parametrize("created_at", PATHS)
def test_a_job_lives_under_both_urls(double: Double, created_at: str, polled_at: str) -> None:
    created = double.create(path=created_at)
    assert breaches(PATTERN.submitted, as_response(created)) == []
    job = created.json()["id"]
    assert breaches(PATTERN.polled, as_response(double.poll(job, polled_at))) == []
    completed = double.ended(job, polled_at)
    assert breaches(PATTERN.polled, as_response(completed)) == []
    assert completed.json()["status"] == "completed"


def test_a_create_answers_queued_with_the_id_under_both_names(double: Double) -> None:
    body = double.create().json()
    assert body == {"id": body["id"], "generation_id": body["id"], "status": "queued"}


def test_a_completed_job_has_video_usage_and_duration_and_no_error(double: Double) -> None:
    body = double.ended(double.create().json()["id"]).json()
    assert body == {
        "id": body["id"],
        "status": "completed",
        "video": {"url": body["video"]["url"], "duration": 6},
        "duration": 6,
        "meta": {"usage": {"tokens_used": 120000}},
    }


@pytest.mark.parametrize("asked", ["header", "prompt"])
def test_a_failed_job_has_a_described_error_and_no_video(double: Double, asked: str) -> None:
    by_header = asked == "header"
    created = double.create(
        BODY if by_header else BODY | {"prompt": "a boat [[double: fails-while-generating]]"},
        **({"prefer": "scenario=fails-while-generating"} if by_header else {}),
    )
    body = double.ended(created.json()["id"]).json()
    assert body == {"id": body["id"], "status": "error", "error": body["error"]}
    assert body["error"]["name"]
    assert body["error"]["message"]


def test_every_reply_on_the_way_keeps_schema_and_promise_and_never_goes_back(double: Double) -> None:
    order = ["queued", "generating", "completed"]
    job = double.create().json()["id"]
    seen = ["queued"]
    while seen[-1] != "completed":
        double.wait(1)
        reply = double.poll(job)
        assert breaches(PATTERN.polled, as_response(reply)) == []
        assert reply.headers["x-inference-id"] == job
        seen.append(reply.json()["status"])
        if seen[-1] != "completed":
            assert reply.json().keys() == {"id", "status"}
    assert sorted(seen, key=order.index) == seen
    first, *later = (double.poll(job).content for _ in range(3))
    assert later == [first, first], "what is final is final, to the byte"


def test_pollers_and_other_jobs_do_not_disturb_each_other(double: Double) -> None:
    order = ["queued", "generating", "completed", "error"]
    names = ("succeeds", "fails-while-generating") * 3
    made = [double.create(prefer=f"scenario={name}").json()["id"] for name in names]
    watched, seen = made[0], []
    final: dict[str, str] = {}
    for _ in range(20):
        seen += [double.poll(watched).json()["status"] for _ in range(10)]
        final |= {job: double.poll(job).json()["status"] for job in random.Random(7).sample(made, len(made))}
        double.wait(10)
    assert seen == sorted(seen, key=order.index)
    double.wait(LONG)
    last = {job: double.poll(job).json()["status"] for job in made}
    assert [last[job] for job in made] == ["completed", "error"] * 3
    assert all(final[job] in (last[job], *order[:2]) for job in made)


def test_the_wanted_length_is_taken_where_a_clip_has_it(double: Double) -> None:
    """The published schema names no duration, and forbids none."""
    for wanted, got in ((4, 4), ("10", 10), (7, 6), (1000, 10), ("long", 6)):
        body = double.ended(double.create(BODY | {"duration": wanted}).json()["id"]).json()
        assert (body["duration"], body["video"]["duration"]) == (got, got)


def test_an_unknown_scenario_is_refused_with_the_nearest(double: Double) -> None:
    body = assert_is_error(double.create(prefer="scenario=suceeds"), 400)
    assert "did you mean 'succeeds'" in body["message"]


# Ids


@pytest.mark.parametrize(
    "query",
    ["generation_id={}", "x=1&generation_id={}", "generation_id={}&generation_ids=2", "generation%5Fid={}"],
)
def test_an_id_is_found_wherever_it_stands_in_the_query(double: Double, query: str) -> None:
    job = double.create().json()["id"]
    for form in (job, "".join(f"%{byte:02x}" for byte in job.encode())):
        reply = double.http.get(f"{VIDEO}?{query.format(form)}", headers=KEY)
        assert (reply.status_code, reply.json()["id"]) == (200, job)


@pytest.mark.parametrize(
    "job",
    [
        "0",
        "123456789012345",
        "4c5d:vendor/model-1",
        "-V1_x",
        "a+b",
        "a b",
        "é",
        "%",
        "\0",
        "../x",
        "x" * 4000,
        "",
    ],
)
def test_an_id_that_was_never_issued_is_unknown_in_any_form(double: Double, job: str) -> None:
    for form in (quote(job), quote(job, safe="")):
        reply = double.http.get(f"{VIDEO}?generation_id={form}", headers=KEY)
        assert "No job has this id" in assert_is_error(reply, 404)["message"]


@pytest.mark.parametrize("query", ["", "?", "?id=x", "?generation_id=a&generation_id=b"])
def test_an_id_that_is_missing_or_doubtful_is_invalid(double: Double, query: str) -> None:
    body = assert_is_error(double.http.get(VIDEO + query, headers=KEY), 400)
    assert [violation["pointer"] for violation in body["violations"]] == ["generation_id"]


def test_an_id_in_the_path_is_polled_there(play: Play, tmp_path: Path) -> None:
    fragment = tmp_path / "speech.json"
    fragment.write_text(json.dumps(speech()))
    double = play(Settings(contracts=(str(fragment),)))
    double.hold()
    created = double.http.post(
        "/v1/stt/create", json={"model": "ear/two", "url": "https://example.com/a.mp3"}
    )
    assert created.status_code == 201
    assert created.json() == {"generation_id": created.json()["generation_id"], "status": "waiting"}
    job = created.json()["generation_id"]
    assert double.http.get(f"/v1/stt/{job}").json() == {"generation_id": job, "status": "waiting"}
    double.wait(LONG)
    body = double.http.get(f"/v1/stt/{quote(job)}").json()
    assert (body["status"], body["result"]["duration"]) == ("completed", 6)
    unknown = double.http.get(f"/v1/stt/{job}:vendor/model")
    assert (unknown.status_code, unknown.json()["title"]) == (404, "Not Found")


# Keys


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic a2V5", "key", "Bearer a b"])
@pytest.mark.parametrize("path", PATHS)
def test_without_a_key_or_with_a_malformed_one_a_request_is_unauthorized(
    double: Double, header: str | None, path: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    for reply in (
        double.http.post(path, json=BODY, headers=headers),
        double.http.post(path, content=b"not json", headers=headers),
        double.http.get(path, headers=headers),
    ):
        assert "Bearer KEY" in assert_is_error(reply, 401)["message"]
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer x", "bearer x", "Bearer é".encode("latin-1"), "Bearer " + "k" * 2000]
)
def test_any_key_is_good_where_none_is_named(double: Double, header: str | bytes) -> None:
    reply = double.http.post(VIDEO, json=BODY, headers={"Authorization": header})  # type: ignore[dict-item]  # bytes, too
    assert reply.status_code == 200


def test_named_keys_are_good_and_no_others(play: Play) -> None:
    double = play(Settings(api_keys=("one", "two")))
    for key, status in (
        ("one", 200),
        ("two", 200),
        ("three", 401),
        ("on", 401),
        ("One", 401),
        ("one,two", 401),
    ):
        headers = {"Authorization": f"Bearer {key}"}
        assert double.http.post(VIDEO, json=BODY, headers=headers).status_code == status
        assert double.http.get(f"{VIDEO}?generation_id=x", headers=headers).status_code == (
            404 if status == 200 else 401
        )


# Routes and methods


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/v2/video/generation", f"POST {VIDEO}"),
        (f"{VIDEO}/", f"POST {VIDEO}"),
        ("/v2/generate/video/minimax/generations", f"POST {LEGACY}"),
        ("/V2/Video/Generations", f"POST {VIDEO}"),
        ("/", ""),
        ("/%00%ff%2e%2e/" + "x" * 3000, ""),
    ],
)
def test_an_unknown_path_is_answered_with_the_nearest_operations(
    double: Double, path: str, nearest: str
) -> None:
    message = assert_is_error(double.http.post(path, json=BODY), 404)["message"]
    assert f"nearest are {nearest}" in message


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_is_not_served_names_those_that_are(double: Double, method: str, path: str) -> None:
    reply = double.http.request(method, path, headers=KEY)
    assert_is_error(reply, 405)
    assert reply.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(("job", "status"), [("issued", 200), ("x", 404)])
def test_head_is_get_without_a_body(double: Double, job: str, status: int) -> None:
    wanted = double.ended(double.create().json()["id"]).json()["id"] if job == "issued" else job
    head = double.http.head(VIDEO, params={"generation_id": wanted}, headers=KEY)
    got = double.poll(wanted)
    assert (head.status_code, got.status_code, head.content) == (status, status, b"")
    assert head.headers["content-length"] == str(len(got.content))


def test_a_get_with_a_body_is_a_get(double: Double) -> None:
    job = double.create().json()["id"]
    for content in (b"", b"{}", b"x" * 100_000):
        reply = double.http.request("GET", f"{VIDEO}?generation_id={job}", headers=KEY, content=content)
        assert (reply.status_code, reply.json()["id"]) == (200, job)


# Headers


def test_a_job_is_traced_by_its_own_id_from_create_to_end(double: Double) -> None:
    created = double.create(x_client_request_id="my-run.7:a_B")
    job = created.json()["id"]
    ended = double.ended(job)
    polled = double.poll(job, x_client_request_id="another")
    assert [reply.headers["x-inference-id"] for reply in (created, ended, polled)] == [job] * 3
    assert created.headers["x-client-request-id"] == "my-run.7:a_B"
    assert "x-client-request-id" not in ended.headers
    assert polled.headers["x-client-request-id"] == "another"
    spent = ("x-aimlapi-credits-used", "x-aimlapi-usd-spent")
    assert [created.headers[name] for name in spent] == ["0", "0"]
    assert [polled.headers[name] for name in spent] == ["120000", "0.06"]


@pytest.mark.parametrize("value", ["", "a b", "a" * 129, "a/b", "ü".encode(), "a,b", "a;b", "<a>", "$x"])
def test_a_request_id_that_does_not_fit_is_silently_dropped(double: Double, value: str | bytes) -> None:
    headers: Any = KEY | {"X-Client-Request-Id": value}
    for reply in (
        double.http.post(VIDEO, json=BODY, headers=headers),
        double.http.get(f"{VIDEO}?generation_id=x", headers=headers),
        double.http.get("/unknown", headers=headers),
    ):
        assert reply.status_code in (200, 404)
        assert "x-client-request-id" not in reply.headers


def test_errors_are_traced_like_any_reply_each_with_an_id_of_its_own(double: Double) -> None:
    headers = {"X-Client-Request-Id": "mine"}
    replies = [
        double.http.post(VIDEO, json=BODY, headers=headers),
        double.http.post(VIDEO, json={}, headers=KEY | headers),
        double.http.get("/unknown", headers=headers),
        double.http.delete(VIDEO, headers=headers),
    ]
    for reply, status in zip(replies, (401, 400, 404, 405), strict=True):
        assert_is_error(reply, status)
        assert reply.headers["x-client-request-id"] == "mine"
    assert len({reply.headers["x-inference-id"] for reply in replies}) == len(replies)


# Pages from elsewhere


@pytest.mark.parametrize("origin", ["https://page.example", "http://localhost:3000", "null"])
def test_a_page_may_ask_before_it_sends_a_key(double: Double, origin: str) -> None:
    for path, method in ((VIDEO, "POST"), (VIDEO, "GET"), (LEGACY, "DELETE"), ("/unknown", "POST")):
        reply = double.http.options(
            path,
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type, x-client-request-id, prefer",
            },
        )
        allowed = reply.headers["access-control-allow-headers"]
        assert reply.status_code == 200
        assert reply.headers["access-control-allow-origin"] == "*"
        assert method in reply.headers["access-control-allow-methods"]
        assert all(
            name in allowed for name in ("authorization", "content-type", "x-client-request-id", "prefer")
        )


def test_a_page_may_read_every_reply_and_its_headers(double: Double) -> None:
    job = double.create().json()["id"]
    url = urlsplit(double.ended(job).json()["video"]["url"])
    headers = {"Origin": "https://page.example"}
    for reply in (
        double.create(origin="https://page.example"),
        double.poll(job, origin="https://page.example"),
        double.http.post(VIDEO, json=BODY, headers=headers),
        double.http.get("/unknown", headers=headers),
        double.http.put(VIDEO, headers=headers),
        double.http.get(f"{url.path}?{url.query}", headers=headers),
        double.http.get(url.path, headers=headers),
    ):
        assert reply.headers.get_list("access-control-allow-origin") == ["*"]
        assert reply.headers.get_list("access-control-expose-headers") == ["*"]


# Memory


def test_the_job_that_ended_first_leaves_and_the_log_says_why(play: Play) -> None:
    double = play(Settings(max_jobs=2))
    made = [double.create().json()["id"] for _ in range(4)]
    statuses = [double.poll(job).status_code for job in made]
    assert sorted(statuses) == [200, 200, 404, 404]
    for job, status in zip(made, statuses, strict=True):
        assert (f"job {job} had to leave: 2 jobs are kept" in double.log()) is (status == 404)
    assert double.poll("never-issued").status_code == 404
    assert "never-issued" not in double.log()


# The document


def test_the_exported_document_describes_what_is_served(double: Double) -> None:
    reply = double.http.get("/_double/openapi.json")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    document = reply.json()
    assert set(document["paths"]) == set(PATHS)
    links = document["paths"][VIDEO]["post"]["responses"]["200"]["links"]
    assert links["poll"]["parameters"] == {"generation_id": "$response.body#/id"}
    assert document["paths"][LEGACY]["post"]["deprecated"] is True
