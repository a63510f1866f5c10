from typing import Any

import pytest

from bodydouble.contracts.openapi.parameters import Parameter, parameters_of
from tests.apis import TEXT


def read(listed: Any, path: str = "/jobs/{id}", above: Any = None, **more: Any) -> tuple[Parameter, ...]:
    document = {
        "openapi": "3.0.3",
        "item": {"parameters": above},
        "operation": {"parameters": listed},
        **more,
    }
    return parameters_of(document, path, ("/item", document["item"]), ("/operation", document["operation"]))


def test_a_parameter_is_read_as_written() -> None:
    (found,) = read([{"name": "page", "in": "query", "required": True, "description": "d", "schema": TEXT}])
    assert (found.name, found.location, found.required, found.description) == ("page", "query", True, "d")
    assert found.schema is not None
    assert found.schema.lenient == TEXT


@pytest.mark.parametrize("location", [None, "body", "formData", 3, "PATH"])
def test_a_missing_or_unknown_place_is_guessed_from_the_path(location: Any) -> None:
    placed = {} if location is None else {"in": location}
    (in_path, elsewhere) = read([{"name": "id", **placed}, {"name": "page", **placed}])
    assert (in_path.location, in_path.required) == ("path", True)
    assert (elsewhere.location, elsewhere.required) == ("query", False)


def test_what_stands_in_the_path_is_required_whatever_is_written() -> None:
    (found,) = read([{"name": "id", "in": "path", "required": False}])
    assert found.required


@pytest.mark.parametrize("required", ["true", 1, None, []])
def test_required_is_a_boolean_or_nothing(required: Any) -> None:
    (found,) = read([{"name": "page", "in": "query", "required": required}])
    assert not found.required


def test_the_operations_parameter_replaces_that_of_the_path() -> None:
    above = [{"name": "id", "in": "query"}, {"name": "key", "in": "header"}]
    found = read(
        [{"name": "id", "in": "query", "required": True}, {"name": "id", "in": "header"}], above=above
    )
    assert [(p.name, p.location, p.required) for p in found] == [
        ("id", "query", True),
        ("key", "header", False),
        ("id", "header", False),
    ]


def test_references_are_followed_and_the_schema_is_found_where_it_stands() -> None:
    shared = {"Id": {"$ref": "#/shared/Real"}, "Real": {"name": "id", "in": "path", "schema": TEXT}}
    (found,) = read([{"$ref": "#/shared/Id"}], shared=shared)
    assert found.schema is not None
    assert found.schema.pointer == "/shared/Real/schema"


@pytest.mark.parametrize(
    "listed",
    [None, {}, "x", [None, 3, "x", [], {}], [{"in": "query"}], [{"name": 5}], [{"$ref": "#/nowhere"}]],
)
def test_what_is_no_parameter_is_passed_over(listed: Any) -> None:
    assert read(listed) == ()
