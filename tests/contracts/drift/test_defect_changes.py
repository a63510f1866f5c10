from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.defect_changes import defect_changes

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
