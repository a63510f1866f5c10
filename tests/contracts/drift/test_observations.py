from dataclasses import replace

from bodydouble.contracts.drift.observations import by_operation, observe
from tests.exchanging import JOBS, created, done, polled


def test_calls_are_brought_to_their_operations_with_the_status_they_tell() -> None:
    found = observe(JOBS, [("a.har", created()), ("b.har", polled(done()))])
    create, poll = found.observations
    assert (str(create.operation), create.code, create.word, create.source) == (
        "POST /jobs",
        200,
        "queued",
        "a.har",
    )
    assert create.request == {"model": "alpha", "prompt": "a boat"}
    assert (str(poll.operation), poll.word, poll.reply) == ("GET /jobs", "done", done())
    assert poll.promise is not None
    assert poll.promise.status == "done"


def test_calls_of_what_the_contract_does_not_have_are_named_once() -> None:
    other = replace(polled("queued"), path="/v2/logs%20x")
    found = observe(JOBS, [("a", other), ("a", other)])
    assert found.observations == ()
    assert found.others == ("GET /v2/logs x",)


def test_calls_without_a_reply_are_counted() -> None:
    assert observe(JOBS, [("a", polled("queued", status=0))]).unanswered == 1


def test_an_error_tells_no_status_of_a_job() -> None:
    (seen,) = observe(JOBS, [("a", polled("queued", status=500))]).observations
    assert (seen.word, seen.promise) == ("", None)


def test_a_status_that_the_contract_does_not_know_has_no_promise() -> None:
    (seen,) = observe(JOBS, [("a", polled("paused"))]).observations
    assert (seen.word, seen.promise) == ("paused", None)


def test_a_body_that_is_no_json_is_none() -> None:
    (seen,) = observe(JOBS, [("a", created(b"<html>"))]).observations
    assert seen.reply is None


def test_observations_are_grouped_by_operation() -> None:
    found = observe(JOBS, [("a", created()), ("a", polled("queued")), ("b", created())])
    assert [len(group) for group in by_operation(found.observations)] == [2, 1]
