from typing import Any

import pytest

from bodydouble.contracts.exporting.export_groups import Group, groups_of
from bodydouble.contracts.exporting.export_parts import (
    any_of,
    content_of,
    described,
    filled,
    headers_in,
    is_deprecated,
    parameters_in,
    phrase,
)
from bodydouble.contracts.openapi.operations import Reply, Schema
from bodydouble.contracts.openapi.responses import Header
from bodydouble.contracts.schema.components import Components
from tests.apis import TEXT, contract, jobs

ID = {"name": "id", "in": "query", "required": True, "schema": TEXT}


def creates(*documents: dict[str, Any]) -> Group:
    return groups_of(contract(*documents).patterns)[0]


def with_post(model: str = "a", **members: Any) -> dict[str, Any]:
    document = jobs(model)
    document["paths"]["/jobs"]["post"] |= members
    return document


def test_what_says_nothing_is_left_out() -> None:
    assert filled({"a": "", "b": [], "c": {}, "d": None, "e": False, "f": 0}) == {"e": False, "f": 0}


def test_equal_schemas_are_one_and_true_is_not_one() -> None:
    assert any_of([TEXT, dict(TEXT)]) == TEXT
    assert any_of([{"const": 1}, {"const": True}]) == {"anyOf": [{"const": 1}, {"const": True}]}


def test_descriptions_are_kept_where_they_are_what_openapi_demands() -> None:
    kept = described(creates(with_post(summary="s", description="d", tags=["a", 5], deprecated=True)))
    assert kept == {"summary": "s", "description": "d", "tags": ["a"], "deprecated": True}
    assert described(creates(with_post(summary=5, description=[], tags="a", deprecated="yes"))) == {
        "tags": []
    }


def test_an_alias_on_its_way_out_is_deprecated_and_the_path_itself_is_not() -> None:
    document = jobs("a")
    document["paths"]["/jobs"]["x-bodydouble-aliases"] = [{"path": "/old", "deprecated": True}, "/new"]
    groups = groups_of(contract(document).patterns)
    assert [group.path for group in groups if is_deprecated(group)] == ["/old", "/old"]


# Parameters


def parameters(group: Group) -> list[Any]:
    return list(parameters_in(group, Components()))


def test_a_parameter_that_not_all_parts_demand_is_optional() -> None:
    header = {"name": "x-a", "in": "header", "required": True, "description": "why", "schema": TEXT}
    both = creates(with_post("a", parameters=[header]), with_post("b", parameters=[header]))
    one = creates(with_post("a", parameters=[header]), with_post("b"))
    assert parameters(both) == [header]
    assert parameters(one) == [header | {"required": False}]


def test_different_schemas_of_one_parameter_are_alternatives() -> None:
    group = creates(
        with_post("a", parameters=[{"name": "x", "in": "query", "schema": TEXT}]),
        with_post("b", parameters=[{"name": "x", "in": "query"}]),
    )
    assert parameters(group)[0]["schema"] == {"anyOf": [TEXT, {}]}


def test_what_the_path_names_is_there_and_nothing_else_in_the_path_is() -> None:
    document = jobs("a", "/{project}/jobs")
    document["paths"]["/{project}/jobs"]["post"]["parameters"] = [
        {"name": "other", "in": "path", "schema": TEXT}
    ]
    assert parameters(creates(document)) == [
        {"name": "project", "in": "path", "required": True, "schema": {}}
    ]


# Replies


def test_a_header_that_not_all_replies_have_is_optional() -> None:
    header = Header("x-id", "whose", required=True, schema=Schema("", TEXT, TEXT))
    with_it = Reply("200", "application/json", None, "", (header,))
    without = Reply("200", "application/json", None)
    told = {"description": "whose", "required": True, "schema": TEXT}
    assert headers_in([with_it, with_it], Components()) == {"x-id": told}
    assert headers_in([with_it, without], Components()) == {"x-id": told | {"required": False}}


def test_a_header_without_a_schema_may_hold_anything() -> None:
    reply = Reply("200", "application/json", None, "", (Header("x", "", required=False, schema=None),))
    assert headers_in([reply], Components()) == {"x": {"required": False, "schema": {}}}


def test_content_is_told_by_media_type() -> None:
    one, other = Reply("200", "a/json", None), Reply("200", "b/json", None)
    assert content_of([(one, TEXT), (other, {}), (one, None)]) == {
        "a/json": {"schema": TEXT},
        "b/json": {"schema": {}},
    }
    assert content_of([(one, None)]) == {}


@pytest.mark.parametrize(
    ("status", "words"),
    [("200", "OK"), ("404", "Not Found"), ("299", "Any other reply"), ("2XX", "Any other reply")],
)
def test_a_reply_that_nobody_described_is_called_by_its_code(status: str, words: str) -> None:
    assert phrase(status) == words
