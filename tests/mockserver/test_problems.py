import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.conventions import PROBLEM_DETAILS, ErrorShape
from bodydouble.contracts.schema.validation import Validator, Violation
from bodydouble.mockserver.problems import MAX_VIOLATIONS, Problem, ReplyFacts, error_body, invalid, rfc3339
from tests.apis import BUNDLED

FACTS = ReplyFacts("/v2/video/generations", "reply-1", 1_767_225_600.25)
SHAPE = BUNDLED.conventions.errors


def violation(number: int = 0) -> Violation:
    return Violation(
        f"/p{number}", f"p{number} must be short", "at most 9 characters", "12 characters", "maxLength"
    )


def test_the_message_of_an_invalid_body_says_what_was_expected_and_received() -> None:
    assert invalid((violation(),)) == Problem(
        400,
        "Body validation error: p0 must be short: expected at most 9 characters, received 12 characters",
        (violation(),),
    )


def test_the_message_names_three_violations_and_counts_the_rest() -> None:
    message = invalid(tuple(map(violation, range(8)))).message
    assert [number for number in range(8) if f"p{number} must" in message] == [0, 1, 2]
    assert message.endswith(" (and 5 more)")
    assert "more" not in invalid(tuple(map(violation, range(3)))).message


def test_an_error_has_the_shape_of_the_api() -> None:
    assert error_body(SHAPE, Problem(404, "No job has this id"), FACTS) == {
        "message": "No job has this id",
        "path": "/v2/video/generations",
        "requestId": "reply-1",
        "statusCode": 404,
        "timestamp": "2026-01-01T00:00:00.250Z",
    }


def test_violations_are_told_with_pointer_message_expected_and_got() -> None:
    assert error_body(SHAPE, invalid((violation(),)), FACTS)["violations"] == [
        {
            "pointer": "/p0",
            "message": "p0 must be short",
            "expected": "at most 9 characters",
            "got": "12 characters",
        }
    ]


def test_a_flood_of_violations_is_cut() -> None:
    told = error_body(SHAPE, invalid(tuple(map(violation, range(5000)))), FACTS)["violations"]
    assert isinstance(told, list)
    assert len(told) == MAX_VIOLATIONS


def test_an_api_that_says_nothing_about_errors_answers_problem_details() -> None:
    assert error_body(PROBLEM_DETAILS, Problem(405, "Use GET"), FACTS) == {
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "Use GET",
        "instance": "/v2/video/generations",
    }


def test_values_stand_wherever_the_shape_wants_them() -> None:
    shape = ErrorShape(
        "application/json",
        {
            "ok": False,
            "error": {"code": "$error.status", "text": "$error.message", "details": "$error.violations"},
            "errors": [{"message": "$error.message"}, "$error.violations", None, 7],
        },
    )
    assert error_body(shape, Problem(404, "Gone"), FACTS) == {
        "ok": False,
        "error": {"code": 404, "text": "Gone"},
        "errors": [{"message": "Gone"}, None, 7],
    }


@given(st.sampled_from(HTTPStatus), st.text(max_size=20), st.integers(0, 3), st.floats())
def test_every_error_keeps_the_schema_that_the_contract_gives_it(
    status: HTTPStatus, message: str, violations: int, now: float
) -> None:
    schema = next(reply.schema for o in BUNDLED.operations for reply in o.replies if reply.status == "400")
    assert schema
    problem = Problem(status, message, tuple(map(violation, range(violations))))
    assert not Validator(schema.strict).violations(error_body(SHAPE, problem, ReplyFacts("/", "id", now)))


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600.9996, "2026-01-01T00:00:00.999Z"),
        (-1.0, "1969-12-31T23:59:59.000Z"),
        (float("nan"), "1970-01-01T00:00:00.000Z"),
        (float("inf"), "1970-01-01T00:00:00.000Z"),
        (1e300, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(now: float, text: str) -> None:
    assert rfc3339(now) == text


@given(st.floats())
def test_any_moment_is_written_as_rfc_3339_wants_it(now: float) -> None:
    written = rfc3339(now)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert datetime.fromisoformat(written).tzinfo is UTC
