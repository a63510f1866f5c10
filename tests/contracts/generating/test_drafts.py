from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.generating.corners import corners
from bodydouble.contracts.generating.drafts import (
    broken_drafts,
    corner_drafts,
    drafted,
    is_sendable,
    plain_arguments,
    with_body,
)
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.generating.replies import reply_readings
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.loading import load
from bodydouble.contracts.openapi.operations import Operation, Parameter
from bodydouble.contracts.schema.samples import Unsampleable
from tests.apis import BUNDLED, TEXT, contract, document, jobs, posted, record, route, service, speech
from tests.published import operations

PATTERN = BUNDLED.patterns[0]
SPEECH = contract(speech()).patterns[0]
COUNT = {"name": "count", "in": "query", "required": True, "schema": {"type": "integer", "maximum": 9}}


def operation_with(*parameters: dict[str, Any]) -> Operation:
    listed = document({"/jobs/{id}": {"get": {"parameters": [*parameters], "responses": {}}}})
    return contract(jobs(), listed).operations[-1]


def test_a_draft_is_what_is_sent() -> None:
    draft = with_body(drafted(PATTERN.submit, {}), {"prompt": "a\n\U0001f3ac"})
    assert (draft.path, draft.target) == ("/v2/video/generations", "/v2/video/generations")
    assert draft.content == '{"prompt": "a\\n\U0001f3ac"}'.encode()
    assert draft.headers == (("content-type", "application/json"),)


@pytest.mark.parametrize("job_id", ["plain", "a/b:c%2F d&e=f#g", "\U0001f3ac", "-dash", "1+1"])
def test_an_id_arrives_as_it_is(job_id: str) -> None:
    by_query = drafted(PATTERN.poll, {"generation_id": job_id}).target
    assert parse_qsl(by_query.partition("?")[2]) == [("generation_id", job_id)]
    by_path = drafted(SPEECH.poll, {"generation_id": job_id}).target
    assert unquote(by_path.rpartition("/")[2]) == job_id


def test_parameters_that_are_given_are_not_varied() -> None:
    drafts = [
        *corner_drafts(PATTERN.poll, {"generation_id": "x"}),
        *broken_drafts(PATTERN.poll, {"generation_id": "x"}),
    ]
    assert {draft.query for draft in drafts} == {(("generation_id", "x"),)}


def test_every_corner_of_every_published_create_is_valid() -> None:
    for operation in {str(each): each for each in operations() if each.request}.values():
        schema = operation.request
        assert schema
        judge = Judge(schema.strict, schema.lenient)
        drafts = [*corner_drafts(operation)]
        assert drafts
        assert all(draft.is_valid and judge.is_valid(draft.body) for draft in drafts)


def test_the_broken_creates_say_which_rule_they_break() -> None:
    keywords = Counter(draft.keyword for draft in broken_drafts(PATTERN.submit))
    assert keywords.keys() == {"type", "required", "enum", "maxLength", "image", "json"}
    assert not any(draft.is_valid for draft in broken_drafts(PATTERN.submit))


def test_a_poll_without_its_id_is_broken() -> None:
    (draft,) = broken_drafts(PATTERN.poll)
    assert (draft.pointer, draft.keyword, draft.target) == ("generation_id", "required", PATTERN.poll.path)


def test_a_parameter_is_wrong_only_if_no_reading_of_its_text_is_right() -> None:
    operation = operation_with(COUNT, {"name": "id", "in": "path", "schema": TEXT})
    targets = {draft.target.partition("=")[2] for draft in broken_drafts(operation)}
    assert "5" not in targets
    assert {"10", "text", "5.5"} <= targets


def test_corners_of_parameters_are_drafted() -> None:
    operation = operation_with(COUNT, {"name": "id", "in": "path", "schema": TEXT})
    drafts = [*corner_drafts(operation)]
    assert any("count=9" in draft.target for draft in drafts)
    assert all("/jobs//" not in draft.target and draft.path != "/jobs/" for draft in drafts)


def test_a_parameter_that_nothing_fits_makes_the_call_impossible() -> None:
    impossible = {**COUNT, "schema": {"type": "string", "enum": [1]}}
    with pytest.raises(Unsampleable, match="count"):
        plain_arguments(operation_with(impossible), {})


@pytest.mark.parametrize(
    ("location", "value", "sendable"),
    [
        ("path", "", False),
        ("path", "..", False),
        ("path", "a/b", True),
        ("query", "", True),
        ("query", "x" * 5000, False),
        ("header", "a\nb", False),
        ("header", "\u00fc", False),
        ("header", "fine", True),
        ("cookie", "fine", False),
    ],
)
def test_what_would_not_arrive_is_not_sent(location: str, value: str, *, sendable: bool) -> None:
    assert is_sendable(Parameter("p", location, required=True, schema=None), value) is sendable


def test_a_body_that_need_not_be_sent_is_not_missed() -> None:
    asked = contract(jobs(request=record(a=TEXT)))
    node = asked.patterns[0].submit
    assert any(draft.label == "no body" for draft in broken_drafts(node)) is node.request_required


def disagreements(played: Contract, patterns: Sequence[JobPattern]) -> list[str]:
    """What the double takes and refuses otherwise than the drafts say."""
    playing = service(played, max_jobs=10_000)
    found = []
    for pattern in patterns:
        path = pattern.submit.path
        for draft in (*corner_drafts(pattern.submit), *broken_drafts(pattern.submit)):
            status = playing.answer(route(playing, path), posted(draft.content or b"", path)).status
            if status // 100 != (2 if draft.is_valid else 4):
                found.append(f"{draft}: {status}")
    return found


def test_the_double_takes_every_corner_and_refuses_everything_that_is_broken() -> None:
    assert disagreements(BUNDLED, BUNDLED.patterns) == []


def test_so_do_the_doubles_of_what_others_publish(upstream: Path) -> None:
    published = load([str(upstream / "fragments")], ["bundled"])
    assert disagreements(published, published.patterns[::9]) == []


@pytest.mark.parametrize("operation", [PATTERN.submit, PATTERN.poll], ids=str)
def test_every_documented_reply_has_corners(operation: Operation) -> None:
    for reply in operation.replies:
        readings = reply_readings(reply)
        judge = Judge(*readings)
        found = [*corners(*readings)]
        assert len(found) > 5, reply.status
        assert all(judge.is_valid(corner.value) for corner in found)
