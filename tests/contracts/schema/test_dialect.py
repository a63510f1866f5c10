import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.agreement import Explainer
from bodydouble.contracts.schema.dialect import MAX_NESTING, Reading, convert, nullable_disagreements

UPSTREAM = Path(__file__).parents[3].parent / "shared" / "upstream"


def convert_3_0(schema: JSON, reading: Reading = Reading.STRICT, **components: JSON) -> Any:
    return convert({"openapi": "3.0.3", "s": schema, "components": {"schemas": components}}, "/s", reading)


def convert_3_1(schema: JSON, **components: JSON) -> Any:
    return convert(
        {"openapi": "3.1.0", "s": schema, "components": {"schemas": components}}, "/s", Reading.STRICT
    )


def ref(name: str) -> dict[str, JSON]:
    return {"$ref": f"#/components/schemas/{name}"}


def accepts(schema: Any, instance: JSON) -> bool:
    return jsonschema_rs.Draft202012Validator(schema).is_valid(instance)


# What 3.0 says in its own way


@pytest.mark.parametrize(
    ("schema", "converted"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1.5, "exclusiveMaximum": True}, {"exclusiveMaximum": 1.5}),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        ({"exclusiveMinimum": True}, {}),
        ({"exclusiveMinimum": 3}, {"exclusiveMinimum": 3}),
        ({"minimum": "1", "exclusiveMinimum": True}, {}),
        ({"example": {"$ref": "#/nope"}}, {"examples": [{"$ref": "#/nope"}]}),
        ({"example": 1, "examples": [2, 3]}, {"examples": [1, 2, 3]}),
        ({"discriminator": {"propertyName": "a"}, "xml": {}, "externalDocs": {}}, {}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"enum": []}, {}),
    ],
)
def test_keywords_of_3_0_become_those_of_2020_12(schema: JSON, converted: JSON) -> None:
    assert convert_3_0(schema) == converted


def test_siblings_of_a_reference_are_ignored_in_3_0_except_extensions() -> None:
    schema: JSON = {**ref("A"), "type": "string", "description": "ignored", "x-kept": {"a": 1}}
    assert convert_3_0(schema, A={"type": "integer"}) == {
        "$ref": "#/$defs/A",
        "x-kept": {"a": 1},
        "$defs": {"A": {"type": "integer"}},
    }


def test_siblings_of_a_reference_stay_in_3_1() -> None:
    schema: JSON = {**ref("A"), "maxLength": 3}
    assert convert_3_1(schema, A={"type": "string"}) == {
        "$ref": "#/$defs/A",
        "maxLength": 3,
        "$defs": {"A": {"type": "string"}},
    }


MODERN: dict[str, JSON] = {
    "type": ["string", "null"],
    "title": "t",
    "description": "d",
    "default": None,
    "format": "uri",
    "examples": [1],
    "example": 1,
    "const": {"type": "float"},
    "exclusiveMinimum": 3,
    "nullable": True,
    "discriminator": {"propertyName": "kind"},
    "x-anything": [{"$ref": "#/nope"}],
    "properties": {"a": {"enum": []}},
    "$comment": "c",
    "unknown": {"type": 5},
}


@pytest.mark.parametrize("version", ["3.1.0", "3.1.1", "3.2.0", "garbage", None, 3.1])
def test_3_1_and_later_pass_through(version: JSON) -> None:
    for reading in Reading:
        assert convert({"openapi": version, "s": MODERN}, "/s", reading) == MODERN


@pytest.mark.parametrize(
    "document", [{"openapi": "3.0.0"}, {"openapi": "3.0"}, {"openapi": 3.0}, {}, {"swagger": "2.0"}]
)
def test_3_0_is_told_by_its_version_and_assumed_without_one(document: dict[str, JSON]) -> None:
    converted = convert({**document, "s": {"type": "string", "nullable": True}}, "/s", Reading.STRICT)
    assert converted == {"type": ["string", "null"]}


def test_a_document_that_is_no_object_counts_as_3_0() -> None:
    assert convert([{"type": "string", "nullable": True}], "/0", Reading.STRICT) == {
        "type": ["string", "null"]
    }


# Keywords by role

KEYWORD_NAMES = (
    *(
        "nullable",
        "required",
        "default",
        "$ref",
        "properties",
        "enum",
        "type",
        "example",
        "examples",
        "const",
        "items",
    ),
    *(
        "allOf",
        "$defs",
        "x-name",
        "discriminator",
        "xml",
        "$id",
        "$schema",
        "minimum",
        "not",
        "additionalProperties",
    ),
)


