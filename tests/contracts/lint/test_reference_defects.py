from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.reference_defects import REFERENCE_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, schema: JSON, **schemas: JSON) -> list[Flaw]:
    document: dict[str, JSON] = {
        "paths": {"/": {"get": {"parameters": [{"schema": schema}]}}},
        "components": {"schemas": schemas},
    }
    description = describe_fragment(Fragment("api.json", document))
    (chosen,) = (each for each in REFERENCE_RULES if each.id == rule)
    return list(chosen.flaws(description))


def ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_reference_that_goes_in_circles_is_unresolvable_and_says_so() -> None:
    found = flaws("ref-unresolvable", ref("A"), A=ref("B"), B=ref("A"))
    assert len(found) == 3
    assert "circles" in found[0].got


def test_a_reference_to_another_document_is_not_called_unresolvable() -> None:
    assert flaws("ref-unresolvable", {"$ref": "other.yaml"}) == []
    assert [flaw.got for flaw in flaws("ref-remote", {"$ref": "other.yaml"})] == ['"other.yaml"']


def test_a_part_that_contains_itself_is_named() -> None:
    (flaw,) = flaws("ref-recursive", ref("A"), A={"items": ref("A")})
    assert flaw.message == "the reference makes /components/schemas/A contain itself"


def test_a_circle_through_a_part_of_another_is_found() -> None:
    (flaw,) = flaws("ref-recursive", ref("A"), A={"properties": {"b": {"items": ref("A/properties/b")}}})
    assert flaw.message == "the reference makes /components/schemas/A/properties/b contain itself"


def test_two_circles_are_two_flaws() -> None:
    both: JSON = {"properties": {"self": ref("A"), "other": ref("B")}}
    found = flaws("ref-recursive", ref("A"), A=both, B={"items": ref("B")})
    assert {flaw.pointer for flaw in found} == {
        "/components/schemas/A/properties/self/$ref",
        "/components/schemas/B/items/$ref",
    }


def test_a_chain_of_references_longer_than_any_stack_is_followed() -> None:
    chain = {f"S{number}": {"items": ref(f"S{number + 1}")} for number in range(5000)}
    assert flaws("ref-recursive", ref("S0"), **chain, S5000={}) == []
    (flaw,) = flaws("ref-recursive", ref("S0"), **chain, S5000=ref("S0"))
    assert flaw.pointer == "/components/schemas/S5000/$ref"


def test_what_is_not_reached_is_counted_in_bytes_of_json() -> None:
    (flaw,) = flaws("components-unreachable", ref("A"), A={}, B={"description": "é"}, C=[])
    assert flaw.message == "2 components with 22 bytes of JSON are used by no operation"
    (flaw,) = flaws("components-unreachable", {}, B={})
    assert flaw.message == "1 component with 2 bytes of JSON is used by no operation"


def test_an_unreached_text_that_no_encoder_takes_is_counted_all_the_same() -> None:
    (flaw,) = flaws("components-unreachable", {}, B="\ud800")
    assert "3 bytes" in flaw.message
