from typing import Any

import pytest

from bodydouble.contracts.jobs.job_pattern import Promise, ReplyShape
from bodydouble.contracts.jobs.job_statement import ReplyStatement, StatusStatement
from bodydouble.contracts.jobs.reply_shapes import (
    ASSUMED_WORDS,
    Places,
    ids_in,
    may_be_absent,
    name_at,
    parent_of,
    places_of,
    see,
    status_in,
)
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.openapi.contents import schema_at
from bodydouble.contracts.openapi.operations import Reply
from tests.apis import TEXT, record, words

STATUS = words("queued", "running", "done", "failed")
OPTIONAL: dict[str, Any] = {"type": "object", "nullable": True}
LINK = TEXT | {"format": "uri"}


def places(schema: Any, **definitions: Any) -> Places:
    document = {"openapi": "3.0.3", "probe": schema, "components": {"schemas": definitions}}
    return places_of(Reply("200", "application/json", schema_at(document, "/probe")))


def shape(
    schema: Any, stated: ReplyStatement | None = None, parameter: str = "id", **definitions: Any
) -> ReplyShape:
    return see(places(schema, **definitions), parameter, stated or ReplyStatement()).shape


def promise(found: ReplyShape, word: str) -> Promise:
    return next(each for each in found.promises if each.status == word)


def test_a_reply_without_a_schema_has_no_places() -> None:
    assert places_of(Reply("200", "application/json", None)).outlines == {}


def test_places_know_their_parents_and_names() -> None:
    assert (parent_of("/a/b"), parent_of("/a")) == ("/a", "")
    assert (name_at("/data/taskId"), name_at("/a~1b")) == ("task_id", "a_b")


# The status


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        (record(status=STATUS), "/status"),
        (record(state=STATUS), "/state"),
        (record(taskStatus=TEXT), "/taskStatus"),
        (record(data=record(status=STATUS)), "/data/status"),
        (record(a=record(status=TEXT), status=TEXT), "/status"),
        (record(state=TEXT, status=TEXT), "/status"),
        (record(status=TEXT, data=record(task_status=STATUS)), "/data/task_status"),
        (record(status=words("ok"), data=record(state=STATUS)), "/data/state"),
        (record(status=STATUS | {"nullable": True}), "/status"),
        (record(status={"type": "integer"}), ""),
        (record(status={}), ""),
        (record(stage=STATUS), ""),
        (record(), ""),
        (TEXT, ""),
    ],
)
def test_the_status_is_found_by_its_name_and_its_words(schema: Any, pointer: str) -> None:
    assert status_in(places(schema)) == pointer


def test_a_status_described_elsewhere_is_found() -> None:
    wrapped = {"allOf": [{"$ref": "#/components/schemas/Status"}], "description": "how far it is"}
    found = shape(record(id=TEXT, status=wrapped), Status=STATUS)
    assert [each.status for each in found.promises] == ["queued", "running", "done", "failed"]


def test_a_reply_that_is_one_of_several_by_status_has_all_their_words() -> None:
    waiting = record(["id", "status"], id=TEXT, status=words("waiting"))
    done = record(["id", "status", "result"], id=TEXT, status=words("done"), result=record(url=LINK))
    failed = record(["id", "status", "error"], id=TEXT, status=words("failed"), error=TEXT)
    found = shape({"oneOf": [waiting, done, failed]})
    assert [(each.status, each.present, each.absent) for each in found.promises] == [
        ("waiting", (), ("/result", "/error")),
        ("done", ("/result",), ("/error",)),
        ("failed", ("/error",), ("/result",)),
    ]


# The id


