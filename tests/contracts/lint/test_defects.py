import contextlib
import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.lint.defects import RULES, SHARED_OPERATION_ID, TOO_DEEP, defects_among, defects_of
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.reading.sources import read

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "defect_cases.yaml").read_text())

OPERATION = "/paths/~1jobs/post"
PREFIXES = {
    "document": "",
    "operation": OPERATION,
    "parameter": f"{OPERATION}/parameters/0",
    "schema": f"{OPERATION}/requestBody/content/application~1json/schema",
}
CLEAN: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Jobs", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "security": [],
    "paths": {
        "/jobs": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {}}}},
                "responses": {
                    "200": {"description": "A job", "content": {"application/json": {"schema": {}}}}
                },
            }
        }
    },
}


def document_of(case: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(CLEAN)
    document["openapi"] = case.get("version", "3.0.3")
    operation = document["paths"]["/jobs"]["post"]
    operation.update(case.get("operation", {}))
    if "parameter" in case:
        operation["parameters"] = [case["parameter"]]
    if "schema" in case:
        operation["requestBody"]["content"]["application/json"]["schema"] = case["schema"]
    document.update(case.get("document", {}))
    return {name: member for name, member in document.items() if name not in case.get("without", ())}


def name_of(case: dict[str, Any]) -> str:
    return f"{case['rule']}-{CASES.index(case)}"


def test_the_clean_document_has_no_defect() -> None:
    assert defects_of(Fragment("api.json", CLEAN)) == ()


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_rule_finds_what_it_is_about_and_nothing_else(case: dict[str, Any]) -> None:
    fragment = Fragment("api.json", document_of(case), tuple(case.get("duplicates", ())))
    prefix = PREFIXES[case.get("prefix") or next((name for name in PREFIXES if name in case), "document")]
    found = [finding.pointer for finding in defects_of(fragment) if finding.rule == case["rule"]]
    assert sorted(found) == sorted(prefix + place for place in case["at"])


def test_every_rule_has_a_document_with_the_defect_and_one_without() -> None:
    with_it = {case["rule"] for case in CASES if case["at"]}
    assert with_it == {rule.id for rule in RULES}


def test_rules_have_different_names_in_kebab_case_and_a_reason() -> None:
    names = [rule.id for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and name.replace("-", "").isalpha() for name in names)
    assert all(rule.why.endswith(".") and rule.roles for rule in RULES)


def test_findings_carry_what_the_rule_and_the_flaw_say() -> None:
    fragment = Fragment("api.json", document_of({"schema": {"properties": {"a": {"type": "flaot"}}}}))
    (finding,) = defects_of(fragment)
    assert (finding.rule, finding.severity, finding.source) == ("type-unknown", Severity.ERROR, "api.json")
    assert finding.message == '"flaot" is no type'
    assert finding.expected == '"boolean", "object", "array", "number", "string" or "integer"'


def test_findings_are_sorted_and_each_is_there_once() -> None:
    shared: dict[str, JSON] = {"$ref": "#/components/schemas/A"}
    broken: dict[str, JSON] = {"type": "float", "enum": [], "properties": {"b": {"type": "int"}}}
    fragment = Fragment(
        "api.json",
        document_of({
            "document": {"components": {"schemas": {"A": broken}}},
            "schema": {"allOf": [shared, shared]},
            "operation": {"responses": {"200": {}}},
        }),
    )  # fmt: skip
    found = defects_of(fragment)
    assert [(finding.pointer, finding.rule) for finding in found] == [
        ("/components/schemas/A/enum", "enum-empty"),
        ("/components/schemas/A/properties/b/type", "type-unknown"),
        ("/components/schemas/A/type", "type-unknown"),
        (f"{OPERATION}/responses", "success-schema-missing"),
        (f"{OPERATION}/responses/200", "response-description-missing"),
    ]


def test_what_no_operation_reaches_is_one_note() -> None:
    unused: dict[str, JSON] = {f"S{number}": {"type": "float", "default": 5} for number in range(300)}
    (finding,) = defects_of(
        Fragment("api.json", document_of({"document": {"components": {"schemas": unused}}}))
    )
    assert finding.severity is Severity.NOTE
    assert finding.message.startswith("300 components with 8,400 bytes of JSON are used by no operation")


def test_an_operation_id_that_fragments_share_is_one_note() -> None:
    fragments = [
        Fragment(f"{name}.json", document_of({"operation": {"operationId": "submit"}})) for name in "abcdefgh"
    ]
    (finding,) = defects_among(fragments)
    assert (finding.rule, finding.severity) == (SHARED_OPERATION_ID, Severity.NOTE)
    assert (finding.source, finding.pointer) == ("b.json", f"{OPERATION}/operationId")
    assert finding.message == 'the operationId "submit" is used by 8 fragments'
    assert finding.got == "the same in a.json, b.json, c.json, d.json, e.json and 3 more"


def test_fragments_with_different_operation_ids_share_none() -> None:
    assert (
        defects_among(Fragment(name, document_of({"operation": {"operationId": name}})) for name in "ab")
        == ()
    )


def test_defects_among_fragments_are_sorted_by_fragment_as_given() -> None:
    flawed = document_of({"without": ["servers"], "operation": {"responses": {"200": {}}}})
    found = defects_among([Fragment("z", flawed), Fragment("a", flawed)])
    assert [finding.source for finding in found] == ["z"] * 3 + ["a"] * 3
    assert [finding.pointer for finding in found[:3]] == sorted(finding.pointer for finding in found[:3])


def test_no_fragments_have_no_defects() -> None:
    assert defects_among([]) == ()


def test_a_document_nested_too_deep_is_one_finding() -> None:
    deep: JSON = {}
    for _ in range(500):
        deep = {"properties": {"a": deep}}
    (finding,) = defects_of(Fragment("api.json", document_of({"schema": deep})))
    assert finding.rule == TOO_DEEP
    (among,) = defects_among([Fragment("api.json", document_of({"schema": deep}))])
    assert among == finding


keywords = st.sampled_from(
    """openapi info servers url paths / /a/{b} get post parameters name in required schema content application/json
    example examples value default description responses 200 headers requestBody callbacks security components schemas
    A B securitySchemes type enum properties items allOf anyOf oneOf not if additionalProperties patternProperties
    pattern nullable minimum exclusiveMinimum multipleOf maxLength format $ref discriminator mapping prefixItems const
    operationId $defs $id $anchor dependentSchemas x-a""".split()  # noqa: SIM905  # sixty words read better as text
)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["3.0.0", "3.1.0", "string", "object", "#", "#/components/schemas/A", "#/paths", "http://[", "("]
    ),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keywords, children, max_size=5),
    max_leaves=30,
)
schemas = st.recursive(
    st.dictionaries(keywords, junk, max_size=3),
    lambda children: st.builds(
        lambda node, keyword, child: {**node, **keyword(child)},
        st.dictionaries(keywords, junk, max_size=2),
        st.sampled_from([
            lambda child: {"properties": {"a": child}, "required": ["a", "b"]},
            lambda child: {"items": child},
            lambda child: {"allOf": [child, {"$ref": "#/components/schemas/A"}], "nullable": True},
            lambda child: {"oneOf": [child], "default": 5, "example": {"a": None}},
            lambda child: {"additionalProperties": child, "type": "object", "enum": [{}, 1]},
        ]),
        children,
    ),
    max_leaves=4,
)  # fmt: skip


