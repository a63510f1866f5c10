from typing import Any

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.defect_changes import defect_changes
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.reading.fragments import Fragment

from .documents import document, version

WRONG = {
    "request": {"type": "object", "properties": {name: {"type": "integer", "default": "x"} for name in "ab"}}
}
RIGHT = {"request": {"type": "object", "properties": {name: {"type": "integer"} for name in "ab"}}}


def test_a_kind_of_defect_is_told_once_with_every_place() -> None:
    (change,) = defect_changes(version(document(RIGHT)), version(document(WRONG), "new.json"))
    assert (change.rule, change.impact, change.subject) == (
        "defect-introduced",
        Impact.DEFECT,
        "defect default-invalid",
    )
    assert [place.new_source for place in change.places] == ["new.json", "new.json"]
    assert "in 2 places" in change.message


def test_a_kind_of_defect_that_is_gone_is_mended() -> None:
    (change,) = defect_changes(version(document(WRONG), "old.json"), version(document(RIGHT)))
    assert change.rule == "defect-mended"
    assert {(place.old_source, place.new_source) for place in change.places} == {("old.json", "")}


def test_a_defect_that_moved_is_the_same() -> None:
    moved = {**WRONG, "path": "/elsewhere"}
    assert list(defect_changes(version(document(WRONG)), version(document(moved)))) == []


def test_what_is_only_worth_knowing_is_no_defect() -> None:
    unused = document({**RIGHT, "components": {"schemas": {"Unused": {"type": "string"}}}})
    assert list(defect_changes(version(document(RIGHT)), version(unused))) == []


def test_a_kind_that_what_did_not_change_has_already_is_not_new() -> None:
    wrong = {"type": "integer", "default": "x"}
    one, two = (
        {"request": {"type": "object", "properties": dict.fromkeys(names, wrong)}} for names in ("a", "ab")
    )
    assert list(defect_changes(version(document(one)), version(document(two)))) == []
    assert list(defect_changes(version(document(two)), version(document(one)))) == []


def test_a_default_that_turned_from_true_to_one_is_seen() -> None:
    old, new = (
        {"request": {"type": "object", "properties": {"a": {"type": "boolean", "default": d}}}}
        for d in (True, 1)
    )
    assert [change.subject for change in defect_changes(version(document(old)), version(document(new)))] == [
        "defect default-invalid"
    ]


def test_a_component_that_changed_is_looked_at_wherever_it_is_used() -> None:
    def said(kind: str) -> dict[str, Any]:
        request = {
            "type": "object",
            "properties": {"a": {"allOf": [{"$ref": "#/components/schemas/A"}], "default": 1}},
        }
        return {"request": request, "components": {"schemas": {"A": {"type": kind}}}}

    (change,) = defect_changes(version(document(said("integer"))), version(document(said("string"))))
    assert change.subject == "defect default-invalid"


def test_sides_of_several_documents_are_looked_at_as_a_whole() -> None:
    sides = [
        Version((Fragment(name, document(said)) for name in ("a.json", "b.json")), "x")
        for said in (RIGHT, WRONG)
    ]
    (change,) = defect_changes(*sides)
    assert {place.new_source for place in change.places} == {"a.json", "b.json"}


def test_a_version_says_the_same_however_often_it_is_compared() -> None:
    wrong, right = version(document(WRONG)), version(document(RIGHT))
    told = [[change.rule for change in defect_changes(right, wrong)] for _ in range(3)]
    assert told == [["defect-introduced"]] * 3
    assert [change.rule for change in defect_changes(wrong, right)] == ["defect-mended"]
    assert list(defect_changes(wrong, wrong)) == []
