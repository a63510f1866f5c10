from typing import Any

import jsonschema
import pytest
from jsonschema_specifications import REGISTRY

from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.schema.explanation import MAX_VIOLATIONS, SILENT, WORDS, explain
from bodydouble.contracts.schema.violations import Violation
from bodydouble.contracts.words import MAX_SHOWN

NOTHING: JSON = {"not": {}}

EXAMPLES: dict[str, tuple[dict[str, JSON], JSON, tuple[str, str, str, str]]] = {
    "type": (
        {"type": ["string", "null"]},
        12,
        ("", "the value must be a string or null", "a string or null", "a number (12)"),
    ),
    "enum": (
        {"enum": ["queued", "completed"]},
        "complete",
        (
            "",
            'the value must be one of "queued", "completed"; did you mean "completed"?',
            'one of "queued", "completed"',
            'a string ("complete")',
        ),
    ),
    "const": ({"const": "a"}, "b", ("", 'the value must be "a"', '"a"', 'a string ("b")')),
    "multipleOf": (
        {"multipleOf": 0.01},
        1.005,
        ("", "the value must be a multiple of 0.01", "a multiple of 0.01", "1.005"),
    ),
    "maximum": ({"maximum": 10}, 11, ("", "the value must be at most 10", "at most 10", "11")),
    "exclusiveMaximum": (
        {"exclusiveMaximum": 10},
        10,
        ("", "the value must be less than 10", "less than 10", "10"),
    ),
    "minimum": ({"minimum": 5}, 4.5, ("", "the value must be at least 5", "at least 5", "4.5")),
    "exclusiveMinimum": (
        {"exclusiveMinimum": 0},
        0,
        ("", "the value must be more than 0", "more than 0", "0"),
    ),
    "maxLength": (
        {"properties": {"prompt": {"maxLength": 2000}}},
        {"prompt": "😀" * 2001},
        ("/prompt", "prompt must be at most 2000 characters", "at most 2000 characters", "2001 characters"),
    ),
    "minLength": (
        {"minLength": 1},
        "",
        ("", "the value must be at least 1 character", "at least 1 character", "0 characters"),
    ),
    "pattern": (
        {"pattern": "^[A-Z]{2}$"},
        "x",
        (
            "",
            'the value must be text that matches "^[A-Z]{2}$"',
            'text that matches "^[A-Z]{2}$"',
            'a string ("x")',
        ),
    ),
    "maxItems": (
        {"maxItems": 1},
        [1, 2],
        ("", "the value must have at most 1 item", "at most 1 item", "2 items"),
    ),
    "minItems": (
        {"minItems": 2.0},
        [1],
        ("", "the value must have at least 2 items", "at least 2 items", "1 item"),
    ),
    "uniqueItems": (
        {"uniqueItems": True},
        [3, 1, [True], 2, [1], True, 1.0],
        (
            "",
            "the value must have items that all differ",
            "items that all differ",
            "items 1 and 6 that are equal",
        ),
    ),
    "maxContains": (
        {"contains": {"type": "string"}, "maxContains": 1},
        ["a", "b", 1],
        (
            "",
            "the value must have at most 1 item that is a string",
            "at most 1 item that is a string",
            "2 of 3 items",
        ),
    ),
    "minContains": (
        {"contains": {"type": "string"}},
        [1, 2],
        (
            "",
            "the value must have at least 1 item that is a string",
            "at least 1 item that is a string",
            "0 of 2 items",
        ),
    ),
    "maxProperties": (
        {"maxProperties": 1},
        {"a": 1, "b": 2},
        ("", "the value must have at most 1 property", "at most 1 property", "2 properties"),
    ),
    "minProperties": (
        {"minProperties": 1},
        {},
        ("", "the value must have at least 1 property", "at least 1 property", "0 properties"),
    ),
    "required": (
        {"properties": {"prompt": {"type": "string"}}, "required": ["prompt"]},
        {},
        ("/prompt", "prompt is required", "a string", "nothing"),
    ),
    "dependentRequired": (
        {"dependentRequired": {"end": ["start"]}},
        {"end": 1},
        ("/start", 'start is required where there is "end"', "a value", "nothing"),
    ),
    "additionalProperties": (
        {"properties": {"prompt": {}, "model": {}}, "additionalProperties": NOTHING},
        {"prmpt": "x"},
        (
            "/prmpt",
            'prmpt is not allowed; did you mean "prompt"?',
            "no property but prompt or model",
            'a string ("x")',
        ),
    ),
    "unevaluatedProperties": (
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": NOTHING},
        {"a": 1, "b": None},
        ("/b", "b is not allowed", "no such property", "null"),
    ),
    "items": (
        {"prefixItems": [{}], "items": NOTHING},
        [1, 2],
        ("/1", "[1] is not allowed", "at most 1 item", "a number (2)"),
    ),
    "unevaluatedItems": (
        {"allOf": [{"prefixItems": [{}]}], "unevaluatedItems": NOTHING},
        [1, {}],
        ("/1", "[1] is not allowed", "no such item", "an empty object"),
    ),
    "propertyNames": (
        {"properties": {"metadata": {"propertyNames": {"maxLength": 3}}}},
        {"metadata": {"long name": 1}},
        (
            "/metadata/long name",
            'metadata must not have a property named "long name"',
            "a name that is at most 3 characters",
            '"long name"',
        ),
    ),
    "anyOf": (
        {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Null"}], "$defs": {"Null": {"type": "null"}}},
        [1],
        ("", "the value must be a string or null", "a string or null", "an array of 1 item"),
    ),
    "oneOf": (
        {"oneOf": [{"type": "string"}, {"enum": ["a", 1]}]},
        "a",
        (
            "",
            'the value fits 2 of the alternatives, and only one is allowed: a string, one of "a", 1',
            "exactly one of the alternatives",
            "2 of them",
        ),
    ),
    "not": ({"not": {"type": "null"}}, None, ("", "the value must not be null", "anything but null", "null")),
}


@pytest.mark.parametrize("keyword", EXAMPLES)
def test_the_words_of_a_keyword(keyword: str) -> None:
    schema, instance, words = EXAMPLES[keyword]
    assert explain(schema, instance) == (Violation(*words, keyword),)


def test_every_keyword_has_its_words_and_an_example_of_them() -> None:
    assert WORDS.keys() - {"None"} == EXAMPLES.keys()


def test_every_keyword_of_the_vocabularies_has_words_or_is_silent() -> None:
    base = "https://json-schema.org/draft/2020-12/meta/"
    vocabularies = [REGISTRY.contents(base + name) for name in ("applicator", "unevaluated", "validation")]
    keywords = {keyword for vocabulary in vocabularies for keyword in vocabulary["properties"]}
    keywords |= jsonschema.Draft202012Validator.VALIDATORS.keys()
    assert keywords == (WORDS.keys() - {"None"}) | SILENT
    assert not WORDS.keys() & SILENT


def test_everything_is_told_at_once_in_the_order_of_the_document() -> None:
    schema: dict[str, JSON] = {
        "required": ["model", "prompt"],
        "properties": {
            "prompt": {"type": "string"},
            "seed": {"maximum": 1},
            "images": {"items": {"type": "string"}},
        },
        "maxProperties": 1,
        "additionalProperties": NOTHING,
    }
    instance: JSON = {"z": 1, "images": ["a", 1, 2], "seed": 5, "a": 2}
    places = [violation.pointer for violation in explain(schema, instance)]
    assert places == ["", "/z", "/images/1", "/images/2", "/seed", "/a", "/model", "/prompt"]


def test_the_same_is_told_once() -> None:
    required: JSON = {"required": ["a"]}
    assert len(explain({"allOf": [required, required], "anyOf": [required]}, {})) == 1


IMAGE: JSON = {
    "type": "object",
    "properties": {"type": {"const": "image"}, "url": {"type": "string"}},
    "required": ["type", "url"],
}
TEXT: JSON = {
    "type": "object",
    "properties": {"type": {"const": "text"}, "text": {"type": "string", "minLength": 2}},
    "required": ["type", "text"],
}


def test_the_alternative_that_fits_best_is_explained_and_the_others_are_named() -> None:
    schema: dict[str, JSON] = {"properties": {"part": {"anyOf": [IMAGE, TEXT, {"type": "null"}]}}}
    (violation,) = explain(schema, {"part": {"type": "text", "text": "x"}})
    assert violation.pointer == "/part/text"
    assert violation.message == (
        "part.text must be at least 2 characters; part may also be an object with type, url or null"
    )
    assert violation.keyword == "minLength"


def test_of_alternatives_within_alternatives_the_nearest_are_named() -> None:
    null: JSON = {"type": "null"}
    usage: JSON = {"anyOf": [{"type": "object", "required": ["tokens_used"]}, null]}
    meta: JSON = {"anyOf": [{"type": "object", "properties": {"usage": usage}}, null]}
    (violation,) = explain({"properties": {"meta": meta}}, {"meta": {"usage": {}}})
    assert violation.message == "meta.usage.tokens_used is required; meta.usage may also be null"


def test_an_alternative_of_another_kind_fits_worse_than_one_with_more_errors() -> None:
    told = explain({"anyOf": [{"type": "string"}, IMAGE, {"type": "null"}]}, {"size": 1})
    assert [violation.pointer for violation in told] == ["/type", "/url"]


def test_an_alternative_with_another_tag_fits_worse_than_one_with_more_errors() -> None:
    other: JSON = {"properties": {"type": {"const": "image"}}}
    told = explain({"anyOf": [other, {**TEXT, "maxProperties": 1}]}, {"type": "text", "text": "x"})  # type: ignore[dict-item]
    assert [violation.keyword for violation in told] == ["maxProperties", "minLength"]


def test_a_value_like_no_alternative_is_told_all_of_them() -> None:
    schema: dict[str, JSON] = {"oneOf": [{"enum": ["16:9", "9:16"]}, {"const": "auto"}, {"type": "null"}]}
    (violation,) = explain(schema, "autoo")
    assert (
        violation.message == 'the value must be one of "16:9", "9:16", "auto" or null; did you mean "auto"?'
    )
    assert violation.keyword == "oneOf"


def test_alternatives_within_alternatives_are_explained() -> None:
    schema: dict[str, JSON] = {"anyOf": [{"anyOf": [IMAGE, {"type": "null"}]}, {"type": "string"}]}
    (violation,) = explain(schema, {"type": "image"})
    assert (violation.pointer, violation.got) == ("/url", "nothing")


def test_what_accepts_nothing_has_words_even_where_no_conversion_replaced_it() -> None:
    assert [violation.message for violation in explain({"properties": {"a": NOTHING}}, {"a": 1})] == [
        "a is not allowed"
    ]
    assert [violation.keyword for violation in explain({"properties": {"a": False}}, {"a": 1})] == ["None"]


@pytest.mark.timeout(60)  # a step too many for each character would take minutes
def test_long_and_secret_data_is_not_printed() -> None:
    secret = "S3CR3T" * 1_000_000
    schema: dict[str, JSON] = {
        "properties": {
            "a": {"type": "number"},
            "b": {"enum": ["x"]},
            "c": {"pattern": "^$"},
            "d": {"const": 1},
        },
        "additionalProperties": {"anyOf": [{"type": "null"}, {"maxLength": 3}]},
    }
    told = explain(schema, {"a": secret, "b": secret, "c": secret, "d": [secret], "e": secret})
    assert len(told) == 5, told
    assert all(len(violation.got) < MAX_SHOWN + 20 for violation in told)
    assert all(violation.message.count("S3CR3T") < 12 for violation in told)


def test_what_steers_a_terminal_is_not_printed() -> None:
    told = explain({"additionalProperties": NOTHING}, {"\x1b[2J": "\x1b[2J"})
    assert all(text.isprintable() for violation in told for text in (violation.message, violation.got))


def test_a_million_wrong_items_are_not_all_told() -> None:
    told = explain({"items": {"type": "string"}}, [1] * 1_000_000)
    assert len(told) == MAX_VIOLATIONS + 1
    assert told[-1].message == "and more is wrong than the first thousand things"


def test_a_schema_too_deep_to_follow_is_told_as_such() -> None:
    deep: Any = {"type": "string"}
    for _ in range(2_000):
        deep = {"allOf": [deep]}
    (violation,) = explain(deep, 1)
    assert "nested too deeply" in violation.message


def test_places_are_where_the_wrong_value_stands() -> None:
    schema: dict[str, JSON] = {
        "additionalProperties": {"items": {"additionalProperties": {"type": "string"}}}
    }
    instance: JSON = {"a/b": [{"c~d": 1}], "": [{"": 2}]}
    for violation in explain(schema, instance):
        assert isinstance(look_up(instance, violation.pointer), int)
