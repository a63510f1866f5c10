from typing import Any

import pytest

from bodydouble.contracts.drift.answers import is_success
from bodydouble.contracts.drift.changes import Impact

from .documents import document, drift, replies, told, version

THING = {"type": "object", "properties": {"a": {"type": "string"}}}


def by_status(**said: Any) -> dict[str, Any]:
    return {"replies": {status.removeprefix("s"): schema for status, schema in said.items()}}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("200", "201", "breaking reply-status-moved: reply 200"),
        ("default", "201", "safe reply-status-settled: reply default"),
        ("2XX", "200", "safe reply-status-settled: reply 2XX"),
        ("200", "2XX", "risky reply-status-unsettled: reply 200"),
        ("200", "default", "risky reply-status-unsettled: reply 200"),
    ],
)
def test_a_reply_that_moved_is_one_change(old: str, new: str, line: str) -> None:
    assert told(drift(by_status(**{f"s{old}": THING}), by_status(**{f"s{new}": THING}))) == [line]


def test_a_reply_that_moved_is_compared_with_itself() -> None:
    changed = {"type": "object", "properties": {"a": {"type": "integer"}}}
    lines = told(drift(by_status(sdefault=THING), by_status(s200=changed)))
    assert "breaking reply-type-changed: reply default /a" in lines


def test_the_default_reply_is_an_error_where_another_tells_success() -> None:
    both = by_status(s200=THING, sdefault=THING)
    operation = version(document(both)).operations[0]
    assert [is_success(operation, reply) for reply in operation.replies] == [True, False]
    changed = by_status(s200=THING, sdefault={"type": "object", "properties": {"a": {"type": "integer"}}})
    (change,) = drift(both, changed)
    assert (change.impact, change.subject) == (Impact.RISKY, "reply default /a")


def test_the_same_change_in_several_errors_is_told_once() -> None:
    other = {"type": "object", "properties": {"a": {"type": "integer"}}}
    old = by_status(s200=THING, s400=THING, s401=THING, s500=THING)
    new = by_status(s200=THING, s400=other, s401=other, s500=other)
    (change,) = drift(old, new)
    assert len(change.places) == 3
    assert len(change.consequences) == 2


def test_a_body_that_is_no_longer_described_can_be_anything() -> None:
    other = {"202": THING}
    (change,) = drift({"replies": {"200": THING, **other}}, {"replies": {"200": None, **other}})
    assert change.witness is not None
    assert not change.witness.problem
    assert change.witness.status == "200"


def test_the_case_and_parameters_of_a_media_type_do_not_matter() -> None:
    old, new = (
        {"replies": {"200": {"description": "x", "content": {media: {"schema": THING}}}}}
        for media in ("application/json", "Application/JSON; charset=utf-8")
    )
    assert drift(old, new) == ()


def test_a_readers_world_is_open() -> None:
    assert told(replies(THING, {**THING, "additionalProperties": False})) == []
