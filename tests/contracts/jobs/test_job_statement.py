from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.job_statement import (
    STATED,
    PatternError,
    ReplyStatement,
    Statement,
    StatusStatement,
    one_of,
    statements_of,
)
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import document
from tests.generating import JSON_VALUES


def read(stated: Any, method: str = "post") -> tuple[Statement, ...]:
    (operation,) = operations_of(Fragment("a.json", document({"/jobs": {method: {STATED: stated}}})))
    return statements_of(operation)


def only(stated: Any) -> Statement:
    (statement,) = read(stated)
    return statement


FULL: dict[str, Any] = {
    "poll": "GET /jobs/{id}",
    "parameter": "id",
    "model": "engine",
    "models": ["steam"],
    "id": ["/id", "/job_id"],
    "status": "/status",
    "statuses": {"done": {"stage": "success", "present": ["/result"], "absent": ["/error"]}, "odd": {}},
    "submitted": {"status": "/state", "reply": "202", "schema": "#/components/schemas/Accepted"},
    "polled": {"id": "/task/id", "statuses": {"odd": {"stage": "running"}}},
    "body": "#/components/schemas/Body",
    "optional": True,
}


def test_everything_may_be_stated() -> None:
    found = only(FULL)
    assert (found.poll, found.parameter, found.model, found.optional) == (
        "GET /jobs/{id}",
        "id",
        "engine",
        True,
    )
    assert found.models == ("steam",)
    assert found.body == "#/components/schemas/Body"
    assert found.shared.ids == ("/id", "/job_id")
    assert found.shared.statuses["done"] == StatusStatement(Stage.SUCCESS, ("/result",), ("/error",))
    assert not found.implied


def test_what_is_stated_about_one_reply_comes_before_what_is_stated_about_both() -> None:
    found = only(FULL)
    assert found.about_submitted.ids == ("/id", "/job_id")
    assert (found.about_submitted.status, found.about_submitted.reply) == ("/state", "202")
    assert (found.about_polled.ids, found.about_polled.status) == (("/task/id",), "/status")
    assert found.about_polled.statuses["odd"].stage is Stage.RUNNING
    assert found.about_polled.statuses["done"].stage is Stage.SUCCESS
    assert (found.about_polled.reply, found.about_polled.schema) == ("", "")


def test_nothing_need_be_stated() -> None:
    assert only({}).shared == ReplyStatement()
    (operation,) = operations_of(Fragment("a.json", document({"/jobs": {"post": {}}})))
    assert statements_of(operation) == ()


def test_a_list_states_one_job_for_each_body() -> None:
    assert [statement.parameter for statement in read([{"parameter": "a"}, {"parameter": "b"}])] == ["a", "b"]


def test_every_pointer_is_told_once() -> None:
    stated = only(
        {
            "id": ["/id"],
            "status": "/s",
            "statuses": {"a": {"present": ["/x", "/id"]}, "b": {"absent": ["/x"]}},
        }
    )
    assert stated.shared.pointers() == ("/id", "/s", "/x")


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (None, "is null; expected an object"),
        ("GET /jobs", 'is "GET /jobs"; expected an object'),
        ([], "the list is empty"),
        ([{}, 5], "entry 2 is 5; expected an object"),
        ({"paramter": "id"}, "the member \"paramter\", which says nothing; did you mean 'parameter'"),
        ({"stage": "done"}, 'the member "stage", which says nothing; did you mean'),
        ({"poll": 5}, "poll is 5; expected a text"),
        ({"poll": ""}, 'poll is ""; expected a text'),
        ({"model": ["a"]}, "model is .*expected a text"),
        ({"models": "a"}, 'models is "a"; expected a list of texts'),
        ({"models": [5]}, "models is .*expected a list of texts"),
        ({"optional": "yes"}, 'optional is "yes"; expected true or false'),
        ({"id": "id"}, 'id is "id"; expected a JSON Pointer such as /video/url'),
        ({"id": [""]}, 'id is ""; expected a JSON Pointer'),
        ({"id": [5]}, "id is 5; expected a JSON Pointer"),
        ({"id": {}}, "id is {}; expected a JSON Pointer"),
        ({"status": "status"}, 'status is "status"; expected a JSON Pointer'),
        ({"statuses": ["done"]}, "statuses is .*expected an object"),
        ({"statuses": {"done": "success"}}, 'the status "done" is "success"; expected an object'),
        (
            {"statuses": {"done": {"stage": "sucess"}}},
            "the stage \"sucess\", which does not exist; did you mean 'success'",
        ),
        ({"statuses": {"done": {"stage": "zzz"}}}, "known are initial, running, success, failure"),
        ({"statuses": {"done": {"stage": None}}}, "the stage null"),
        ({"statuses": {"done": {"presnt": []}}}, "did you mean 'present'"),
        (
            {"statuses": {"done": {"present": "/video"}}},
            'present is "/video"; expected a list of JSON Pointers',
        ),
        ({"statuses": {"done": {"absent": ["video"]}}}, 'absent is "video"; expected a JSON Pointer'),
        ({"submitted": "x"}, 'submitted is "x"; expected an object'),
        ({"polled": {"poll": "GET /"}}, 'polled has the member "poll", which says nothing'),
        ({"submitted": {"reply": 202}}, "reply is 202; expected a text"),
    ],
)
def test_a_misstatement_says_where_what_and_what_is_known(stated: Any, words: str) -> None:
    with pytest.raises(PatternError, match=rf"^x-bodydouble-job of POST /jobs in a\.json.*{words}"):
        read(stated)


@pytest.mark.parametrize("method", ["get", "put", "patch"])
def test_jobs_are_submitted_by_post(method: str) -> None:
    with pytest.raises(PatternError, match="jobs are submitted by POST"):
        read({}, method)


MEMBERS = st.sampled_from([*FULL, "stage", "present", "absent", "reply", "schema", "x"])
ANYTHING = st.recursive(
    JSON_VALUES | st.sampled_from(["/id", "success", "GET /jobs"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(MEMBERS, inner, max_size=3),
    max_leaves=8,
)


@given(ANYTHING)
def test_whatever_is_stated_is_understood_or_refused(stated: Any) -> None:
    with suppress(PatternError):
        assert all(isinstance(statement, Statement) for statement in read(stated))


def test_what_is_known_is_named_where_nothing_comes_near() -> None:
    assert one_of("qqqq", ["alpha", "beta"]) == "known are alpha, beta"
    assert one_of(5, ["alpha"]) == "known are alpha"
    assert one_of("alpa", ["alpha", "beta"]) == "did you mean 'alpha'?"
