from typing import Any

import pytest

from bodydouble.contracts.drift.security import OPEN, ways_of

from .documents import document, drift, told, version

SCHEMES = {
    "key": {"type": "http", "scheme": "bearer"},
    "other": {"type": "http", "scheme": "Bearer", "description": "The same by another name"},
    "basic": {"type": "http", "scheme": "basic"},
    "query": {"type": "apiKey", "in": "query", "name": "api_key"},
    "oauth": {"type": "oauth2", "flows": {}},
    "broken": "nonsense",
}


def asking(*ways: Any) -> dict[str, Any]:
    return {"security": [*ways], "components": {"securitySchemes": SCHEMES}}


def way(name: str, *scopes: str) -> dict[str, Any]:
    return {name: [*scopes]}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ([way("key")], [way("other")], []),
        ([way("key")], [way("basic")], ["breaking security-narrowed: security"]),
        ([way("key")], [way("key"), way("basic")], ["safe security-widened: security"]),
        ([way("key")], [way("key"), {}], ["risky security-removed: security"]),
        ([way("key")], [], ["risky security-removed: security"]),
        ([{}], [way("key")], ["breaking security-added: security"]),
        ([way("key")], [{**way("key"), **way("query")}], ["breaking security-narrowed: security"]),
        ([{**way("key"), **way("query")}], [way("key")], ["safe security-widened: security"]),
        ([way("oauth", "read")], [way("oauth", "read", "write")], ["breaking security-narrowed: security"]),
        ([way("key"), way("basic")], [way("basic"), way("key")], []),
    ],
)
def test_ways_in_are_sets_of_keys(old: Any, new: Any, lines: list[str]) -> None:
    assert told(drift(asking(*old), asking(*new))) == lines


@pytest.mark.parametrize("stated", [None, "key", [], [way("undefined")], [way("broken")], [7]])
def test_what_cannot_be_read_asks_for_nothing(stated: Any) -> None:
    made = document(asking())
    made["security"] = stated
    (operation,) = version(made).operations
    assert ways_of(operation) == {OPEN}


def test_an_operation_that_says_nothing_asks_for_what_the_document_asks() -> None:
    said = document(asking(way("key")))
    (operation,) = version(said).operations
    assert ways_of(operation) == {frozenset({"bearer key"})}
    said["paths"]["/things"]["post"]["security"] = []
    (operation,) = version(said).operations
    assert ways_of(operation) == {OPEN}