@given(st.dictionaries(keywords, junk, max_size=6))
def test_no_document_is_too_odd_to_be_looked_at(document: dict[str, JSON]) -> None:
    defects_among([Fragment("a", document), Fragment("b", {"paths": document})])


@given(schemas, schemas, junk, st.sampled_from(["3.0.0", "3.1.0"]))
def test_no_schema_is_too_odd_to_be_looked_at(one: JSON, other: JSON, responses: JSON, version: str) -> None:
    case = {"schema": one, "operation": {"responses": responses}, "version": version}
    document = document_of({**case, "document": {"components": {"schemas": {"A": other, "B": one}}}})
    for finding in defects_of(Fragment("api.json", document)):
        assert finding.source == "api.json"
        with contextlib.suppress(LookupError):
            look_up(document, finding.pointer)


def test_every_published_fragment_is_looked_at(upstream: Path) -> None:
    fragments = read(upstream / "fragments").fragments
    assert len(fragments) == 68
    found = defects_among(fragments)
    by_rule = {
        rule: [finding for finding in found if finding.rule == rule] for rule in {f.rule for f in found}
    }
    assert len(by_rule["response-description-missing"]) > 50
    assert len(by_rule["operation-unsecured"]) > 50
    assert len(by_rule["default-invalid"]) > 30
    assert len(by_rule["components-unreachable"]) == 3
    documents = {fragment.source: fragment.document for fragment in fragments}
    for finding in found:
        look_up(documents[finding.source], finding.pointer)


def test_every_published_version_of_a_fragment_is_looked_at(upstream: Path) -> None:
    for fragment in read(upstream / "history").fragments:
        assert all(
            look_up(fragment.document, finding.pointer) is not None for finding in defects_of(fragment)
        )


def test_the_defects_of_the_published_page(upstream: Path) -> None:
    found = defects_among(read(upstream / "pages" / "video-01.md").fragments)
    assert [(finding.source.rpartition("#")[2], finding.rule) for finding in found] == [
        ("1", "operation-unsecured"),
        ("1", "response-description-missing"),
        ("2", "operation-unsecured"),
    ]