@pytest.mark.parametrize(
    ("schema", "parameter", "pointers"),
    [
        (record(id=TEXT, status=STATUS), "id", ("/id",)),
        (record(id=TEXT, job_id=TEXT, status=STATUS), "job_id", ("/id", "/job_id")),
        (record(jobId=TEXT, status=STATUS), "job_id", ("/jobId",)),
        (record(task_id=TEXT, status=STATUS), "id", ("/task_id",)),
        (record(request_id=TEXT, other_id=TEXT, status=STATUS), "id", ("/request_id",)),
        (record(user_id=TEXT, task_id=TEXT, status=STATUS), "id", ("/task_id",)),
        (record(uuid=TEXT, status=STATUS), "id", ("/uuid",)),
        (record(data=record(id=TEXT, status=STATUS)), "id", ("/data/id",)),
        (record(id=TEXT, data=record(status=STATUS)), "id", ("/id",)),
        (record(id=TEXT, data=record(id=TEXT, status=STATUS)), "id", ("/data/id",)),
        (record(status=STATUS, video=record(id=TEXT)), "id", ()),
        (record(id={"type": "integer"}, status=STATUS), "id", ()),
        (record(id={}, status=STATUS), "id", ("/id",)),
        (record(user_id=TEXT, model_id=TEXT, status=STATUS), "id", ()),
        (record(valid=TEXT, paid=TEXT, status=STATUS), "id", ()),
        (record(status=STATUS), "id", ()),
    ],
)
def test_the_id_stands_beside_the_status_or_above_it(
    schema: Any, parameter: str, pointers: tuple[str, ...]
) -> None:
    assert shape(schema, parameter=parameter).ids == pointers


def test_without_a_status_the_shallowest_id_counts() -> None:
    found = places(record(data=record(task_id=TEXT, inner=record(id=TEXT))))
    assert ids_in(found, "id", "") == ("/data/inner/id",)
    assert ids_in(found, "task_id", "") == ("/data/task_id",)


def test_an_envelope_with_a_status_of_its_own_does_not_hide_the_id() -> None:
    found = shape(record(status=TEXT, data=record(task_id=TEXT)))
    assert found.ids == ("/data/task_id",)


def test_a_reply_without_a_status_has_its_place_beside_the_id() -> None:
    found = places(record(data=record(id=TEXT)))
    assert see(found, "id", ReplyStatement()).shape.status == "/data/status"
    assert "/data/status" not in found.outlines


# Words


def test_a_status_that_lists_no_words_takes_those_of_the_other_reply() -> None:
    others = shape(record(id=TEXT, status=words("zip", "zap"))).promises
    found = see(places(record(id=TEXT, status=TEXT)), "id", ReplyStatement(), others)
    assert [each.status for each in found.shape.promises] == ["zip", "zap"]
    assert found.words == ()


def test_else_those_that_are_stated_else_common_ones() -> None:
    stated = ReplyStatement(
        statuses={"hot": StatusStatement(Stage.RUNNING), "cold": StatusStatement(Stage.SUCCESS)}
    )
    open_ended = record(id=TEXT, status=TEXT)
    assert [each.status for each in shape(open_ended, stated).promises] == ["hot", "cold"]
    assert tuple(each.status for each in shape(open_ended).promises) == ASSUMED_WORDS


def test_an_unknown_word_means_that_the_job_runs_unless_its_stage_is_stated() -> None:
    schema = record(id=TEXT, status=words("queued", "zapping", "zapped"))
    stated = ReplyStatement(statuses={"zapped": StatusStatement(Stage.SUCCESS)})
    assert [each.stage for each in shape(schema, stated).promises] == [
        Stage.INITIAL,
        Stage.RUNNING,
        Stage.SUCCESS,
    ]


# Promises


def playing(**beside: Any) -> ReplyShape:
    return shape(record(["id", "status"], id=TEXT, status=STATUS, **beside))


@pytest.mark.parametrize(
    ("beside", "results"),
    [
        ({"video": OPTIONAL, "duration": TEXT, "meta": OPTIONAL}, ("/video",)),
        ({"result": TEXT, "model": TEXT}, ("/result",)),
        ({"output": {}, "urls": record(get=LINK), "logs": TEXT}, ("/output",)),
        ({"task_result": OPTIONAL, "created_at": TEXT}, ("/task_result",)),
        ({"videoUrl": TEXT, "prompt": TEXT}, ("/videoUrl",)),
        ({"song": record(href=LINK), "meta": record(a=TEXT)}, ("/song",)),
        ({"songs": {"type": "array", "items": record(href=LINK)}, "meta": record(a=TEXT)}, ("/songs",)),
        ({"thing": record(a=TEXT), "note": TEXT}, ("/thing",)),
        ({"note": TEXT}, ()),
        ({}, ()),
    ],
)
def test_a_success_promises_what_the_job_was_run_for(beside: Any, results: tuple[str, ...]) -> None:
    found = playing(**beside, error=OPTIONAL)
    assert promise(found, "done") == Promise("done", Stage.SUCCESS, results, ("/error",))
    assert promise(found, "failed") == Promise("failed", Stage.FAILURE, ("/error",), results)
    assert promise(found, "running") == Promise("running", Stage.RUNNING, (), (*results, "/error"))


