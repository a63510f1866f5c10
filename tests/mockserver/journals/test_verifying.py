from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.mockserver.journals.expectations import Expectation, expectations
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.journals.verifying import SHOWN, TOO_FEW, TOO_MANY, verify
from tests.mockserver.clients import Script, lived

THE_USUAL = expectations(
    [
        {"operation": "submit", "exactly": 1},
        {"operation": "poll", "at_least": 2, "after": "submit"},
        {"operation": "poll", "exactly": 0, "after": "end"},
    ]
)


def check(script: Script, **expected: Any) -> tuple[Finding, ...]:
    return verify(script.entries, expectations(expected))


def test_a_history_as_expected_has_no_findings() -> None:
    assert verify(lived(10, 20).entries, THE_USUAL) == ()


def test_what_was_not_met_is_told_with_what_came_instead() -> None:
    script = lived(10)
    script.create(70.0, job="job-2")
    script.poll(80.0, "success")
    assert verify(script.entries, THE_USUAL) == (
        Finding(
            rule=TOO_MANY,
            severity=Severity.ERROR,
            source="journal",
            pointer="/1",
            message="there were more requests than expected",
            expected="exactly 1 submit",
            got="2: #1 POST /v2/video/generations 200 at +0.0 s, #5 POST /v2/video/generations 200 at +70.0 s",
            evidence=(1, 5),
        ),
        Finding(
            rule=TOO_MANY,
            severity=Severity.ERROR,
            source="journal",
            pointer="/6",
            message="there were more requests than expected",
            expected="no poll after the first reply that told the job's end",
            got="1: #6 GET /v2/video/generations 200 at +0.0 s",
            evidence=(6,),
        ),
    )


def test_nothing_at_all_is_too_few() -> None:
    (found,) = verify((), [Expectation(operation="submit", at_least=1)])
    assert (found.rule, found.pointer, found.got, found.evidence) == (TOO_FEW, "", "none", ())
    assert found.message == "there were fewer requests than expected"


def test_a_moment_that_never_came_is_named_where_something_was_to_follow() -> None:
    script = Script()
    script.create(0.0)
    (found,) = check(script, operation="result", at_least=1, after="end")
    assert found.hint == "the first reply that told the job's end never came"
    assert check(script, operation="poll", exactly=0, after="end") == ()
    assert check(script, operation="submit", at_least=1, before="end") == ()


@pytest.mark.parametrize(
    ("expected", "met"),
    [
        ({"operation": "any", "exactly": 5}, True),
        ({"exactly": 5}, True),
        ({"operation": "result", "exactly": 1, "after": "success"}, True),
        ({"operation": "poll", "exactly": 1, "before": "success"}, False),
        ({"operation": "poll", "exactly": 2, "before": "success"}, True),
        ({"operation": "poll", "exactly": 2, "after": "running"}, True),
        ({"operation": "poll", "exactly": 2, "after": "poll"}, True),
        ({"operation": "any", "exactly": 1, "after": "running", "before": "success"}, True),
        ({"status": 200, "at_least": 5}, True),
        ({"status": 404, "at_least": 1}, False),
        ({"job": "job-1", "exactly": 5}, True),
        ({"job": "job-2", "exactly": 0}, True),
        ({"job": "job-2", "at_least": 1}, False),
        ({"job": "each", "operation": "poll", "exactly": 3}, True),
    ],
)
def test_requests_are_counted_by_what_they_were_and_when(expected: dict[str, Any], met: bool) -> None:  # noqa: FBT001 - parametrised
    assert (check(lived(10, 20), **expected) == ()) is met


def test_each_job_is_held_against_its_own_moments() -> None:
    script = lived(10)
    script.create(100.0, "job-2")
    script.poll(110.0, "running", "job-2")
    assert check(script, operation="poll", at_least=1, after="submit", job="each") == ()
    (found,) = check(script, operation="poll", at_least=2, job="each")
    assert found.message == "there were fewer requests about job job-2 than expected"
    assert check(script, operation="poll", exactly=0, after="end", job="each") == ()


def test_each_job_is_not_met_by_no_job_at_all() -> None:
    (found,) = verify((), [Expectation(operation="poll", at_least=1, job="each")])
    assert found.rule == TOO_FEW


def test_control_calls_do_not_count_as_anything_else() -> None:
    script = Script()
    script.add(0.0, "GET", Purpose.CONTROL, 200)
    assert check(script, exactly=0) == ()


def test_an_end_that_was_not_heard_is_no_end() -> None:
    script = Script()
    script.create(0.0)
    script.poll(70.0, "success", whole=False)
    script.poll(80.0, "success")
    assert check(script, operation="poll", exactly=0, after="end") == ()


def test_a_request_that_was_under_way_did_not_come_after() -> None:
    script = Script()
    script.create(0.0)
    script.poll(70.0, "success", took=0.0)
    script.poll(69.0, "success", took=5.0)
    assert check(script, operation="poll", exactly=0, after="end") == ()


def test_of_many_requests_the_first_are_named() -> None:
    (found,) = check(lived(*range(1, 30)), operation="poll", at_most=1)
    assert found.got.startswith("30: #2 GET ")
    assert found.got.endswith(f", {30 - SHOWN} more")
    assert found.evidence == tuple(range(2, 32))


@given(
    st.lists(st.sampled_from(["submit", "poll", "result"]), max_size=12),
    st.sampled_from(["submit", "poll", "result", "any"]),
    st.integers(0, 12),
    st.integers(0, 12),
)
def test_an_expectation_is_met_exactly_when_the_count_lies_between_its_bounds(
    asked: list[str], operation: str, least: int, more: int
) -> None:
    script = Script()
    for at, one in enumerate(asked):
        script.add(at, "GET", Purpose(one), 200)
    number = sum(operation in ("any", one) for one in asked)
    found = verify(script.entries, [Expectation(operation=operation, at_least=least, at_most=least + more)])
    assert (found == ()) == (least <= number <= least + more)
