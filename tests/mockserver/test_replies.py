import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.job_pattern import ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.replies import Slot, Template, Unplayable, prepare, templates
from bodydouble.mockserver.service import trials
from tests.apis import BUNDLED, CLIPS, TEXT, contract, jobs, record, speech, words

TRIALS = trials(BUNDLED, CLIPS)
LIFE = words("queued", "running", "done", "failed")
ENDED = {Stage.SUCCESS, Stage.FAILURE}


def shape(**properties: Any) -> ReplyShape:
    """How a reply with id, status and these properties is understood."""
    reply = record(["id", "status"], **({"id": TEXT, "status": LIFE} | properties))
    return contract(jobs(reply=reply)).patterns[0].polled


def filled(template: Template, **values: Any) -> Any:
    standing = {slot: trial[0] for slot, trial in TRIALS.items()} | values
    return json.loads(template.fill({k.encode(): msgspec.json.encode(v) for k, v in standing.items()}))


def told(played: ReplyShape, stage: Stage, **values: Any) -> Any:
    return filled(templates(played, TRIALS)[stage], **values)


# The bundled contract


@pytest.mark.parametrize("side", ["submitted", "polled"])
@pytest.mark.parametrize("stage", Stage)
def test_a_bundled_reply_keeps_schema_and_promise(side: str, stage: Stage) -> None:
    played: ReplyShape = getattr(BUNDLED.patterns[0], side)
    body = told(played, stage)
    assert played.reply.schema
    assert not Validator(played.reply.schema.strict).violations(body)
    assert ("video" in body) is (stage is Stage.SUCCESS)
    assert ("error" in body) is (stage is Stage.FAILURE)
    assert ("meta" in body) is (stage is Stage.SUCCESS)


def test_each_operation_answers_by_its_own_schema() -> None:
    pattern = BUNDLED.patterns[0]
    created = told(pattern.submitted, Stage.SUCCESS, id="i", credits=5, seconds=4, link="http://h/l")
    polled = told(pattern.polled, Stage.SUCCESS, id="i", credits=5, seconds=4, link="http://h/l")
    assert created == {
        "id": "i",
        "generation_id": "i",
        "status": "completed",
        "video": {"url": "http://h/l"},
        "meta": {"usage": {"credits_used": 5}},
    }
    assert polled == {
        "id": "i",
        "status": "completed",
        "video": {"url": "http://h/l", "duration": 4},
        "duration": 4,
        "meta": {"usage": {"tokens_used": 5}},
    }


# What fills a leaf


def test_before_the_end_a_reply_is_an_id_and_a_status() -> None:
    played = shape(url=TEXT | {"format": "uri"}, error=TEXT, created={"type": "integer"})
    assert told(played, Stage.INITIAL, id="i") == {"id": "i", "status": "queued"}
    assert told(played, Stage.RUNNING, id="i") == {"id": "i", "status": "running"}


def test_an_id_and_a_status_inside_a_wrapper_are_found() -> None:
    reply = record(["data"], data=record(["id", "status"], id=TEXT, status=LIFE), code={"type": "integer"})
    played = contract(jobs(reply=reply)).patterns[0].polled
    assert told(played, Stage.INITIAL, id="i") == {"data": {"id": "i", "status": "queued"}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (TEXT, "why"),
        ({}, {"name": "Sad", "message": "why"}),
        ({"nullable": True}, {"name": "Sad", "message": "why"}),
        (record(["message"], message=TEXT, code=TEXT), {"message": "why", "code": "Sad"}),
        (record(detail=TEXT), {"detail": "why"}),
        (record(message=TEXT) | {"nullable": True}, {"message": "why"}),
    ],
)
def test_a_failure_is_described_however_its_schema_is_written(schema: Any, message: Any) -> None:
    body = told(shape(error=schema), Stage.FAILURE, error_message="why", error_name="Sad")
    assert body["error"] == message


def test_lengths_and_prices_go_where_their_names_say() -> None:
    number = {"type": "number"}
    played = shape(
        result=record(duration=number, href=TEXT), usage=record(credits_used=number, usd_spent=number)
    )
    body = told(played, Stage.SUCCESS, seconds=8, link="http://h/l", credits=7, usd=0.5)
    assert body["result"] == {"duration": 8, "href": "http://h/l"}
    assert body["usage"] == {"credits_used": 7, "usd_spent": 0.5}


