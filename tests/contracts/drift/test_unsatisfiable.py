from typing import Any

import pytest

from bodydouble.contracts.drift.unsatisfiable import UNSATISFIABLE
from bodydouble.contracts.pointers import look_up

from .documents import document, drift, told, version

CROSSED = {"type": "integer", "minimum": 5, "maximum": 3}
EITHER = {"allOf": [{"type": "string"}, {"type": "integer"}]}


def found(schema: Any, **components: Any) -> list[str]:
    made = document(
        {"request": {"type": "object", "properties": {"a": schema}}, "components": {"schemas": components}}
    )
    flaws = version(made).flaws(UNSATISFIABLE)
    for flaw in flaws:
        assert look_up(made, flaw.pointer)
    return [flaw.pointer.partition("/schema")[2] for flaw in flaws]


@pytest.mark.parametrize("schema", [CROSSED, EITHER, {"type": "string", "minLength": 3, "maxLength": 2}])
def test_keywords_that_exclude_each_other_are_found_at_their_place(schema: Any) -> None:
    assert found(schema) == ["/properties/a"]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string"},
        {"not": {}},
        {"type": "string", "enum": [1]},
        {"type": "integer", "nullable": True},
    ],
)
def test_what_is_meant_or_told_by_another_rule_is_not_told(schema: Any) -> None:
    assert found(schema) == []


def test_what_is_referred_to_is_found_somewhere_in_the_document() -> None:
    assert len(found({"$ref": "#/components/schemas/Crossed"}, Crossed=CROSSED)) == 1


def test_a_schema_that_can_be_null_at_least_is_satisfiable() -> None:
    assert found({**CROSSED, "nullable": True}) in ([], [""])


def test_bounds_that_crossed_are_a_new_defect() -> None:
    old, new = (
        {"request": {"type": "object", "properties": {"a": a}}}
        for a in ({"type": "integer", "minimum": 5}, CROSSED)
    )
    assert "defect defect-introduced: defect schema-unsatisfiable" in told(drift(old, new))
    assert "defect defect-mended: defect schema-unsatisfiable" in told(drift(new, old))


def test_a_parameter_that_cannot_be_sent_is_found() -> None:
    made = document({"parameters": [{"name": "a", "in": "query", "schema": CROSSED}]})
    (flaw,) = version(made).flaws(UNSATISFIABLE)
    assert flaw.pointer.endswith("/parameters/0/schema")
