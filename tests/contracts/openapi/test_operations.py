from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.openapi.aliases import ALIAS_OF, ALIASES, AliasError
from bodydouble.contracts.openapi.operations import METHODS, Operation, operations_of
from bodydouble.contracts.reading.fragments import Fragment
from tests.apis import TEXT, answering, document, posting, record
from tests.generating import JSON_VALUES


def read(paths: Mapping[str, Any], **more: Any) -> tuple[Operation, ...]:
    return operations_of(Fragment("a.json", document(paths, **more)))


def only(paths: Mapping[str, Any], **more: Any) -> Operation:
    (operation,) = read(paths, **more)
    return operation


def test_an_operation_is_read_with_its_place() -> None:
    found = only({"/v1/jobs": posting(record(a=TEXT), TEXT, "201", operationId="make")})
    assert (str(found), found.method, found.path, found.operation_id) == (
        "POST /v1/jobs",
        "post",
        "/v1/jobs",
        "make",
    )
    assert (found.source, found.pointer) == ("a.json", "/paths/~1v1~1jobs/post")
    assert found.request_required
    assert found.request is not None
    assert found.request.lenient == record(a=TEXT)
    assert [reply.status for reply in found.replies] == ["201"]


def test_every_method_is_read_in_any_case_and_nothing_else() -> None:
    item = {method.upper(): {} for method in METHODS} | {
        "summary": "s",
        "servers": [],
        "x-get": {},
        "connect": {},
    }
    assert [operation.method for operation in read({"/": item})] == list(METHODS)


def test_a_path_without_its_slash_gets_one() -> None:
    assert only({"v1/jobs": {"get": {}}}).path == "/v1/jobs"


def test_extensions_among_the_paths_are_none() -> None:
    assert read({"x-internal": {"get": {}}}) == ()


def test_parameters_of_the_path_hold_for_its_operations() -> None:
    shared = {
        "parameters": [{"name": "id", "in": "path"}],
        "get": {"parameters": [{"name": "page", "in": "query"}]},
    }
    assert [parameter.name for parameter in only({"/jobs/{id}": shared}).parameters] == ["id", "page"]


def test_a_path_item_elsewhere_is_read_together_with_what_stands_beside_the_reference() -> None:
    elsewhere = {"Job": {"get": {"operationId": "poll"}, "parameters": [{"name": "id", "in": "path"}]}}
    item = {"$ref": "#/components/pathItems/Job", "post": {"operationId": "make"}, ALIASES: ["/old"]}
    poll, make = read({"/jobs": item}, components={"pathItems": elsewhere})
    assert (poll.pointer, make.pointer) == ("/components/pathItems/Job/get", "/paths/~1jobs/post")
    assert [parameter.name for parameter in make.parameters] == ["id"]
    assert poll.paths == make.paths == ("/jobs", "/old")


@pytest.mark.parametrize("reference", ["#/nowhere", "other.yaml#/a", 5, None, "#/paths/~1jobs"])
def test_a_path_item_whose_reference_dangles_keeps_its_own_operations(reference: Any) -> None:
    assert str(only({"/jobs": {"$ref": reference, "get": {}}})) == "GET /jobs"


def test_a_request_body_elsewhere_is_read() -> None:
    body = posting(TEXT, TEXT)["post"]["requestBody"]
    node = {"post": {"requestBody": {"$ref": "#/components/requestBodies/Body"}}}
    found = only({"/jobs": node}, components={"requestBodies": {"Body": body}})
    assert found.request is not None
    assert found.request_required


def test_a_body_need_not_be_required() -> None:
    node = posting(TEXT, TEXT)
    node["post"]["requestBody"]["required"] = "true"
    assert not only({"/jobs": node}).request_required


# The success


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ({"404": {}, "201": {}, "200": {}}, "201"),
        ({"200": {}, **answering(TEXT, "202")}, "202"),
        ({"default": {}, "2XX": {}}, "2XX"),
        ({"404": {}, "default": {}}, "default"),
    ],
)
def test_the_success_is_the_first_2xx_with_a_schema_else_the_default(responses: Any, status: str) -> None:
    success = only({"/": {"get": {"responses": responses}}}).success
    assert success is not None
    assert success.status == status


def test_an_operation_may_have_no_success() -> None:
    assert only({"/": {"get": {"responses": {"404": {}}}}}).success is None


# Security

