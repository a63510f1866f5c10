from typing import Any

import pytest

from bodydouble.contracts.generating.changes import Change, Inapplicable, putting


@pytest.mark.parametrize(
    ("pointer", "after"),
    [
        ("", "new"),
        ("/a", {"a": "new", "b": [1, {"c": 2}]}),
        ("/z", {"a": 0, "b": [1, {"c": 2}], "z": "new"}),
        ("/b/1/c", {"a": 0, "b": [1, {"c": "new"}]}),
    ],
)
def test_a_value_is_put_at_its_place_and_nowhere_else(pointer: str, after: Any) -> None:
    before: Any = {"a": 0, "b": [1, {"c": 2}]}
    assert putting(pointer, "new", "new").applied(before) == after
    assert before == {"a": 0, "b": [1, {"c": 2}]}


@pytest.mark.parametrize("pointer", ["/x/y", "/b/7", "/a/z", "/b/1/c/d"])
def test_where_there_is_no_such_place_nothing_can_be_put(pointer: str) -> None:
    with pytest.raises(Inapplicable):
        putting(pointer, "new", "new").applied({"a": 0, "b": [1, {"c": 2}]})


def test_what_does_not_suit_the_value_is_inapplicable() -> None:
    with pytest.raises(Inapplicable):
        Change("/a", "one more", lambda old: old + 1).applied({"a": "text"})  # type: ignore[operator]


def test_a_change_says_what_it_does_where() -> None:
    assert putting("/a/0", "null", None).label == "a[0]: null"
