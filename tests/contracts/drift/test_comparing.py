from typing import Any

import pytest
import yaml

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.rules import BY_ID, RULES

from .documents import HERE, document, drift, told, version

CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "rule_cases.yaml").read_text("utf-8"))
every_case = pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{n}-{(case['expected'] or ['nothing'])[0]}") for n, case in enumerate(CASES)],
)


@every_case
def test_a_pair_of_documents_says_what_is_written_down(case: dict[str, Any]) -> None:
    changes = drift(case["old"], case["new"])
    assert sorted(told(changes)) == sorted(case["expected"])
    if "witness" in case:
        assert [change.witness.value for change in changes if change.witness] == [case["witness"]]


@pytest.mark.parametrize("case", [case for case in CASES if "back" in case], ids=lambda case: case["back"][0])
def test_the_other_way_says_the_opposite(case: dict[str, Any]) -> None:
    assert sorted(told(drift(case["new"], case["old"]))) == sorted(case["back"])


@every_case
def test_a_document_against_itself_is_silent(case: dict[str, Any]) -> None:
    for side in ("old", "new"):
        assert not drift(case[side], case[side])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_case(rule: Any) -> None:
    lines = [line for case in CASES for line in [*case["expected"], *case.get("back", [])]]
    assert any(line.split(": ")[0].split()[1] == rule.id for line in lines), f"no case expects {rule.id}"


@every_case
def test_every_change_names_a_rule_and_a_place(case: dict[str, Any]) -> None:
    for change in drift(case["old"], case["new"]):
        assert change.rule in BY_ID
        assert change.places
        assert all(place.old_source or place.new_source for place in change.places)
        assert change.message
        assert change.message[-1] != "."


@every_case
def test_a_breaking_change_of_a_schema_has_a_witness_or_says_why_not(case: dict[str, Any]) -> None:
    for change in drift(case["old"], case["new"]):
        if change.impact is Impact.BREAKING and change.rule.startswith(("request-", "reply-")):
            assert (
                change.witness is not None
                or "body" in change.rule
                or "status" in change.rule
                or "success" in change.rule
            )


def test_what_no_operation_reaches_does_not_exist() -> None:
    old = document({"components": {"schemas": {"Gone": {"type": "string"}, "Changed": {"type": "string"}}}})
    new = document({"components": {"schemas": {"New": {"type": "string"}, "Changed": {"type": "integer"}}}})
    assert not compare(version(old), version(new))


def test_the_worst_comes_first() -> None:
    changes = drift(
        {"request": {"properties": {"a": {"type": "string", "default": "x"}, "b": {}}}},
        {
            "request": {"properties": {"a": {"type": "string"}, "c": {"type": "integer"}}},
            "operation": {"operationId": "x"},
        },
    )
    impacts = [change.impact for change in changes]
    assert impacts == sorted(impacts, key=list(Impact).index)
    assert {Impact.BREAKING, Impact.RISKY, Impact.SAFE} <= {*impacts}


def test_another_models_document_is_one_difference() -> None:
    old = {"request": {"properties": {"model": {"enum": ["a"]}, "x": {}, "y": {}}}, "path": "/v1/things"}
    new = {
        "request": {"properties": {"model": {"enum": ["b"]}, "z": {}}},
        "path": "/v2/things",
        "reply": {"type": "array"},
    }
    assert told(drift(old, new)) == ["breaking request-model-swapped: request /model"]


@pytest.mark.parametrize("made", [{"paths": {}}, {"paths": {"/x": None}}, {"paths": {"/x": {"get": {}}}}])
def test_documents_that_hold_next_to_nothing_are_compared(made: dict[str, Any]) -> None:
    full = document({"request": {"properties": {"a": {}}}})
    assert compare(version(made), version(full))
    assert compare(version(full), version(made))
    assert not compare(version(made), version(made))
