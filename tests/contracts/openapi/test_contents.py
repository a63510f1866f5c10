from typing import Any

import pytest

from bodydouble.contracts.openapi.contents import (
    JSON_MEDIA_TYPE,
    content_of,
    members,
    resolved,
    schema_at,
    text,
)
from tests.apis import TEXT

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "a": {"$ref": "#/b"},
    "b": {"$ref": "#/c"},
    "c": {"type": "string"},
}


def content(kinds: Any, **more: Any) -> tuple[str, Any]:
    document = {"openapi": "3.0.3", "body": {"content": kinds}, **more}
    media_type, schema = content_of(document, "/body", document["body"])
    return media_type, schema and dict(schema.lenient)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/vnd.api+json",
        "application/problem+json; charset=utf-8",
        "text/json",
        "*/*",
        "application/*",
    ],
)
def test_json_has_many_names(media_type: str) -> None:
    assert content({media_type: {"schema": TEXT}}) == (media_type, TEXT)


@pytest.mark.parametrize(
    "media_type", ["multipart/form-data", "text/plain", "application/xml", "", "json", "x+jsonp"]
)
def test_other_media_types_are_not_ours_to_read(media_type: str) -> None:
    assert content({media_type: {"schema": TEXT}}) == (JSON_MEDIA_TYPE, None)


def test_the_first_json_with_a_schema_counts() -> None:
    kinds = {
        "text/csv": {"schema": {}},
        "application/a+json": {},
        "application/json": {"schema": TEXT},
        "*/*": {"schema": {}},
    }
    assert content(kinds) == ("application/json", TEXT)
    assert content({"application/a+json": {}}) == ("application/a+json", None)


def test_a_schema_that_is_a_reference_brings_along_what_it_needs() -> None:
    _, schema = content({"application/json": {"schema": {"$ref": "#/c"}}}, c=TEXT)
    assert schema == {"$ref": "#/$defs/c", "$defs": {"c": TEXT}}


def test_both_readings_of_nullable_are_there() -> None:
    found = schema_at({"openapi": "3.0.3", "x": {"type": "string", "enum": ["a"], "nullable": True}}, "/x")
    assert found.pointer == "/x"
    assert found.strict["enum"] == ["a"]
    assert found.lenient["enum"] == ["a", None]


def test_a_place_where_nothing_is_has_no_schema() -> None:
    with pytest.raises(LookupError):
        schema_at({}, "/x")


def test_references_are_followed_to_their_end() -> None:
    assert resolved(DOCUMENT, "/a", DOCUMENT["a"]) == ("/c", TEXT)
    assert resolved(DOCUMENT, "/c", DOCUMENT["c"]) == ("/c", TEXT)
    assert resolved(DOCUMENT, "/x", 7) == ("/x", 7)


@pytest.mark.parametrize("reference", ["#/nowhere", "other.json", "#/d", 5, None])
def test_a_dangling_reference_is_an_empty_object(reference: Any) -> None:
    document = {"d": {"$ref": "#/d"}}
    assert resolved(document, "/x", {"$ref": reference}) == ("/x", {})


@pytest.mark.parametrize("value", [None, 3, "x", [], True])
def test_what_has_no_members_has_none(value: Any) -> None:
    assert members(value) == []
    assert text(value) == (value if isinstance(value, str) else "")
