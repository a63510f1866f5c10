from typing import Any

import pytest

from bodydouble.contracts.generating.changes import Inapplicable
from bodydouble.contracts.generating.parts import EXTRA, part_changes
from bodydouble.contracts.generating.places import Place


def made(value: Any, **view: Any) -> dict[str, Any]:
    found = {}
    for change in part_changes(Place("", view)):
        try:
            found[change.what] = change.applied(value)
        except Inapplicable:
            continue
    return found


def test_each_property_is_left_out_once_and_one_is_added() -> None:
    value = {"a": 1, "b": 2}
    assert made(value, properties={"a": {}, "b": {}}) == {
        'without "a"': {"b": 2},
        'without "b"': {"a": 1},
        "with a property that is not declared": {"a": 1, "b": 2, EXTRA: "text"},
    }


def test_an_array_has_every_length_at_its_bounds_and_just_beyond() -> None:
    lengths = [len(items) for items in made([1, 2], items={}, minItems=2, maxItems=5).values()]
    assert lengths == [0, 1, 2, 5, 6, 2]


def test_items_made_to_fill_an_array_differ() -> None:
    filled = made(["a"], items={}, maxItems=4)["4 items exactly"]
    assert len(set(filled)) == 4


def test_listed_items_are_taken_from_the_list() -> None:
    filled = made(["a"], items={"enum": ["a", "b", "c"]}, maxItems=3)["3 items exactly"]
    assert filled == ["a", "b", "c"]


def test_an_item_stands_twice() -> None:
    assert made([1, 2, 3], items={})["an item twice"] == [1, 1, 2]


@pytest.mark.parametrize("value", [None, 5, "text", True, []])
def test_what_has_no_parts_loses_none(value: Any) -> None:
    assert "without" not in " ".join(made(value, properties={"a": {}}, items={}))


def test_a_huge_array_is_not_made() -> None:
    assert max(map(len, made([1], items={}, minItems=10**9, maxItems=10**9).values())) <= 200