@pytest.mark.parametrize("name", KEYWORD_NAMES)
@pytest.mark.parametrize("holder", ["properties", "dependentSchemas", "patternProperties"])
def test_a_property_named_like_a_keyword_survives(holder: str, name: str) -> None:
    name = f"^{name}" if holder == "patternProperties" and name.startswith("$") else name
    schema: JSON = {holder: {name: {"type": "string", "nullable": True}}}
    assert convert_3_0(schema) == {holder: {name: {"type": ["string", "null"]}}}


@pytest.mark.parametrize("keyword", ["enum", "examples"])
def test_lists_of_data_are_not_walked(keyword: str) -> None:
    data: JSON = [{"nullable": True, "type": "string", "$ref": "#/nope", "properties": []}]
    assert convert_3_0({keyword: data}) == {keyword: data}


@pytest.mark.parametrize("keyword", ["default", "const", "x-anything"])
def test_data_is_not_walked(keyword: str) -> None:
    data: JSON = {"nullable": True, "type": "string", "$ref": "#/nope", "properties": [], "example": 1}
    assert convert_3_0({keyword: data}) == {keyword: data}


@pytest.mark.parametrize(
    "keyword",
    [
        *("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    ],
)
def test_schemas_are_walked(keyword: str) -> None:
    schema: JSON = {"type": "string", "nullable": True}
    assert convert_3_0({keyword: schema}) == {keyword: {"type": ["string", "null"]}}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf", "prefixItems"])
def test_lists_of_schemas_are_walked(keyword: str) -> None:
    schema: JSON = {"type": "string", "nullable": True}
    assert convert_3_0({keyword: [schema]}) == {keyword: [{"type": ["string", "null"]}]}


@pytest.mark.parametrize(
    ("schema", "converted"), [(True, {}), (False, {"not": {}}), (5, {}), (None, {}), ([], {})]
)
def test_the_root_is_always_an_object(schema: JSON, converted: JSON) -> None:
    assert convert_3_0(schema) == converted
    assert convert_3_1(schema) == converted


def test_boolean_schemas_become_objects_everywhere() -> None:
    schema: JSON = {"properties": {"a": True, "b": False}, "additionalProperties": False, "items": True}
    assert convert_3_1(schema) == {
        "properties": {"a": {}, "b": {"not": {}}},
        "additionalProperties": {"not": {}},
        "items": {},
    }


# What cannot be read


@pytest.mark.parametrize(
    "keyword",
    [
        *(
            {"required": True},
            {"required": "a"},
            {"type": "float"},
            {"type": []},
            {"type": ["string", "float"]},
        ),
        *(
            {"type": None},
            {"enum": "x"},
            {"enum": {"a": 1}},
            {"minimum": "3"},
            {"minimum": True},
            {"maximum": math.nan},
        ),
        *({"properties": []}, {"properties": "x"}, {"maxLength": -1}, {"maxLength": 1.5}, {"minItems": "1"}),
        *({"multipleOf": 0}, {"multipleOf": -1}, {"pattern": "("}, {"pattern": 5}, {"pattern": r"\p{L}"}),
        *(
            {"pattern": "a{,2}"},
            {"pattern": "(a{1000}){1000}"},
            {"pattern": "(" * 5000},
            {"items": [{}]},
            {"items": 1},
        ),
        *(
            {"prefixItems": []},
            {"allOf": []},
            {"allOf": {}},
            {"anyOf": []},
            {"oneOf": "x"},
            {"not": 5},
            {"not": []},
            {"if": None},
        ),
        *(
            {"uniqueItems": "true"},
            {"title": 5},
            {"description": ["a"]},
            {"format": {}},
            {"deprecated": "no"},
        ),
        *({"examples": {"a": 1}}, {"default": math.inf}, {"const": "\ud800"}, {"description": "\ud800"}),
        *({"x-a": math.nan}, {"x-a": 10**400}, {"\ud800": 1}, {"maxLength": 10**400}, {"minimum": 10**400}),
        *(
            {"$ref": 5},
            {"$ref": "#/nope"},
            {"$ref": "other.json"},
            {"$id": "http://x/"},
            {"$schema": "http://x"},
        ),
        *({"$anchor": "a"}, {"$dynamicRef": "#a"}, {"$vocabulary": 1}, {"$defs": 5}, {"definitions": 5}),
        *(
            {"dependencies": {"a": ["b"]}},
            {"$recursiveRef": "#"},
            {"patternProperties": []},
            {"dependentRequired": 1},
        ),
    ],
    ids=lambda keyword: ascii(keyword)[:40],
)
def test_a_keyword_that_holds_what_it_may_not_hold_is_dropped(keyword: dict[str, JSON]) -> None:
    assert convert_3_0({"minProperties": 1, **keyword}) in ({"minProperties": 1}, {})
    assert convert_3_1({"minProperties": 1, **keyword}) == {"minProperties": 1}


@pytest.mark.parametrize(
    ("schema", "converted"),
    [
        ({"required": ["a", 5, "a", "\ud800"]}, {"required": ["a"]}),
        ({"enum": ["a", math.nan, "\ud800"]}, {"enum": ["a"]}),
        ({"examples": [1, math.inf]}, {"examples": [1]}),
        ({"maxLength": 2.0}, {"maxLength": 2}),
        ({"type": ["string", "string"]}, {"type": ["string"]}),
        ({"allOf": [{"type": "string"}, 5]}, {"allOf": [{"type": "string"}]}),
        ({"prefixItems": [5, {"type": "string"}]}, {"prefixItems": [{}, {"type": "string"}]}),
        ({"properties": {"a": 5, "b": {}, "\ud800": {}}}, {"properties": {"a": {}, "b": {}}}),
        ({"patternProperties": {"(": {}, "^a": {}}}, {"patternProperties": {"^a": {}}}),
        ({"dependentRequired": {"a": ["b", 1], "c": 5}}, {"dependentRequired": {"a": ["b"]}}),
    ],
)
def test_of_a_keyword_the_part_that_means_something_stays(schema: JSON, converted: JSON) -> None:
    assert convert_3_1(schema) == converted


@pytest.mark.parametrize(
    "schema",
    [
        {"not": ref("Missing")},
        {"not": {"type": "float"}},
        {"oneOf": [ref("Missing"), {"type": "string"}]},
        {"oneOf": [5, {"type": "string"}]},
        {"anyOf": [ref("Missing"), {"type": "string"}]},
        {"if": ref("Missing"), "then": {"type": "string"}},
        {"contains": ref("Missing")},
        {"items": ref("Missing")},
        {"additionalProperties": ref("Missing")},
        {"properties": {"a": ref("Missing")}},
        {"allOf": [ref("Missing")]},
        ref("Missing"),
    ],
)
@pytest.mark.parametrize("instance", [1, "a", [], {"a": 1}])
def test_what_cannot_be_read_forbids_nothing(schema: JSON, instance: JSON) -> None:
    assert accepts(convert_3_0(schema), instance)
    assert accepts(convert_3_1(schema), instance)


def test_a_reference_to_what_is_no_schema_is_none() -> None:
    assert convert_3_1({"minItems": 1, "$ref": "#/components/schemas/A"}, A=[1]) == {"minItems": 1}


def test_a_not_that_forbids_everything_on_purpose_stays() -> None:
    assert convert_3_0({"not": {}}) == {"not": {}}


# References


@pytest.mark.parametrize(
    "name",
    ["Video.v2.PollVideoResponseDTO", "a/b", "a~b", "100%", "a%20b", "a b", "видео", "日本", '"', "", "$ref"],
)
def test_names_of_any_characters_are_carried_along(name: str) -> None:
    fragment = name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
    converted = convert_3_0({"items": ref(fragment)}, **{name: {"type": "string"}})
    assert accepts(converted, ["a"])
    assert not accepts(converted, [1])
    (carried,) = converted["$defs"]
    assert converted["items"] == {"$ref": f"#/$defs/{carried}"}


def test_different_places_have_different_names() -> None:
    schema: JSON = {"anyOf": [ref("a b"), ref("a_b"), ref("a%2Fb"), {"$ref": "#/t/a_b"}, ref("a_b-2")]}
    document: JSON = {
        "openapi": "3.0.0",
        "s": schema,
        "t": {"a_b": {"const": 4}},
        "components": {
            "schemas": {
                "a b": {"const": 1},
                "a_b": {"const": 2},
                "a%2Fb": {"const": 3},
                "a_b-2": {"const": 5},
            }
        },
    }
    converted = convert(document, "/s", Reading.STRICT)
    assert len(set(converted["$defs"])) == 5  # type: ignore[arg-type]
    assert [accepts(converted, value) for value in range(7)] == [False, *[True] * 5, False]


def test_only_what_is_reachable_is_carried_along() -> None:
    converted = convert_3_0(ref("A"), A={"items": ref("B")}, B={}, C=ref("A"))
    assert converted == {"$ref": "#/$defs/A", "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {}}}


def test_recursion_into_a_part_of_the_value_works() -> None:
    converted = convert_3_0(ref("Tree"), Tree={"type": "array", "items": ref("Tree")})
    assert accepts(converted, [[], [[]]])
    assert not accepts(converted, [[], [[1]]])


def test_a_schema_may_refer_to_itself_at_the_root() -> None:
    converted = convert_3_0({"type": "array", "items": {"$ref": "#/s"}})
    assert accepts(converted, [[]])
    assert not accepts(converted, [[1]])


def test_any_place_of_the_document_can_be_referred_to() -> None:
    converted = convert_3_0({"properties": {"a": {"type": "string"}, "b": {"$ref": "#/s/properties/a"}}})
    assert not accepts(converted, {"b": 1})


def test_a_chain_of_references_is_followed() -> None:
    assert not accepts(convert_3_0(ref("A"), A=ref("B"), B=ref("C"), C={"type": "string"}), 1)


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_circle_of_references_accepts_anything(version: str) -> None:
    document: JSON = {"openapi": version, "a": {"$ref": "#/b"}, "b": {"allOf": [{"$ref": "#/a"}]}}
    converted = convert(document, "/a", Reading.STRICT)
    assert accepts(converted, 1)
    assert jsonschema.Draft202012Validator(converted).is_valid(1)


# Depth and size


def nested(levels: int, inner: JSON) -> JSON:
    for _ in range(levels):
        inner = {"items": inner}
    return inner


def test_schemas_nested_deep_become_definitions() -> None:
    converted = convert_3_0(nested(MAX_NESTING * 2, {"type": "string"}))
    jsonschema.Draft202012Validator.check_schema(converted)
    value: JSON = "text"
    for _ in range(MAX_NESTING * 2):
        value = [value]
    assert accepts(converted, value)
    assert not accepts(converted, [value])


def test_no_depth_is_too_deep() -> None:
    converted = convert_3_0(nested(1_500, {"type": "string"}))
    jsonschema.Draft202012Validator.check_schema(converted)
    assert len(converted["$defs"]) == 1_500 // MAX_NESTING
    assert accepts(converted, [[]])


def test_data_nested_too_deep_is_dropped() -> None:
    deep = nested(1_000, 1)
    assert convert_3_0({"default": deep, "x-a": deep, "enum": [deep, 1], "const": deep}) == {"enum": [1]}


def test_thousands_of_components_are_carried_along() -> None:
    last = 5_000
    chain = {f"C{i}": {"items": ref(f"C{i + 1}"), "description": "x" * 100} for i in range(last)}
    converted = convert_3_0(ref("C0"), **chain, **{f"C{last}": {"type": "string"}})  # type: ignore[arg-type]
    assert len(converted["$defs"]) == last + 1
    assert accepts(converted, [[[]]])


def test_nothing_at_the_pointer_is_told() -> None:
    with pytest.raises(LookupError):
        convert({}, "/paths", Reading.STRICT)


# Whatever the document

WORDS = st.sampled_from(
    [
        *(
            "string",
            "null",
            "float",
            "object",
            "integer",
            "array",
            "number",
            "a",
            "^a",
            "(",
            "(?=a)",
            "[[",
            "a{,2}",
        ),
        *(
            r"\p{L}",
            "x-y",
            "\ud800",
            "http://x/",
            "#/a",
            "#/s",
            "#/components/schemas/A",
            "#/components/schemas/B",
        ),
        *("#/nope", "#/s/properties/a", "properties", "$ref", "required"),
    ]
)
HUGE = st.just(1250).map(lambda digits: 10 ** (digits * 4))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | WORDS
    | HUGE
    | st.text(st.characters(), max_size=3)
)
KEYWORDS = st.sampled_from(
    [
        *(
            "type",
            "properties",
            "items",
            "required",
            "enum",
            "const",
            "default",
            "example",
            "examples",
            "allOf",
            "anyOf",
        ),
        *(
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "additionalProperties",
            "patternProperties",
            "$ref",
            "$defs",
            "$id",
        ),
        *("$anchor", "$schema", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary", "$comment"),
        *("definitions", "dependencies", "dependentSchemas", "dependentRequired", "prefixItems", "contains"),
        *(
            "minContains",
            "maxContains",
            "unevaluatedItems",
            "unevaluatedProperties",
            "propertyNames",
            "nullable",
        ),
        *(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
        ),
        *(
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
            "title",
            "format",
        ),
        *(
            "deprecated",
            "discriminator",
            "xml",
            "x-foo",
            "contentMediaType",
            "contentSchema",
            "id",
            "unknown",
        ),
    ]
)


def schemas_of(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    names = st.dictionaries(KEYWORDS | WORDS, inner, max_size=3)
    lists = st.lists(inner, max_size=3)
    combined = st.tuples(st.sampled_from(["allOf", "anyOf", "oneOf", "enum"]), lists).map(
        lambda pair: dict([pair])
    )
    marked = st.fixed_dictionaries(
        {"nullable": st.just(value=True), "type": SCALARS}, optional={"enum": lists}
    )
    return lists | combined | marked | st.dictionaries(KEYWORDS, inner | lists | names, max_size=5)


SCHEMAS = st.recursive(SCALARS, schemas_of, max_leaves=12)
VERSIONS = st.sampled_from(["3.0.0", "3.0.3", "3.1.0", "3.2.0", None, 3.0, "x"])
DOCUMENTS: st.SearchStrategy[JSON] = st.builds(
    lambda version, s, a, b: {"openapi": version, "s": s, "components": {"schemas": {"A": a, "B": b}}},
    *(VERSIONS, SCHEMAS, SCHEMAS, SCHEMAS),
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(DOCUMENTS, st.sampled_from(Reading))
@example({"openapi": "3.0.0", "s": {"not": {"$ref": "#/s"}}}, Reading.STRICT)
@pytest.mark.filterwarnings(
    "ignore:Possible nested set:FutureWarning"
)  # the metaschema's check compiles patterns
def test_whatever_the_document_the_result_is_a_valid_schema(document: JSON, reading: Reading) -> None:
    converted = convert(document, "/s", reading)
    jsonschema.Draft202012Validator.check_schema(converted)
    verdict = jsonschema_rs.Draft202012Validator(converted)
    for instance in (None, 1, "a", {}, [], {"a": [1, {"a": None}]}):
        assert verdict.is_valid(instance) == (next(Explainer(converted).iter_errors(instance), None) is None)
    json.dumps(converted, allow_nan=False, ensure_ascii=False).encode()
    nullable_disagreements(document, "/s")


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(DOCUMENTS)
def test_the_lenient_reading_of_a_schema_without_not_accepts_no_less(document: JSON) -> None:
    strict, lenient = (convert(document, "/s", reading) for reading in Reading)
    assume(not re.search('"(not|oneOf|if|contains|unevaluated[a-zA-Z]+)":', json.dumps(strict)))
    for instance in (None, 1, "a", {}, [None], {"a": None}, {"type": None, "a": [None]}):
        assert accepts(lenient, instance) or not accepts(strict, instance)


def test_converting_changes_nothing_in_the_document() -> None:
    document: JSON = {
        "openapi": "3.0.0",
        "a": {"$ref": "#/b", "nullable": True},
        "b": {"allOf": [{"$ref": "#/b"}], "example": 1},
    }
    before = json.dumps(document)
    for reading in Reading:
        convert(document, "/a", reading)
    nullable_disagreements(document, "/a")
    assert json.dumps(document) == before


def test_the_published_create_is_converted_without_loss() -> None:
    path = UPSTREAM / "fragments" / "MiniMax" / "video-01.json"
    if not path.exists():
        pytest.skip(f"upstream's fragments are not beside the project: {path}")
    document = json.loads(path.read_text())
    place = "/paths/~1v2~1video~1generations/post/{}/content/application~1json/schema"
    published = document["paths"]["/v2/video/generations"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    assert convert(document, place.format("requestBody"), Reading.STRICT) == published
    reply: Any = convert(document, place.format("responses/200"), Reading.STRICT)
    assert reply["properties"]["video"]["type"] == ["object", "null"]
    assert reply["properties"]["status"]["examples"] == ["completed"]
    assert nullable_disagreements(document, place.format("responses/200")) == ()
