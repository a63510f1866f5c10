from typing import Any

from msgspec.structs import replace

from bodydouble.contracts.drift.causes import one_for_each_cause
from bodydouble.contracts.drift.changes import Change, Impact, Place

from .documents import drift, told


def change(subject: str, place: str, **said: Any) -> Change:
    made = Change(
        rule="reply-property-removed",
        impact=Impact.BREAKING,
        subject=subject,
        message=f"gone from {place}",
        places=(Place(operation=place),),
        old=["string"],
    )
    return replace(made, **said)


def test_the_same_place_of_several_replies_is_one_cause() -> None:
    (one,) = one_for_each_cause([change("reply 200 /a", "GET /x"), change("reply 201 /a", "POST /x")])
    assert [place.operation for place in one.places] == ["GET /x", "POST /x"]
    assert one.subject == "reply 200 /a"
    assert one.consequences == ("gone from POST /x",)


def test_other_places_values_and_impacts_are_other_causes() -> None:
    changes = [
        change("reply 200 /a", "GET /x"),
        change("reply 200 /b", "GET /x"),
        change("reply 200 /a", "GET /x", old=["integer"]),
        change("reply 200 /a", "GET /x", impact=Impact.RISKY),
        change("request /a", "GET /x"),
    ]
    assert len(one_for_each_cause(changes)) == 5


def test_the_worst_comes_first_and_equals_stay_in_order() -> None:
    changes = [
        change("reply 200 /a", "GET /x", impact=Impact.SAFE),
        change("reply 200 /b", "GET /x", impact=Impact.DEFECT),
        change("reply 200 /c", "GET /x"),
        change("reply 200 /d", "GET /x"),
    ]
    assert [each.subject[-1] for each in one_for_each_cause(changes)] == ["c", "d", "b", "a"]


def test_paths_that_moved_with_what_they_begin_with_have_one_cause() -> None:
    old, new = (
        {
            "operations": [
                {"path": f"/{v}/{what}", "method": "get", "operation": {"operationId": what}}
                for what in ("a", "b")
            ]
        }
        for v in ("v1", "v2")
    )
    (one,) = drift(old, new)
    assert one.rule == "path-moved"
    assert [place.operation for place in one.places] == ["GET /v1/a", "GET /v1/b"]


def test_a_shared_schema_that_changed_is_told_once() -> None:
    def said(kind: str) -> dict[str, Any]:
        reply = {"$ref": "#/components/schemas/Thing"}
        operations = [{"path": f"/{name}", "method": "get", "reply": reply} for name in "abc"]
        schema = {"type": "object", "properties": {"size": {"type": kind}}}
        return {"operations": operations, "components": {"schemas": {"Thing": schema}}}

    changes = drift(said("integer"), said("string"))
    assert told(changes) == ["breaking reply-type-changed: reply 200 /size"]
    assert len(changes[0].places) == 3


def test_one_place_of_the_documents_that_is_referred_to_from_two_is_one_cause() -> None:
    def said(kind: str) -> dict[str, Any]:
        either = {"$ref": "#/components/schemas/Side"}
        request = {"type": "object", "properties": {"left": either, "right": either}}
        side = {"type": "object", "properties": {"size": {"type": kind}, "other": {"type": kind}}}
        return {"request": request, "components": {"schemas": {"Side": side}}}

    changes = drift(said("integer"), said("string"))
    assert [change.subject for change in changes] == ["request /left/size", "request /left/other"]
    assert changes[0].consequences == ("right.size in the request is string, was integer",)
