import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.overlay.json_paths import joined, segments

QUERIES = [
    "$",
    "$.paths",
    "$.paths.*['get', 'post'].responses['200'].content[\"application/json\"]",
    "$..properties.a",
    "$..['a']",
    "$.*..*",
    "$[0][-1][1:3]",
    "$.a[?@.name == 'x]' && @['b']]..[*]",
    "$['it\\'s']",
    "$.ümlaut._x9",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_put_together_as_it_was(query: str) -> None:
    assert joined(segments(query)) == query


def test_segments_know_the_names_they_select() -> None:
    assert [part.names for part in segments("$.a['b', \"c\"][0].*[?@.x=='y']['it\\'s']")] == [
        ("a",),
        ("b", "c"),
        (),
        (),
        (),
        ("it's",),
    ]


def test_a_segment_knows_whether_it_looks_at_any_depth() -> None:
    assert [part.is_descendant for part in segments("$..a.b..[*]")] == [True, False, True]


@pytest.mark.parametrize(
    ("query", "old", "new", "expected"),
    [
        ("$.a", "a", "b", "$.b"),
        ("$..a", "a", "b-c", "$..['b-c']"),
        ("$.a", "a", "/v2/x", "$['/v2/x']"),
        ("$['a']", "a", "it's", "$['it\\'s']"),
        ("$['a', \"b\"]", "b", "c", "$['a', 'c']"),
        ("$[?@.name == 'a']", "a", "b", "$[?@.name == 'b']"),
    ],
)
def test_a_name_is_exchanged_in_the_notation_that_it_has(
    query: str, old: str, new: str, expected: str
) -> None:
    assert joined(tuple(part.renamed(old, new) for part in segments(query))) == expected


@pytest.mark.parametrize("query", ["", "a", "$ .a", "$.", "$...a", "$[", "$['a", "$.a[?'"])
def test_what_cannot_be_taken_apart_is_not_put_together_as_it_was(query: str) -> None:
    assert joined(segments(query)) != query


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4), st.text(min_size=1, max_size=6))
def test_any_name_can_be_given_and_is_found_by_the_library(names: list[str], new: str) -> None:
    query = "$" + "".join("['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']" for name in names)
    parts = segments(query)
    assert tuple(part.names for part in parts) == tuple((name,) for name in names)
    changed = parts[-1].renamed(names[-1], new)
    assert changed.names == (new,)
    if new.isprintable():
        found = jsonpath_rfc9535.find("$" + changed.text, {new: 1})
        assert [node.value for node in found] == [1]
