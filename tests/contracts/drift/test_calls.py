from typing import Any

import pytest

from bodydouble.contracts.drift.calls import servers_of

from .documents import document, drift, told, version


@pytest.mark.parametrize(
    ("levels", "urls"),
    [
        (("https://root.example/", None, None), ("https://root.example",)),
        (("https://root.example", "https://path.example", None), ("https://path.example",)),
        (("https://root.example", "https://path.example", "https://op.example"), ("https://op.example",)),
        (("/", None, None), ()),
        ((None, None, None), ()),
    ],
)
def test_the_nearest_level_that_names_servers_counts(
    levels: tuple[Any, Any, Any], urls: tuple[str, ...]
) -> None:
    made = document({})
    del made["servers"]
    nodes = (made, made["paths"]["/things"], made["paths"]["/things"]["post"])
    for node, url in zip(nodes, levels, strict=True):
        if url:
            node["servers"] = [{"url": url}, {"url": None}, "nonsense"]
    assert servers_of(version(made).operations[0]) == urls


def test_the_order_of_servers_and_a_slash_at_the_end_do_not_matter() -> None:
    old, new = (
        [{"url": "https://a.example"}, {"url": "https://b.example/"}],
        [{"url": "https://b.example"}, {"url": "https://a.example/"}],
    )
    assert drift({"servers": old}, {"servers": new}) == ()


def test_what_a_path_parameter_is_called_does_not_matter() -> None:
    assert drift({"path": "/things/{id}"}, {"path": "/things/{thing_id}/"}) == ()


def test_a_new_name_goes_without_saying_where_the_path_moved() -> None:
    body = {"type": "object", "properties": {"text": {"type": "string"}}}
    old = {"path": "/v1/things", "request": body, "operation": {"operationId": "old"}}
    new = {"path": "/v2/things", "request": body, "operation": {"operationId": "new"}}
    assert told(drift(old, new)) == ["breaking path-moved: path"]


def test_a_path_that_still_answers_as_an_alias_breaks_nobody() -> None:
    new = {"path": "/v2/things", "operation": {"x-bodydouble-aliases": ["/v1/things"]}}
    (change,) = drift({"path": "/v1/things"}, new)
    assert str(change.impact) == "safe"
    assert "/v1/things still answers" in change.message
