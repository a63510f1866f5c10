from bodydouble.contracts.drift.changes import Direction, Impact
from bodydouble.contracts.drift.described import Both, Part, schema_changes
from bodydouble.contracts.drift.differences import Kind

from .documents import document, version

OLD = {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"enum": ["x", "y"]}}}}}
NEW = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
COMPONENTS = {"schemas": {"A": {"type": "object", "properties": {"b": {"enum": ["x"]}}}}}


def both() -> Both:
    old = version(document({"request": OLD}), "old.json")
    new = version(document({"request": NEW, "components": COMPONENTS}), "new.json")
    return Both(old, new, old.operations[0], new.operations[0])


def part(*, is_error: bool = False) -> Part:
    return Part(
        both=both(), direction=Direction.REQUEST, subject="request", whole="the request", is_error=is_error
    )


def test_a_change_of_a_schema_names_its_place_in_both_documents() -> None:
    said = part()
    old, new = said.both.old.request, said.both.new.request
    assert old is not None
    assert new is not None
    ((difference, change),) = schema_changes(said, old, new)
    assert difference.kind is Kind.ENUM_NARROWED
    (place,) = change.places
    assert place.operation == "POST /things"
    assert (place.old_source, place.new_source) == ("old.json", "new.json")
    assert place.old_pointer.endswith("/schema/properties/a/properties/b")
    assert place.new_pointer == "/components/schemas/A/properties/b"
    assert change.subject == "request /a/b"
    assert change.witness is not None
    assert change.witness.value == {"a": {"b": "y"}}


def test_the_impact_is_that_of_the_rule_unless_stated() -> None:
    assert both().change("path-moved", "path", "m").impact is Impact.BREAKING
    assert both().change("path-moved", "path", "m", impact=Impact.SAFE).impact is Impact.SAFE


def test_the_shape_of_an_error_is_a_risk() -> None:
    assert part(is_error=True).lessened(Impact.BREAKING) is Impact.RISKY
    assert part(is_error=True).lessened(Impact.SAFE) is Impact.SAFE
    assert part().lessened(Impact.BREAKING) is Impact.BREAKING
