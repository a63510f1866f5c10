import pytest

from bodydouble.contracts.lint.defect_rules import Flaw, describe_fragment
from bodydouble.contracts.lint.value_defects import VALUE_RULES
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment


def flaws(rule: str, schema: JSON, **document: JSON) -> list[Flaw]:
    described = {"paths": {"/": {"get": {"parameters": [{"schema": schema}]}}}, **document}
    description = describe_fragment(Fragment("api.json", described))
    (chosen,) = (each for each in VALUE_RULES if each.id == rule)
    return list(chosen.flaws(description))


PREFIX = "/paths/~1/get/parameters/0/schema"


def test_a_value_that_is_wrong_inside_says_where_and_is_told_once() -> None:
    schema: JSON = {"items": {"required": ["a", "b"], "properties": {"c": {"type": "integer"}}}}
    (flaw,) = flaws("default-invalid", {**schema, "default": [{"a": 1, "b": 2}, {"c": "x"}]})
    assert flaw.pointer == f"{PREFIX}/default"
    assert flaw.message.startswith("the default contradicts its schema at [1]")
    assert "required" in flaw.message or "integer" in flaw.message
    assert flaw.got == '[{"a": 1, "b": 2}, {"c": "x"}]'


def test_a_value_that_is_wrong_as_a_whole_says_so() -> None:
    (flaw,) = flaws("example-invalid", {"type": "integer", "example": "5"})
    assert flaw.message == 'the example contradicts its schema: it is not of type "integer"'
    assert flaw.got == '"5"'


def test_a_reason_of_any_length_is_cut() -> None:
    (flaw,) = flaws(
        "default-invalid", {"enum": [f"value {number}" for number in range(10_000)], "default": "x" * 10_000}
    )
    assert len(flaw.message) < 200
    assert len(flaw.got) < 100


def test_places_with_characters_that_references_encode_are_judged() -> None:
    names = ("a/b", "a~b", "a%20b", "ä", "a b", "#", '"')
    schema: JSON = {"properties": {name: {"type": "integer", "default": "x"} for name in names}}
    assert len(flaws("default-invalid", schema)) == len(names)


def test_a_value_that_is_no_json_to_every_library_is_not_judged() -> None:
    assert flaws("default-invalid", {"type": "integer", "default": "\ud800"}) == []


def test_values_are_judged_by_what_authors_mean_by_nullable() -> None:
    assert (
        flaws("default-invalid", {"enum": ["a"], "type": "string", "nullable": True, "default": None}) == []
    )


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_thousands_of_schemas_that_refer_to_one_another_are_judged_in_seconds() -> None:
    def node(number: int) -> JSON:
        names = {
            f"p{step}": {"$ref": f"#/components/schemas/S{(number * 7 + step) % 1000}"} for step in range(5)
        }
        own = {"type": "integer", "default": "x", "example": 5, "nullable": True, "enum": [1, 5]}
        return {"properties": {**names, "own": own}, "default": {"own": 1}, "example": {"p1": {"own": "x"}}}

    schemas: JSON = {f"S{number}": node(number) for number in range(1000)}
    schema: JSON = {"$ref": "#/components/schemas/S0"}
    counts = [len(flaws(rule.id, schema, components={"schemas": schemas})) for rule in VALUE_RULES]
    assert counts == [1000, 1000, 1000]
