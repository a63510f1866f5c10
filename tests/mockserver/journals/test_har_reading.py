import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.har import as_har, as_json_lines
from bodydouble.mockserver.journals.har_reading import JournalError, exchanges_in_har, exchanges_in_lines
from bodydouble.mockserver.journals.journal import Entry, Purpose

CREATE = Entry(
    number=1,
    at=1.0,
    took=0.5,
    method="POST",
    path="/a b/ü",
    operation=Purpose.SUBMIT,
    status=200,
    query="x=1",
    body=b'{"prompt":"a cat"}',
    body_size=18,
    reply=b'{"id":"7"}',
    reply_size=10,
)


def har(**facts: Any) -> dict[str, Any]:
    request = {"method": "get", "url": "https://host/x?y=1", **facts.pop("request", {})}
    response = {"status": 200, "content": {"text": '{"a": 1}', **facts.pop("content", {})}}
    return {"log": {"entries": [{"request": request, "response": {**response, **facts}}]}}


def test_our_har_is_read_back() -> None:
    (found,) = exchanges_in_har(as_har([CREATE], origin="http://x", version="1"), "a.har")
    assert (found.method, found.path, found.query, found.status) == ("POST", "/a%20b/%C3%BC", "x=1", 200)
    assert found.request.json == {"prompt": "a cat"}
    assert found.reply.json == {"id": "7"}


def test_our_lines_are_read_back() -> None:
    (found,) = exchanges_in_lines("".join(as_json_lines([CREATE])), "a.jsonl")
    assert (found.method, found.path, found.query, found.status) == ("POST", "/a%20b/%C3%BC", "x=1", 200)
    assert found.request.json == {"prompt": "a cat"}
    assert found.reply.json == {"id": "7"}


@pytest.mark.parametrize("facts", [{"whole": False}, {"gone": True}])
def test_a_reply_that_did_not_arrive_as_meant_counts_as_none(facts: dict[str, bool]) -> None:
    entry = Entry(**{name: getattr(CREATE, name) for name in CREATE.__struct_fields__} | facts)
    (found,) = exchanges_in_lines("".join(as_json_lines([entry])), "a.jsonl")
    assert found.status == 0


def test_what_controlled_the_double_is_left_out() -> None:
    line = json.dumps({"method": "POST", "path": "/_double/x", "status": 200, "operation": "control"})
    assert exchanges_in_lines(line, "a") == ()


def test_a_body_that_was_kept_as_text_was_no_whole_json() -> None:
    line = json.dumps({"method": "GET", "path": "/x", "status": 200, "reply": '{"cut":'})
    assert exchanges_in_lines(f"\n{line}\n\n", "a")[0].reply.json_or_none() is None


def test_a_body_in_base64_is_read() -> None:
    text = base64.b64encode(b'{"a": 2}').decode()
    (found,) = exchanges_in_har(har(content={"text": text, "encoding": "base64"}), "a.har")
    assert found.reply.json == {"a": 2}
    (broken,) = exchanges_in_har(har(content={"text": "%%", "encoding": "base64"}), "a.har")
    assert broken.reply.json_or_none() is None


def test_a_request_without_an_answer_has_no_status() -> None:
    assert exchanges_in_har(har(status=0), "a.har")[0].status == 0
    assert exchanges_in_har(har(status=None), "a.har")[0].status == 0


@pytest.mark.parametrize("document", [None, [], {}, {"log": 1}, {"log": {}}, {"log": {"entries": {}}}])
def test_what_is_no_har_is_an_error(document: Any) -> None:
    with pytest.raises(JournalError, match=r"a\.har: no HAR"):
        exchanges_in_har(document, "a.har")


@pytest.mark.parametrize(
    "entry", [1, {}, {"request": {}}, {"request": {"method": "GET", "url": "http://[::1"}, "response": {}}]
)
def test_an_entry_that_is_none_is_named(entry: Any) -> None:
    with pytest.raises(JournalError, match="entry 2 is no HAR entry"):
        exchanges_in_har({"log": {"entries": [*har()["log"]["entries"], entry]}}, "a.har")


@pytest.mark.parametrize(
    "line", ["{", "1", "[]", "{}", '{"method": "GET"}', '{"method": "GET", "path": "/", "status": "x"}', "\0"]
)
def test_a_line_that_is_no_entry_is_named(line: str) -> None:
    good = json.dumps({"method": "GET", "path": "/", "status": 200})
    with pytest.raises(JournalError, match="line 2"):
        exchanges_in_lines(f"{good}\n{line}\n", "a.jsonl")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["log", "entries", "request", "response", "content", "url", "status", "text", "postData"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(values)
def test_any_json_is_exchanges_or_an_error_of_ours(document: Any) -> None:
    for given_document in (document, {"log": {"entries": [document]}}):
        try:
            exchanges_in_har(given_document, "a")
        except JournalError as problem:
            said = str(problem)
        else:
            said = "a"
        assert said.startswith("a")