def test_a_leaf_that_does_not_take_every_value_never_gets_one() -> None:
    played = shape(duration={"type": "integer", "enum": [5, 10]}, url=TEXT | {"maxLength": 10})
    body = told(played, Stage.SUCCESS, seconds=6, link="http://much.too.long/for/this")
    assert body["duration"] == 5
    assert len(body["url"]) <= 10


@pytest.mark.parametrize("name", ["100%", "%(id)b", "a/b", "~", "~1", "", "\u2028", "%s%%", '"'])
def test_names_and_values_that_look_like_something_else_survive(name: str) -> None:
    played = shape(**{name: {"type": "string", "enum": [f"{name}%"]}, "url": TEXT})
    body = told(played, Stage.SUCCESS, link="http://h/%41")
    assert body[name] == f"{name}%"
    assert body["url"] == "http://h/%41"


def test_values_that_need_escaping_are_filled_in_as_json() -> None:
    body = told(shape(error=TEXT), Stage.FAILURE, error_message='say "why" \\ \n é')
    assert body["error"] == 'say "why" \\ \n é'


# What cannot be played


def test_a_schema_that_nothing_satisfies_is_unplayable_and_says_where() -> None:
    with pytest.raises(Unplayable, match=r"status 'queued'.*/never"):
        templates(contract(jobs(reply=_impossible())).patterns[0].polled, TRIALS)


def _impossible() -> dict[str, Any]:
    return record(
        ["id", "status", "never"],
        id=TEXT,
        status=LIFE,
        never={"type": "string", "minLength": 2, "maxLength": 1},
    )


def test_a_poll_that_knows_no_success_is_unplayable() -> None:
    with pytest.raises(Unplayable, match="no status means success"):
        templates(shape(status=words("queued", "running")), TRIALS)


def test_a_job_that_cannot_be_said_to_have_failed_stays_as_it_was() -> None:
    assert told(shape(status=words("running", "done")), Stage.FAILURE)["status"] == "running"


def test_a_create_that_has_a_word_for_the_beginning_only_is_played() -> None:
    play = prepare(contract(speech()).patterns[0], TRIALS)
    assert {filled(body)["status"] for body in play.created.values()} == {"waiting"}
    assert [filled(play.polled[stage])["status"] for stage in Stage] == [
        "waiting",
        "active",
        "completed",
        "failed",
    ]


# Whatever the schema

LEAVES = st.sampled_from(
    [
        TEXT,
        TEXT | {"format": "uri"},
        TEXT | {"nullable": True},
        TEXT | {"maxLength": 12},
        TEXT | {"enum": ["one", "two%"]},
        {"type": "integer", "minimum": 3},
        {"type": "number", "nullable": True},
        {"type": "number", "exclusiveMaximum": True, "maximum": 6},
        {"type": "boolean"},
        {},
        {"nullable": True},
    ]
)
NAMES = st.sampled_from(
    ["url", "video_url", "duration", "error", "message", "credits_used", "usd", "name", "x%"]
)


def _records(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(NAMES, inner, max_size=4)
    return st.builds(_record, members, st.sets(NAMES), st.booleans()) | st.builds(_list_of, inner)


def _record(members: Mapping[str, Any], required: set[str], nullable: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn
    return record(sorted(required & members.keys()), **members) | ({"nullable": True} if nullable else {})


def _list_of(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


@given(st.dictionaries(NAMES, st.recursive(LEAVES, _records, max_leaves=8), max_size=4))
def test_whatever_the_slots_hold_a_reply_is_valid_and_keeps_its_promise(members: dict[str, Any]) -> None:
    played = shape(**members)
    assert played.reply.schema
    valid = Validator(played.reply.schema.strict)
    for (stage, template), pick in product(templates(played, TRIALS).items(), (0, -1)):
        body = filled(template, **{slot: trial[pick] for slot, trial in TRIALS.items()})
        assert valid.is_valid(body), (body, valid.violations(body))
        promise = played.promise(stage)
        assert promise
        assert body["status"] == promise.status
        assert all(body.get(pointer[1:]) is None for pointer in promise.absent)
        if stage not in ENDED:
            assert body.keys() == {"id", "status"}


def test_every_slot_has_values_to_try() -> None:
    assert set(TRIALS) == set(Slot)
    assert all(TRIALS.values())