SCHEMES = {
    "bearer": {"type": "http", "scheme": "Bearer"},
    "oauth": {"type": "oauth2"},
    "key": {"type": "apiKey", "in": "header", "name": "x-key"},
    "basic": {"type": "http", "scheme": "basic"},
    "elsewhere": {"$ref": "#/components/securitySchemes/bearer"},
    "broken": 5,
}


def secured(root: Any, own: Any = None) -> tuple[str, ...]:
    node = {} if own is None else {"security": own}
    beside = {} if root is None else {"security": root}
    return only({"/": {"get": node}}, components={"securitySchemes": SCHEMES}, **beside).security


@pytest.mark.parametrize(
    ("root", "own", "schemes"),
    [
        (None, None, ()),
        ([{"bearer": []}], None, ("bearer",)),
        ([{"bearer": []}], [], ()),
        (None, [{"oauth": ["a"]}], ("oauth",)),
        (None, [{"bearer": [], "key": []}], ("bearer",)),
        (None, [{"bearer": []}, {"oauth": []}], ("bearer", "oauth")),
        (None, [{"bearer": []}, {}], ()),
        (None, [{"bearer": []}, {"key": []}], ()),
        (None, [{"basic": []}], ()),
        (None, [{"elsewhere": []}], ("elsewhere",)),
        (None, [{"missing": []}], ()),
        (None, [{"missing": []}, {"bearer": []}], ("bearer",)),
        (None, [{"broken": []}, {"bearer": []}], ("bearer",)),
        (None, "bearer", ()),
        (None, {"bearer": []}, ()),
    ],
)
def test_a_key_is_required_unless_there_is_a_way_in_without(
    root: Any, own: Any, schemes: tuple[str, ...]
) -> None:
    assert secured(root, own) == schemes


# Aliases


def test_aliases_lead_to_every_operation_of_the_path() -> None:
    found = read(
        {"/v2/jobs": {"get": {}, "post": {}, ALIASES: [{"path": "/v1/jobs", "deprecated": True}, "/v2/jobs"]}}
    )
    assert {operation.paths for operation in found} == {("/v2/jobs", "/v1/jobs")}
    assert found[0].aliases[0].deprecated


def test_aliases_of_an_operation_lead_to_it_alone() -> None:
    get, post = read({"/v2/jobs": {"get": {ALIASES: ["/v1/jobs"]}, "post": {}}})
    assert (get.paths, post.paths) == (("/v2/jobs", "/v1/jobs"), ("/v2/jobs",))


def test_an_operation_that_repeats_another_one_is_not_read_twice() -> None:
    paths = {
        "/v1/jobs": {"get": {ALIAS_OF: "/v2/jobs"}, "post": {}},
        "/v2/jobs": {"get": {ALIASES: ["/v1/jobs"]}},
    }
    assert [str(operation) for operation in read(paths)] == ["POST /v1/jobs", "GET /v2/jobs"]


def test_a_misstated_alias_is_an_error() -> None:
    with pytest.raises(AliasError):
        read({"/v2/jobs": {"get": {}, ALIASES: "/v1/jobs"}})


# Anything


def test_paths_that_are_no_object_hold_no_operation() -> None:
    assert operations_of(Fragment("a", {"paths": ["/jobs"]})) == ()
    assert operations_of(Fragment("a", {})) == ()


WORDS = st.sampled_from(
    [
        *("paths", "/a", "/a/{id}", "x-b", "get", "post", "parameters", "name", "in", "required", "schema"),
        *("requestBody", "content", "application/json", "responses", "200", "default", "headers", "$ref"),
        *(
            "security",
            "components",
            "securitySchemes",
            "operationId",
            "tags",
            "scheme",
            "properties",
            "id",
            "status",
        ),
    ]
)
REFERENCES = st.sampled_from(["#", "#/paths", "#/paths/~1a", "#/components", "#/nowhere", "#/paths/~1a/get"])
ANYTHING = st.recursive(
    JSON_VALUES | REFERENCES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, ANYTHING, max_size=4), st.dictionaries(st.sampled_from(["/a", "/b"]), ANYTHING))
def test_any_json_is_read(whole: dict[str, Any], paths: dict[str, Any]) -> None:
    for operation in operations_of(Fragment("a", {**whole, "paths": paths})):
        assert operation.method in METHODS
        assert operation.path.startswith("/")
        assert operation.success is None or operation.success in operation.replies
