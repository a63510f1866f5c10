from typing import Any

import pytest

from bodydouble.contracts.jobs.job_statement import PatternError, Statement
from bodydouble.contracts.jobs.polls import (
    Poll,
    nearest_poll,
    parameter_of,
    polls_of,
    stated_poll,
    success_of,
)
from bodydouble.contracts.openapi.operations import Operation, operations_of
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, document, getting, posting, record, words

REPLY = record(id=TEXT, status=words("queued", "done"))
BODY = record(prompt=TEXT)


def operations(paths: dict[str, Any], source: str = "a.json") -> tuple[Operation, ...]:
    return operations_of(Fragment(source, document(paths)))


def submit(path: str, source: str = "a.json") -> Operation:
    return operations({path: posting(BODY, REPLY)}, source)[0]


def poll(path: str, name: str = "id", source: str = "a.json") -> Operation:
    return operations({path: getting(name, "path" if f"{{{name}}}" in path else "query", REPLY)}, source)[0]


def nearest(path: str, *polls: Operation) -> str:
    found = nearest_poll(submit(path), polls_of(polls))
    assert found is not None
    return str(found.operation)


# What may poll


def test_a_get_that_takes_an_id_and_tells_a_status_lacks_nothing() -> None:
    (found,) = polls_of([poll("/jobs"), submit("/jobs")])
    assert (found.lack, found.status, found.parameters[0].name) == ("", "/status", "id")


def test_what_a_get_lacks_is_said() -> None:
    by_page = {"/jobs": {"get": {"parameters": [{"name": "page", "in": "query"}]}}}
    silent = {"/jobs": getting("id", "query", record(id=TEXT))}
    assert [each.lack for each in polls_of(operations(by_page))] == ["takes no id"]
    assert [each.lack for each in polls_of(operations(silent))] == ["tells no status"]


def test_a_get_without_a_documented_success_tells_nothing() -> None:
    (get,) = operations({"/jobs": {"get": {"responses": {"404": {}}}}})
    assert (success_of(get).status, success_of(get).schema) == ("200", None)


@pytest.mark.parametrize(
    ("path", "listed", "names"),
    [
        ("/jobs", [("query", "id", False)], ["id"]),
        ("/jobs", [("query", "key", False)], []),
        ("/jobs", [("query", "key", True), ("query", "job_id", False)], ["job_id", "key"]),
        ("/jobs", [("query", "user_id", False), ("query", "job_id", True)], ["job_id", "user_id"]),
        ("/jobs/{name}", [("path", "name", True)], ["name"]),
        (
            "/{project_id}/jobs/{job_id}",
            [("path", "project_id", True), ("path", "job_id", True)],
            ["job_id", "project_id"],
        ),
        ("/jobs/{jobId}", [("query", "trace_id", True), ("path", "jobId", True)], ["jobId", "trace_id"]),
        ("/jobs", [("header", "x-id", True), ("cookie", "id", True)], []),
    ],
)
def test_the_likeliest_parameter_for_an_id_comes_first(
    path: str, listed: list[Any], names: list[str]
) -> None:
    node = getting("unused", "header", REPLY)
    node["get"]["parameters"] = [
        {"in": place, "name": name, "required": needed} for place, name, needed in listed
    ]
    (found,) = polls_of(operations({path: node}))
    assert [parameter.name for parameter in found.parameters] == names


# Which one is meant


@pytest.mark.parametrize(
    ("path", "others", "meant"),
    [
        ("/v1/jobs", ["/v1/things/{id}"], "/v1/jobs"),
        ("/v1/jobs", ["/v1/things/{id}", "/v2/jobs"], "/v1/jobs/{id}"),
        ("/v1/stt/create", ["/v1/tts/{id}", "/v1"], "/v1/stt/{id}"),
        ("/v2/generate/video/vendor/generation", ["/v2/generate/audio", "/v2"], "/v2/video/generations"),
        ("/video/generations", ["/v2/audio/generations"], "/v2/video/generations"),
        ("/v1/{project}/jobs", ["/v1/{id}"], "/v1/{project_id}/jobs/{id}"),
        ("/v1/image_to_video", [], "/v1/tasks/{id}"),
    ],
)
def test_the_nearest_path_wins_in_any_order(path: str, others: list[str], meant: str) -> None:
    listed = [poll(each) for each in [*others, meant]]
    assert nearest(path, *listed) == f"GET {meant}"
    assert nearest(path, *reversed(listed)) == f"GET {meant}"


def test_among_equals_the_one_from_the_same_page_wins_then_the_first() -> None:
    theirs, ours = poll("/jobs", source="b.md#2"), poll("/jobs", source="a.md#2")
    found = nearest_poll(submit("/jobs", "a.md#1"), polls_of([theirs, ours]))
    assert found is not None
    assert found.operation is ours
    elsewhere = nearest_poll(submit("/jobs", "c.json"), polls_of([theirs, ours]))
    assert elsewhere is not None
    assert elsewhere.operation is theirs


def test_without_any_poll_there_is_no_nearest() -> None:
    assert nearest_poll(submit("/jobs"), []) is None


# What is stated


def stated(poll_: str, *polls: Operation, parameter: str = "") -> Poll:
    return stated_poll(submit("/jobs"), Statement("HERE", poll=poll_, parameter=parameter), polls_of(polls))


@pytest.mark.parametrize("named", ["GET /things/{id}", "get /things/{id}", "GET  /things/{id} "])
def test_a_stated_poll_is_found_however_far_its_path(named: str) -> None:
    assert str(stated(named, poll("/jobs"), poll("/things/{id}")).operation) == "GET /things/{id}"


@pytest.mark.parametrize(
    ("named", "words_"),
    [
        ("GET /job", r"HERE: the poll \"GET /job\" is no operation here; did you mean 'GET /jobs'\?"),
        ("/jobs", "did you mean 'GET /jobs'"),
        ("POST /jobs", "did you mean 'GET /jobs'"),
        ("qqq", "known are GET /jobs"),
    ],
)
def test_a_poll_that_is_no_operation_is_an_error_that_names_the_nearest(named: str, words_: str) -> None:
    with pytest.raises(PatternError, match=words_):
        stated(named, poll("/jobs"))


def test_where_there_is_no_get_at_all_the_error_says_so() -> None:
    with pytest.raises(PatternError, match="no fragment has a GET: add the one that polls"):
        stated("GET /jobs")


def test_a_stated_parameter_is_found_wherever_it_stands() -> None:
    (found,) = polls_of([poll("/jobs/{name}", "name")])
    assert parameter_of(found, Statement("HERE", parameter="name")).name == "name"
    assert parameter_of(found, Statement("HERE")).name == "name"


def test_a_parameter_that_the_poll_lacks_is_an_error_that_names_the_nearest() -> None:
    (found,) = polls_of([poll("/jobs", "job_id")])
    with pytest.raises(
        PatternError, match=r"HERE: the poll GET /jobs has no parameter \"jobid\".*did you mean 'job_id'"
    ):
        parameter_of(found, Statement("HERE", parameter="jobid"))


def test_a_poll_without_parameters_can_take_no_id() -> None:
    (found,) = polls_of(operations({"/jobs": {"get": {}}}))
    with pytest.raises(PatternError, match="has no parameter for an id in its path or query; it has none"):
        parameter_of(found, Statement("HERE"))
