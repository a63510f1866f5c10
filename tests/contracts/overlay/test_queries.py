import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.overlay import queries
from bodydouble.contracts.overlay.queries import QueryError, compiled, locations
from bodydouble.contracts.pointers import JSON

SIGNS = ["$", ".", "..", "[", "]", "?", "@", "*", "==", "&&", "||", "!", "(", ")", ":", ","]
WORDS = ["a", "'a'", '"b"', "1", "-1", "0", "length", "count", "match", "search", "value", "true", "null"]


def refused(query: str, value: JSON = None) -> str:
    with pytest.raises(QueryError) as caught:
        locations(query, value)
    return str(caught.value)


def test_locations_are_names_and_indexes_from_the_root_in_document_order() -> None:
    value: JSON = {"b": [{"x": 1}, {"x": 2}], "a": {"x": 3}}
    assert locations("$..x", value) == (("b", 0, "x"), ("b", 1, "x"), ("a", "x"))
    assert locations("$", value) == ((),)
    assert locations("$.c", value) == ()


def test_a_node_that_is_found_twice_is_listed_once() -> None:
    assert locations("$['a','a',*]", {"a": 1}) == (("a",),)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "expected '$'"),
        ("paths", "expected '$'"),
        ("$.paths[", "unbalanced brackets"),
        ("$.paths./a", "unexpected shorthand selector '/' at character 9, after '$.paths.'"),
        ("$.get[?@.x-traits]", "at character 11, after '$.get[?@.x'"),
        ("$[?near(@.a)]", "function 'near' is not defined"),
        ("$[?length(@.*) > 1]", "must be of ValueType"),
        ("$[99999999999999999999]", "out of range"),
        ("$.a ", "trailing whitespace"),
    ],
)
def test_a_query_that_is_none_is_refused_with_the_place(query: str, reason: str) -> None:
    assert reason in refused(query)


@pytest.mark.parametrize(
    "query", ["$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]", "$[?" + "!" * 5000 + "@.a]"]
)
def test_a_filter_that_is_nested_absurdly_is_refused(query: str) -> None:
    assert "nested too deep" in refused(query)


def test_a_query_that_finds_the_same_nodes_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_NODES", 1000)
    value: JSON = [[list(range(5)) for _ in range(5)] for _ in range(5)]
    assert "more than 1,000 nodes" in refused("$..[*,*,*,*,*,*,*,*]", value)
    assert len(locations("$..*", value)) == 155


def test_nesting_beyond_what_the_library_descends_is_refused() -> None:
    value: JSON = 1
    for _ in range(150):
        value = [value]
    assert "recursion limit" in refused("$..a", value)


@given(st.lists(st.sampled_from([*SIGNS, *WORDS, " ", "'\\ud800'", "\U0001f600", "\\", "'"]), max_size=10))
def test_any_query_is_answered_or_refused(tokens: list[str]) -> None:
    with contextlib.suppress(QueryError):
        locations("$" + "".join(tokens), {"a": {"b": [1, {"a": "x"}]}, "b": [[], {}]})


@given(st.text(max_size=30))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with contextlib.suppress(QueryError):
        compiled(text)
