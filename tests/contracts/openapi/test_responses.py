from typing import Any

import pytest

from bodydouble.contracts.openapi.responses import Reply, replies_of
from tests.apis import TEXT, answering


def read(responses: Any, **more: Any) -> list[Reply]:
    document = {"openapi": "3.0.3", "responses": responses, **more}
    return list(replies_of(document, "/responses", responses))


def test_replies_stand_in_document_order() -> None:
    found = read({**answering(TEXT, "404"), **answering(TEXT, "200"), **answering(TEXT, "default")})
    assert [reply.status for reply in found] == ["404", "200", "default"]


@pytest.mark.parametrize(
    ("key", "status", "code", "success"),
    [
        ("200", "200", 200, True),
        ("201", "201", 201, True),
        ("2XX", "2XX", 200, True),
        ("2xx", "2XX", 200, True),
        ("default", "default", 200, False),
        ("Default", "default", 200, False),
        ("404", "404", 404, False),
        ("5XX", "5XX", 500, False),
    ],
)
def test_a_key_is_a_code_a_range_or_default(key: str, status: str, code: int, *, success: bool) -> None:
    (found,) = read(answering(TEXT, key))
    assert (found.status, found.status_code, found.is_success) == (status, code, success)


@pytest.mark.parametrize(
    "key", ["", "20", "2000", "600", "099", "200 OK", "x-note", "\uff12\uff10\uff10", "2XXX", "OK", "200\n"]
)
def test_a_key_that_is_no_status_is_passed_over(key: str) -> None:
    assert read(answering(TEXT, key)) == []


@pytest.mark.parametrize("node", [None, 3, "x", [], True])
def test_a_reply_that_is_no_object_is_passed_over(node: Any) -> None:
    assert read({"200": node}) == []
    assert read(node) == []


def test_a_reply_without_content_has_no_schema() -> None:
    (found,) = read({"201": {"description": "made"}})
    assert (found.schema, found.media_type, found.description) == (None, "application/json", "made")


def test_references_are_followed() -> None:
    shared = {"Ok": {"$ref": "#/shared/Fine"}, "Fine": answering(TEXT)["200"]}
    (found,) = read({"200": {"$ref": "#/shared/Ok"}}, shared=shared)
    assert found.schema is not None
    assert found.schema.pointer == "/shared/Fine/content/application~1json/schema"


def test_headers_are_read_with_their_schemas_through_references() -> None:
    headers = {"x-id": {"$ref": "#/shared/Id"}, "x-b": {"description": 5, "required": "yes"}, "x-c": None}
    shared = {"Id": {"description": "whose", "required": True, "schema": TEXT}}
    (found,) = read({"200": {"headers": headers}}, shared=shared)
    first, second = found.headers
    assert (first.name, first.description, first.required) == ("x-id", "whose", True)
    assert first.schema is not None
    assert first.schema.strict == TEXT
    assert (second.name, second.description, second.required, second.schema) == ("x-b", "", False, None)
