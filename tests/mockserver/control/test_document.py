import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from bodydouble.contracts.pointers import look_up
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.control.document import FILE, control_document, product_version, scenario_schemas
from bodydouble.mockserver.scenes.scenario_files import FOLDER, schema

DOCUMENT = control_document()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    used = set(references(DOCUMENT))
    for reference in used:
        look_up(DOCUMENT, reference.removeprefix("#"))
    parts = DOCUMENT["components"]
    defined = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "parameters")
        for name in parts[kind]
    }
    assert defined - used == {"#/components/schemas/JournalEntry"}, (
        "a line of JSON lines, which OpenAPI cannot refer to"
    )


def test_operations_have_names_summaries_and_the_same_problems() -> None:
    listed = [node for item in DOCUMENT["paths"].values() for node in item.values()]
    assert len({node["operationId"] for node in listed}) == len(listed)
    assert all(node["summary"].endswith(".") for node in listed)
    assert all("default" in node["responses"] for node in listed if node["operationId"] != "describeControl")


@pytest.mark.parametrize(
    "scenario", json.loads((FOLDER / "shipped.json").read_text()), ids=lambda each: each["name"]
)
def test_scenarios_are_described_by_the_schema_of_scenario_files(scenario: dict[str, Any]) -> None:
    described = Validator({"$ref": "#/components/schemas/Scenario", "components": DOCUMENT["components"]})
    own = Validator(schema())
    values: list[Any] = [
        scenario,
        {**scenario, "queued": "later"},
        {**scenario, "faults": [{"on": []}]},
        {},
        [scenario],
    ]
    for value in values:
        assert described.is_valid(value) is own.is_valid(value)


def test_definitions_become_components_with_a_capital() -> None:
    made = scenario_schemas(
        {"$schema": "x", "$defs": {"one": {"$ref": "#/$defs/two"}, "two": {}}, "type": "object"}
    )
    assert made == {
        "Scenario": {"type": "object"},
        "One": {"$ref": "#/components/schemas/Two"},
        "Two": {},
    }


def test_no_component_of_scenarios_hides_one_of_the_document() -> None:
    own = json.loads(FILE.read_text("utf-8"))["components"]["schemas"]
    assert not set(own) & set(scenario_schemas(schema()))


def test_the_version_is_known() -> None:
    assert product_version()
