from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import escape, join, look_up, pointer, tokens_of, unescape

NAMES = st.text(max_size=12) | st.sampled_from(["~", "/", "~1", "~0", "a/b", "m~n", "", "0", "$ref"])
DOCUMENT: dict[str, Any] = {"a": [10, {"b/c": {"~": 1}}], "": {"": 2}, "0": "zero"}


@given(NAMES)
def test_an_escaped_name_reads_back(name: str) -> None:
    assert unescape(escape(name)) == name
    assert "/" not in escape(name)


@given(st.lists(NAMES, max_size=6))
def test_a_pointer_reads_back_as_the_names_it_was_made_of(names: list[str]) -> None:
    assert tokens_of(pointer(names)) == tuple(names)


@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_joining_goes_further_down(base: list[str], names: list[str]) -> None:
    assert join(pointer(base), *names) == pointer([*base, *names])


@pytest.mark.parametrize(
    ("text", "value"),
    [("", DOCUMENT), ("/a/0", 10), ("/a/1/b~1c/~0", 1), ("//", 2), ("/0", "zero")],
)
def test_a_pointer_names_a_value(text: str, value: object) -> None:
    assert look_up(DOCUMENT, text) == value


@pytest.mark.parametrize(
    "text", ["/b", "/a/2", "/a/-", "/a/00", "/a/01", "/a/-1", "/a/٣", "/a/" + "9" * 5000, "/a/0/x", "/0/0"]
)
def test_what_names_nothing_is_a_lookup_error(text: str) -> None:
    with pytest.raises(LookupError):
        look_up(DOCUMENT, text)


def test_what_is_no_pointer_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="begins with '/'"):
        tokens_of("a/b")
