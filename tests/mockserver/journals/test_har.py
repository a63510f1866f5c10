import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.har import as_har, as_json, as_json_lines
from bodydouble.mockserver.journals.journal import Entry, Purpose

JOB = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0"
POLL = Entry(
    number=7,
    at=1_790_000_000.5,
    took=0.25,
    method="GET",
    path="/v2/video/generations",
    operation=Purpose.POLL,
    status=200,
    job=JOB,
    asked=JOB,
    stage="running",
    key="sha256:0123456789ab:9",
    query=f"generation_id={JOB}",
    headers=(("authorization", "Bearer sha256:0123456789ab:9"),),
    reply=b'{"status":"generating"}',
    reply_size=23,
)
CREATE = Entry(
    number=8,
    at=1.0,
    took=0.0,
    method="POST",
    path="/a b/ü",
    operation=Purpose.SUBMIT,
    status=429,
    headers=(("content-type", "application/json; charset=utf-8"),),
    body=b'{"prompt":"a cat"}',
    body_size=18,
    reply_headers=(("content-type", "text/html"), ("retry-after", "5"), ("location", "/elsewhere")),
    reply=b"<html>",
    reply_size=6,
    retry_after=5.0,
)
FETCH = Entry(9, 2.0, 1.0, "GET", f"/_double/media/{JOB}.mp4", Purpose.RESULT, 206, job=JOB, sent=10, size=50)


# JSON lines


def test_an_entry_is_an_object_with_its_fields_but_for_those_that_say_nothing() -> None:
    assert as_json(POLL) == {
        "number": 7,
        "time": "2026-09-21T14:13:20.500Z",
        "at": 1_790_000_000.5,
        "took": 0.25,
        "method": "GET",
        "path": "/v2/video/generations",
        "operation": "poll",
        "status": 200,
        "job": JOB,
        "asked": JOB,
        "stage": "running",
        "key": "sha256:0123456789ab:9",
        "query": f"generation_id={JOB}",
        "headers": (("authorization", "Bearer sha256:0123456789ab:9"),),
        "reply": {"status": "generating"},
        "reply_size": 23,
    }


def test_a_body_that_is_no_json_is_a_text() -> None:
    assert as_json(CREATE)["reply"] == "<html>"
    assert as_json(CREATE)["body"] == {"prompt": "a cat"}


def test_json_lines_are_one_object_a_line() -> None:
    listed = list(as_json_lines([POLL, CREATE]))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in listed)
    assert [json.loads(line)["number"] for line in listed] == [7, 8]
    assert list(as_json_lines([])) == []


# HAR


def check_har(document: dict[str, Any]) -> None:
    """Check what HAR 1.2 demands: every member that is not optional, and its type."""
    assert set(document) == {"log"}
    log = document["log"]
    typed(log, version=str, creator=dict, entries=list)
    assert log["version"] == "1.2"
    typed(log["creator"], name=str, version=str)
    for entry in log["entries"]:
        typed(
            entry,
            startedDateTime=str,
            time=(int, float),
            request=dict,
            response=dict,
            cache=dict,
            timings=dict,
        )
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        typed(entry["timings"], send=(int, float), wait=(int, float), receive=(int, float))
        assert entry["time"] == sum(part for part in entry["timings"].values() if part != -1)
        check_request(entry["request"])
        check_response(entry["response"])
        own = set(entry) - {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert all(name.startswith("_") for name in own)


def check_request(request: dict[str, Any]) -> None:
    typed(request, method=str, url=str, httpVersion=str, cookies=list, headers=list, queryString=list)
    typed(request, headersSize=int, bodySize=int)
    assert urlsplit(request["url"]).scheme in ("http", "https")
    assert " " not in request["url"]
    for pair in (*request["headers"], *request["queryString"]):
        typed(pair, name=str, value=str)
        assert set(pair) == {"name", "value"}
    if "postData" in request:
        typed(request["postData"], mimeType=str, params=list, text=str)


def check_response(response: dict[str, Any]) -> None:
    typed(response, status=int, statusText=str, httpVersion=str, cookies=list, headers=list, content=dict)
    typed(response, redirectURL=str, headersSize=int, bodySize=int)
    typed(response["content"], size=int, mimeType=str)
    if "text" in response["content"]:
        typed(response["content"], text=str)


def typed(node: dict[str, Any], **types: Any) -> None:
    for name, kind in types.items():
        assert isinstance(node[name], kind), f"{name} is {node.get(name)!r}"
        assert not isinstance(node[name], bool)


def har(*entries: Entry) -> dict[str, Any]:
    return json.loads(json.dumps(as_har(entries, origin="http://127.0.0.1:8000", version="1.2.3")))  # type: ignore[no-any-return]  # read back


@pytest.mark.parametrize("entries", [(), (POLL,), (POLL, CREATE, FETCH)])
def test_a_har_has_what_the_specification_demands(entries: tuple[Entry, ...]) -> None:
    document = har(*entries)
    check_har(document)
    assert len(document["log"]["entries"]) == len(entries)
    assert document["log"]["creator"] == {"name": "bodydouble", "version": "1.2.3"}


def test_a_har_tells_request_reply_and_times() -> None:
    (entry,) = har(POLL)["log"]["entries"]
    assert entry["startedDateTime"] == "2026-09-21T14:13:20.500Z"
    assert entry["time"] == 250.0
    assert entry["request"]["url"] == f"http://127.0.0.1:8000/v2/video/generations?generation_id={JOB}"
    assert entry["request"]["queryString"] == [{"name": "generation_id", "value": JOB}]
    assert entry["response"]["status"] == 200
    assert entry["response"]["statusText"] == "OK"
    assert entry["response"]["content"] == {
        "size": 23,
        "mimeType": "application/json",
        "text": '{"status":"generating"}',
    }
    assert (entry["_number"], entry["_operation"], entry["_job"]) == (7, "poll", JOB)


def test_a_har_tells_bodies_types_and_where_a_reply_leads() -> None:
    (entry,) = har(CREATE)["log"]["entries"]
    assert entry["request"]["url"] == "http://127.0.0.1:8000/a%20b/%C3%BC"
    assert entry["request"]["postData"] == {
        "mimeType": "application/json; charset=utf-8",
        "params": [],
        "text": '{"prompt":"a cat"}',
    }
    assert entry["response"]["content"]["mimeType"] == "text/html"
    assert entry["response"]["redirectURL"] == "/elsewhere"
    assert {"name": "retry-after", "value": "5"} in entry["response"]["headers"]


def test_of_a_result_a_har_tells_how_much_was_sent() -> None:
    (entry,) = har(FETCH)["log"]["entries"]
    assert entry["response"]["content"] == {"size": 10, "mimeType": "x-unknown"}


@given(
    st.builds(
        Entry,
        number=st.integers(1),
        at=st.floats(0, 1e12),
        took=st.floats(0, 1e6),
        method=st.sampled_from(["GET", "POST"]),
        path=st.text(st.characters(exclude_categories=["Cs"])).map(lambda path: f"/{path}"),
        operation=st.sampled_from(Purpose),
        status=st.integers(0, 999),
        query=st.text("ab=&%+;", max_size=9),
        headers=st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
        body=st.binary(max_size=9),
        reply=st.binary(max_size=9),
    )
)
def test_any_entry_can_be_written_out(entry: Entry) -> None:
    check_har(har(entry))
    (line,) = as_json_lines([entry])
    assert json.loads(line)["number"] == entry.number
