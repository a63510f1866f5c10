from typing import Any

import pytest

from bodydouble.contracts.drift.counterparts import counterparts, models_of, template

from .documents import document, version


def matched(old: list[Any], new: list[Any]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    found = counterparts(*(version(document({"operations": each})) for each in (old, new)))
    return (
        [(str(a), str(b)) for a, b in found.both],
        [str(each) for each in found.gone],
        [str(each) for each in found.come],
    )


def posting(path: str, model: str = "a", **properties: Any) -> dict[str, Any]:
    return {
        "path": path,
        "request": {"type": "object", "properties": {"model": {"enum": [model]}, **properties}},
    }


def test_method_and_path_come_first() -> None:
    old, new = [posting("/a"), posting("/b")], [posting("/b"), posting("/a")]
    assert matched(old, new) == ([("POST /a", "POST /a"), ("POST /b", "POST /b")], [], [])


def test_an_operation_that_moved_is_found_by_its_model() -> None:
    old, new = (
        [posting("/v2/generate/x"), posting("/other", "b")],
        [posting("/all/things"), posting("/other", "b")],
    )
    assert matched(old, new)[0] == [
        ("POST /v2/generate/x", "POST /all/things"),
        ("POST /other", "POST /other"),
    ]


def test_operations_that_share_nothing_are_not_the_same() -> None:
    old = [{"path": "/users", "method": "get", "reply": {"type": "object", "properties": {"name": {}}}}]
    new = [{"path": "/jobs", "method": "get", "reply": {"type": "object", "properties": {"state": {}}}}]
    assert matched(old, new) == ([], ["GET /users"], ["GET /jobs"])


def test_a_create_and_its_poll_under_one_path_are_two_operations() -> None:
    poll = {"path": "/a", "method": "get", "parameters": [{"name": "id", "in": "query", "schema": {}}]}
    assert matched([posting("/a", x={})], [poll]) == ([], ["POST /a"], ["GET /a"])


def test_the_same_call_by_another_method_is_the_same_operation() -> None:
    put = {**posting("/a", x={}), "method": "put"}
    assert matched([posting("/a", x={})], [put])[0] == [("POST /a", "PUT /a")]


def test_no_operation_is_matched_twice() -> None:
    old, new = [posting("/v1/a"), posting("/v1/b")], [posting("/v2/a")]
    both, gone, come = matched(old, new)
    assert (len(both), len(gone), len(come)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("path", "same"), [("/a/{id}/b", "/a/{}/b"), ("/a/", "/a"), ("/", "/"), ("/a/{x}.{y}", "/a/{}.{}")]
)
def test_a_template_leaves_out_what_is_not_sent(path: str, same: str) -> None:
    assert template(path) == same


def test_models_are_listed_texts() -> None:
    side = version(document(posting("/a", "m")))
    assert models_of(side, side.operations[0]) == ("m",)
    side = version(document({"request": {"type": "object", "properties": {"model": {"type": "string"}}}}))
    assert models_of(side, side.operations[0]) == ()
    side = version(document({}))
    assert models_of(side, side.operations[0]) == ()
