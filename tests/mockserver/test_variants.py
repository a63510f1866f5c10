import json
from typing import Any

import pytest
from msgspec.structs import replace

from bodydouble.contracts.jobs.job_pattern import ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import look_up
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.replies import Play, Template
from bodydouble.mockserver.scenes.faults import Target
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Edit, Numbers
from bodydouble.mockserver.variants import EXTRA, edited_play, play_for
from tests.apis import BUNDLED, contract, jobs, service

SCENARIOS = shipped()
FILLED = {
    b"id": b'"i"',
    b"link": b'"http://h/x.mp4"',
    b"seconds": b"6",
    b"credits": b"1",
    b"usd": b"0.5",
    b"error_name": b'"E"',
    b"error_message": b'"m"',
}


def play(played: Any = BUNDLED) -> Play:
    (first, *_) = (route.submissions for route in service(played).routes.routes if route.submissions)
    assert first.only
    return first.only.play


def body(template: Template) -> Any:
    return json.loads(template.fill(FILLED))


def at(value: Any, pointer: str) -> Any:
    try:
        return look_up(value, pointer)
    except LookupError:
        return None


PLAY = play()


@pytest.mark.parametrize("played", [PLAY, play(contract(jobs()))], ids=["bundled", "invented"])
@pytest.mark.parametrize("name", ["nulls", "absent", "extra-fields"])
def test_a_variant_keeps_the_contract_and_what_the_status_promises(played: Play, name: str) -> None:
    made = play_for(played, SCENARIOS[name])
    for bodies, shape in ((made.created, played.pattern.submitted), (made.polled, played.pattern.polled)):
        for stage, template in bodies.items():
            check(shape, body(template), stage)


def check(shape: ReplyShape, told: Any, stage: Stage) -> None:
    assert shape.reply.schema
    assert Validator(shape.reply.schema.strict).violations(told) == ()
    promise = next(each for each in shape.promises if each.status == at(told, shape.status))
    assert promise.stage is stage or stage.is_final
    for pointer in promise.present:
        assert at(told, pointer) is not None
    for pointer in promise.absent:
        assert at(told, pointer) is None


def test_nulls_are_where_the_schema_takes_them() -> None:
    told = body(play_for(PLAY, SCENARIOS["nulls"]).polled[Stage.SUCCESS])
    assert told["error"] is None
    assert told["meta"] is None
    assert told["video"]["url"] == "http://h/x.mp4"
    assert body(play_for(PLAY, SCENARIOS["nulls"]).polled[Stage.INITIAL])["video"] is None


def test_what_is_absent_is_not_there() -> None:
    usual = body(PLAY.polled[Stage.SUCCESS])
    told = body(play_for(PLAY, SCENARIOS["absent"]).polled[Stage.SUCCESS])
    assert "meta" in usual
    assert told.keys() == {"id", "status", "video"}


def test_extra_fields_are_at_every_object_that_takes_them() -> None:
    told = body(play_for(PLAY, SCENARIOS["extra-fields"]).polled[Stage.SUCCESS])
    for place in (told, told["video"], told["meta"]):
        assert place.items() >= EXTRA.items()


def test_a_wide_result_is_a_list_of_urls() -> None:
    made = play_for(PLAY, SCENARIOS["wide"])
    assert body(made.polled[Stage.SUCCESS])["video"] == ["http://h/x.mp4"]
    assert "video" not in body(made.polled[Stage.RUNNING])


def test_a_word_of_the_scenario_stands_in_for_the_one_of_the_contract() -> None:
    made = play_for(PLAY, SCENARIOS["new-status"])
    assert body(made.polled[Stage.RUNNING])["status"] == "moderating"
    assert body(made.polled[Stage.SUCCESS])["status"] == "completed"


def test_a_plain_scenario_changes_nothing() -> None:
    assert play_for(PLAY, SCENARIOS["flaky"]) is PLAY


def edited(*edits: Edit, breaks: bool = False, numbers: Numbers = Numbers.PLAIN) -> Play:
    return edited_play(PLAY, replace(SUCCEEDS, edits=edits, breaks_contract=breaks, numbers=numbers))


def test_edits_change_the_replies_that_they_are_about_and_no_others() -> None:
    made = edited(
        Edit("/meta", "null", (Target.POLL,), (Stage.SUCCESS,)), Edit("/x", '{"a": [1]}', (Target.SUBMIT,))
    )
    assert body(made.polled[Stage.SUCCESS])["meta"] is None
    assert "meta" not in body(made.polled[Stage.RUNNING])
    assert "x" not in body(made.polled[Stage.SUCCESS])
    assert body(made.created[Stage.INITIAL])["x"] == {"a": [1]}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("/video"),
        Edit("/video", "null"),
        Edit("/video/url", "3"),
        Edit("/id", '"other"'),
        Edit("/status", '"queued"'),
        Edit("/error", '{"name": "E", "message": "m"}'),
        Edit("/meta/usage/credits_used", '"many"'),
    ],
    ids=lambda edit: f"{edit.at}={edit.value}",
)
def test_an_edit_that_breaks_the_contract_is_left_out_unless_that_is_meant(edit: Edit) -> None:
    plain = body(PLAY.polled[Stage.SUCCESS])
    assert body(edited(edit).created[Stage.SUCCESS]) == body(PLAY.created[Stage.SUCCESS])
    assert (
        body(
            edited(replace(edit, at="/meta/usage/tokens_used") if "credits" in edit.at else edit).polled[
                Stage.SUCCESS
            ]
        )
        == plain
    )
    assert body(edited(edit, breaks=True).created[Stage.SUCCESS]) != body(PLAY.created[Stage.SUCCESS])


@pytest.mark.parametrize("place", ["/nowhere/at/all", "/status/x", "/gone"])
def test_an_edit_of_a_place_that_is_not_there_changes_nothing(place: str) -> None:
    made = edited(Edit(place), breaks=True).polled[Stage.SUCCESS]
    assert body(made) == body(PLAY.polled[Stage.SUCCESS])


def test_whole_numbers_become_floats_and_nothing_else_does() -> None:
    told = edited(numbers=Numbers.FLOATS).polled[Stage.SUCCESS].fill(FILLED)
    assert b'"duration":6.0' in told
    assert json.loads(told) == body(PLAY.polled[Stage.SUCCESS])
