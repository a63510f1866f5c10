from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.contracts.checks.matching import value_at
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.generating.near_invalid import Broken
from bodydouble.contracts.generating.replies import (
    broken_replies,
    job_breaches,
    job_corners,
    job_ids,
    job_replies,
    replies,
    reply_for,
)
from bodydouble.contracts.jobs.job_pattern import Promise, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from tests.apis import BUNDLED
from tests.published import operations

PATTERN = BUNDLED.patterns[0]
POLLED = PATTERN.polled
ID = "7d1f:vendor/model"


def keeps(shape: ReplyShape, promise: Promise, body: Any) -> bool:
    schema = shape.reply.schema
    assert schema
    return (
        Judge(schema.strict, schema.lenient).is_valid(body)
        and value_at(body, shape.status) == promise.status
        and all(value_at(body, place) is not None for place in promise.present)
        and all(value_at(body, place) is None for place in promise.absent)
    )


@pytest.mark.parametrize("promise", POLLED.promises, ids=lambda promise: promise.status)
def test_a_drawn_reply_keeps_its_schema_and_its_promise(promise: Promise) -> None:
    @settings(max_examples=25)
    @given(job_replies(POLLED, promise, ID))
    def check(body: Any) -> None:
        assert keeps(POLLED, promise, body)
        assert {value_at(body, place) for place in POLLED.ids} == {ID}

    check()


@pytest.mark.parametrize("promise", POLLED.promises, ids=lambda promise: promise.status)
def test_every_corner_of_a_promise_keeps_it(promise: Promise) -> None:
    corners = [*job_corners(POLLED, promise, ID)]
    assert len(corners) > 10
    assert all(keeps(POLLED, promise, corner.value) for corner in corners)


@pytest.mark.parametrize("promise", POLLED.promises, ids=lambda promise: promise.status)
def test_every_breach_of_a_promise_breaks_schema_or_promise(promise: Promise) -> None:
    breaches = [*job_breaches(POLLED, promise, ID)]
    assert breaches
    for broken in breaches:
        kept = keeps(POLLED, promise, broken.value)
        assert not kept or {value_at(broken.value, place) for place in POLLED.ids} != {ID}


def test_the_result_that_a_success_promises_is_among_what_breaches_leave_out() -> None:
    success = POLLED.promise(Stage.SUCCESS)
    assert success
    assert {"/video", "/video/url"} <= {broken.pointer for broken in job_breaches(POLLED, success)}


@settings(max_examples=15)
@given(st.data())
def test_every_published_success_can_be_drawn(data: st.DataObject) -> None:
    operation = data.draw(
        st.sampled_from([each for each in operations() if each.success and each.success.schema])
    )
    reply = operation.success
    assert reply
    assert reply.schema
    body = data.draw(replies(operation, reply.status_code))
    assert Judge(reply.schema.strict, reply.schema.lenient).is_valid(body)


@settings(max_examples=30)
@given(replies(PATTERN.submit, 429))
def test_errors_are_drawn_by_their_schema(body: Any) -> None:
    assert isinstance(body["message"], str)


@given(broken_replies(PATTERN.poll, 200))
def test_a_broken_reply_is_invalid(broken: Broken) -> None:
    schema = reply_for(PATTERN.poll, 200).schema
    assert schema
    assert Judge(schema.strict, schema.lenient).is_invalid(broken.value)


@given(st.data())
def test_a_reply_may_be_about_any_odd_id(data: st.DataObject) -> None:
    ident = data.draw(job_ids())
    body = next(job_corners(POLLED, POLLED.promises[0], ident)).value
    assert {value_at(body, place) for place in POLLED.ids} == {ident}


def test_a_reply_that_is_not_documented_is_named() -> None:
    with pytest.raises(LookupError, match="no reply 418; it documents 200, "):
        reply_for(PATTERN.poll, 418)
