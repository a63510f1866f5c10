from typing import Any

import pytest
import yaml

from bodydouble.contracts.drift.changes import Change, Direction, Impact
from bodydouble.contracts.drift.verdicts import judged
from bodydouble.contracts.drift.views import View

from .documents import HERE, drift, told

CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "conversion_cases.yaml").read_text("utf-8"))
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "-"))
TREES = {
    name: {
        "type": "object",
        "properties": {
            "name": {"type": kind},
            "trees": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
    }
    for name, kind in (("Tree", "string"), ("Baum", "string"), ("NumberedTree", "integer"))
}
COMPONENTS = {
    "schemas": {
        **TREES,
        "Word": {"type": "string"},
        "NullableWord": {"type": "string", "nullable": True},
        "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}]},
    }
}


def said(case: dict[str, Any], side: str, part: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"a": case[side]}}
    return {
        part: schema,
        "components": COMPONENTS,
        "openapi": case.get("openapi", "3.0.3"),
        "method": "post" if part == "request" else "get",
    }


def without_defects(changes: tuple[Change, ...]) -> list[str]:
    return sorted(line for line in told(changes) if not line.startswith("defect"))


@every_case
@pytest.mark.parametrize("part", ["request", "reply"])
def test_a_trap_of_conversion_is_judged_by_what_it_means(case: dict[str, Any], part: str) -> None:
    changes = drift(said(case, "old", part), said(case, "new", part))
    assert without_defects(changes) == sorted(case[part])
    for change in changes:
        if change.impact is Impact.BREAKING:
            assert change.witness is not None
            assert not change.witness.problem


@every_case
@pytest.mark.parametrize("part", ["request", "reply"])
def test_the_other_way_is_silent_where_this_one_is(case: dict[str, Any], part: str) -> None:
    if not case[part]:
        assert not without_defects(drift(said(case, "new", part), said(case, "old", part)))


@pytest.mark.parametrize("case", [case for case in CASES if "defects" in case], ids=lambda case: case["name"])
def test_a_malformed_schema_is_a_defect_of_one_side(case: dict[str, Any]) -> None:
    changes = drift(said(case, "old", "request"), said(case, "new", "request"))
    found = {change.subject.removeprefix("defect ") for change in changes if change.impact is Impact.DEFECT}
    assert {*case["defects"]} <= found


def verdict(old: Any, new: Any, direction: Direction) -> list[Any]:
    return [each.difference.kind for each in judged(View(old, old), View(new, new), direction)]


def test_what_was_optional_and_could_be_anything_is_missed_but_nothing_shows_it() -> None:
    old, new = ({"type": "object", "properties": names} for names in ({"a": {}}, {}))
    (change,) = drift({"reply": old, "method": "get"}, {"reply": new, "method": "get"})
    assert change.impact is Impact.RISKY
    assert change.witness is not None
    assert "before as well" in change.witness.problem


def test_alternatives_that_lose_one_are_a_break_by_the_type_that_is_lost() -> None:
    old = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert verdict(old, {"type": "string"}, Direction.REQUEST) == ["type-narrowed"]
    assert verdict({"type": "string"}, old, Direction.REPLY) == ["type-widened"]


def test_a_condition_without_a_name_is_found_by_the_sets() -> None:
    old = {"type": "object", "properties": {"a": {}, "b": {}}}
    new = {**old, "dependentRequired": {"a": ["b"]}}
    assert verdict(old, new, Direction.REQUEST) == ["narrowed"]
    assert verdict(new, old, Direction.REPLY) == ["widened"]
    assert verdict(new, old, Direction.REQUEST) == ["widened"]


def test_exclusive_alternatives_that_overlap_refuse_the_overlap() -> None:
    old = {"anyOf": [{"type": "integer"}, {"type": "number", "minimum": 0}]}
    new = {"oneOf": old["anyOf"]}
    (found,) = judged(View(old, old), View(new, new), Direction.REQUEST)
    assert found.impact is Impact.BREAKING
    assert found.found is not None
    assert found.found.value == 0
