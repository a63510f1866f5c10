import json
from typing import Any

import pytest
from hypothesis import given, settings

from bodydouble.contracts.generating.corners import corners
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.pointers import look_up
from bodydouble.contracts.schema.dialect import Reading, convert
from bodydouble.contracts.schema.explanation import explain
from tests.apis import BUNDLED
from tests.generating import documents
from tests.published import schemas

SUBMIT = BUNDLED.patterns[0].submit
assert SUBMIT.request
REQUEST = SUBMIT.request.strict


def values(*readings: Any) -> list[Any]:
    return [corner.value for corner in corners(*readings)]


def test_every_corner_that_upstream_allows_is_valid_to_both_validators() -> None:
    for schema in schemas():
        judge = Judge(schema.strict, schema.lenient)
        found = [*corners(schema.strict, schema.lenient)]
        assert found, schema.pointer
        for number, corner in enumerate(found):
            assert judge.is_valid(corner.value), corner.label
            assert number % 5 or explain(dict(schema.strict), corner.value) == (), corner.label


def test_corners_are_the_same_every_time() -> None:
    assert [*corners(REQUEST)] == [*corners(REQUEST)]


def test_no_value_stands_twice() -> None:
    texts = [json.dumps(value) for value in values(REQUEST)]
    assert len(set(texts)) == len(texts)


def test_the_bundled_create_reaches_its_corners() -> None:
    prompts = [value["prompt"] for value in values(REQUEST)]
    images = [value.get("image_url", "") for value in values(REQUEST)]
    assert {0, 2000} <= {len(prompt) for prompt in prompts}
    assert any("\n" in prompt for prompt in prompts)
    assert any(prompt and max(prompt) > "\uffff" for prompt in prompts)
    assert any(image.startswith("data:image/png") for image in images)
    assert {value.get("enhance_prompt") for value in values(REQUEST)} == {True, False, None}


@pytest.mark.parametrize("name", ["video", "duration", "error", "meta"])
def test_what_is_optional_is_absent_null_and_present(name: str) -> None:
    reply = BUNDLED.patterns[0].polled.reply.schema
    assert reply
    seen = {name in value and ("null" if value[name] is None else "there") for value in values(reply.strict)}
    assert seen == {False, "null", "there"}


def test_every_listed_value_is_a_corner() -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["x", 2, None, [1]]}}}
    found = [value["a"] for value in values(schema) if "a" in value]
    assert all(listed in found for listed in ("x", 2, None, [1]))


def test_a_corner_behind_a_choice_is_reached() -> None:
    cat = {"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"enum": [7, 9]}}}
    dog = {"type": "object", "properties": {"kind": {"const": "dog"}, "tricks": {"enum": [1, 2]}}}
    required = [{**pet, "required": [*pet["properties"]]} for pet in (cat, dog)]  # type: ignore[misc]  # they are dicts
    schema = {"type": "object", "properties": {"pet": {"oneOf": required}}, "required": ["pet"]}
    assert {tuple(value["pet"].values())[1] for value in values(schema)} >= {7, 9, 1, 2}


def test_only_what_both_readings_accept_is_a_corner() -> None:
    strict, lenient = {"type": "string"}, {"type": ["string", "null"]}
    assert None not in values(strict, lenient)
    assert None not in values(lenient, strict)


def test_a_schema_that_accepts_nothing_has_no_corner() -> None:
    assert values({"not": {}}) == []
    assert values({"type": "string", "enum": [1]}) == []


@settings(max_examples=35)
@given(documents())
def test_the_corners_of_any_schema_are_valid_and_lie_where_they_say(document: dict[str, Any]) -> None:
    schema = convert(document, "/components/schemas/A", Reading.STRICT)
    judge = Judge(schema)
    for corner in corners(schema):
        assert judge.is_valid(corner.value)
        look_up(corner.value, corner.pointer)
