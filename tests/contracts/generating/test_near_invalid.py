import json
from typing import Any

import pytest
from hypothesis import given, settings

from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.generating.near_invalid import near_invalid
from bodydouble.contracts.schema.dialect import Reading, convert
from bodydouble.contracts.schema.explanation import explain
from bodydouble.contracts.schema.validation import Validator
from tests.apis import BUNDLED
from tests.generating import documents
from tests.published import schemas

SUBMIT = BUNDLED.patterns[0].submit
assert SUBMIT.request
REQUEST = SUBMIT.request.strict


def test_everything_that_breaks_a_rule_of_upstream_is_invalid_to_both_validators() -> None:
    for schema in schemas():
        judge, verdict = Judge(schema.strict, schema.lenient), Validator(dict(schema.lenient)).verdict
        for number, broken in enumerate(near_invalid(schema.strict, schema.lenient)):
            assert judge.is_invalid(broken.value), broken.label
            assert broken.keyword == "image" or not verdict(broken.value), broken.label
            if number % 10 == 0 and broken.keyword != "image":
                assert explain(dict(schema.strict), broken.value), broken.label


def test_every_published_object_can_be_broken() -> None:
    typed = [schema for schema in schemas() if schema.strict.get("type") == "object"]
    assert typed
    assert all(next(near_invalid(schema.strict, schema.lenient), None) for schema in typed[::4])


def test_the_bundled_create_is_broken_in_every_way_it_documents() -> None:
    broken = {(each.pointer, each.keyword) for each in near_invalid(REQUEST)}
    assert broken == {
        ("", "type"),
        ("/model", "required"),
        ("/model", "type"),
        ("/model", "enum"),
        ("/prompt", "required"),
        ("/prompt", "type"),
        ("/prompt", "maxLength"),
        ("/image_url", "type"),
        ("/image_url", "image"),
        ("/enhance_prompt", "type"),
    }


def test_it_is_the_same_every_time_and_no_value_stands_twice() -> None:
    first = [*near_invalid(REQUEST)]
    assert first == [*near_invalid(REQUEST)]
    texts = [json.dumps(broken.value) for broken in first]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "object", "additionalProperties": False, "properties": {"a": {}}}, "additionalProperties"),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 1}, "uniqueItems"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 3}, "maxItems"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "minItems"),
        ({"type": "array", "items": {"type": "integer", "minimum": 3}, "minItems": 1}, "minimum"),
        ({"type": "object", "properties": {"a": {}}, "minProperties": 1}, "minProperties"),
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, "anyOf"),
    ],
)
def test_the_broken_keyword_is_what_the_judge_says(schema: dict[str, Any], keyword: str) -> None:
    assert keyword in {broken.keyword for broken in near_invalid(schema)}


def test_what_one_reading_accepts_is_not_broken() -> None:
    strict, lenient = {"type": "string"}, {"type": ["string", "null"]}
    assert None not in [broken.value for broken in near_invalid(strict, lenient)]
    assert None in [broken.value for broken in near_invalid(strict)]


def test_what_accepts_everything_cannot_be_broken() -> None:
    assert [*near_invalid({})] == []


@settings(max_examples=35)
@given(documents())
def test_what_breaks_any_schema_is_invalid_in_one_place(document: dict[str, Any]) -> None:
    schema = convert(document, "/components/schemas/A", Reading.STRICT)
    judge = Judge(schema)
    for broken in near_invalid(schema):
        assert judge.is_invalid(broken.value)
        assert {each.pointer for each in judge.violations(broken.value)} == {broken.pointer}