def test_without_a_field_for_errors_a_failure_promises_none() -> None:
    assert promise(playing(result=OPTIONAL), "failed") == Promise("failed", Stage.FAILURE, (), ("/result",))


def test_a_job_that_was_cancelled_or_expired_has_no_error_to_describe() -> None:
    schema = record(
        id=TEXT, status=words("done", "cancelled", "expired", "failed"), result=OPTIONAL, error=OPTIONAL
    )
    assert [each.present for each in shape(schema).promises] == [("/result",), (), (), ("/error",)]


def test_what_a_reply_cannot_be_without_is_not_promised_to_be_absent() -> None:
    schema = record(
        ["id", "status", "result"], id=TEXT, status=STATUS, result=record(url=LINK), error=OPTIONAL
    )
    assert promise(shape(schema), "failed").absent == ()
    assert promise(shape(schema), "queued").absent == ("/error",)


def test_promises_are_about_what_stands_beside_the_status() -> None:
    found = shape(record(code=TEXT, error=TEXT, data=record(id=TEXT, status=STATUS, video=OPTIONAL)))
    assert promise(found, "done") == Promise("done", Stage.SUCCESS, ("/data/video",), ())


# What is stated


def test_what_is_stated_comes_before_what_is_found() -> None:
    schema = record(id=TEXT, key=TEXT, status=TEXT, progress=STATUS, video=OPTIONAL, picture=OPTIONAL)
    stated = ReplyStatement(
        ids=("/key",),
        status="/progress",
        statuses={"done": StatusStatement(None, ("/picture",), ("/video",))},
    )
    found = shape(schema, stated)
    assert (found.ids, found.status) == (("/key",), "/progress")
    assert promise(found, "done") == Promise("done", Stage.SUCCESS, ("/picture",), ("/video",))
    assert promise(found, "queued").absent == ("/video",)


def test_stated_places_that_the_reply_lacks_are_passed_over() -> None:
    stated = ReplyStatement(
        ids=("/nowhere", "/id"),
        status="/gone",
        statuses={"done": StatusStatement(None, ("/lost",), ("/lost",))},
    )
    found = shape(record(id=TEXT, status=STATUS), stated)
    assert (found.ids, found.status) == (("/id",), "/status")
    assert promise(found, "done") == Promise("done", Stage.SUCCESS, (), ())


def test_what_is_stated_is_not_contradicted_by_what_is_found() -> None:
    schema = record(id=TEXT, status=STATUS, video=record(url=LINK) | {"nullable": True}, error=OPTIONAL)
    stated = ReplyStatement(
        statuses={
            "running": StatusStatement(None, ("/video/url",), None),
            "done": StatusStatement(None, None, ("/video",)),
        }
    )
    found = shape(schema, stated)
    assert promise(found, "running") == Promise("running", Stage.RUNNING, ("/video/url",), ("/error",))
    assert promise(found, "done") == Promise("done", Stage.SUCCESS, (), ("/video",))


# Absence


@pytest.mark.parametrize(
    ("pointer", "possible"),
    [
        ("/free", True),
        ("/fixed", False),
        ("/null", True),
        ("/fixed/inner", False),
        ("/fixed/other", True),
        ("/null/inner", True),
        ("/unknown", True),
    ],
)
def test_a_place_may_be_absent_if_it_or_what_holds_it_is_optional_or_null(
    pointer: str, *, possible: bool
) -> None:
    inner = record(["inner"], inner=TEXT, other=TEXT)
    schema = record(["fixed", "null"], free=TEXT, fixed=inner, null=inner | {"nullable": True})
    assert may_be_absent(places(schema), pointer) is possible


def test_an_acknowledgement_has_nothing_with_parts_beside_the_id() -> None:
    assert places(record(id=TEXT, created_at=TEXT)).is_acknowledgement("/id")
    assert not places(record(id=TEXT, choices={"type": "array"})).is_acknowledgement("/id")
    assert places(record(data=record(id=TEXT), meta=record(a=TEXT))).is_acknowledgement("/data/id")
