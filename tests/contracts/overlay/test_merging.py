import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.overlay.merging import IncompatibleError, changed, kind, merged, node_at, removed
from bodydouble.contracts.overlay.queries import Location, locations
from bodydouble.contracts.pointers import JSON

names = st.sampled_from("abcd")
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(names, children, max_size=4),
    max_leaves=20,
)


@st.composite
def values_with_places(draw: st.DrawFn) -> tuple[JSON, tuple[Location, ...]]:
    """A value and some of the places in it, in any order."""
    value = draw(values)
    everywhere = locations("$..*", value)
    return value, tuple(draw(st.lists(st.sampled_from(everywhere), unique=True))) if everywhere else ()


def test_kinds_are_what_merging_tells_apart() -> None:
    assert [kind(value) for value in ({}, [], None, True, 0, "")] == ["object", "array", *["primitive"] * 4]


@pytest.mark.parametrize(
    ("target", "update", "place"),
    [
        ({}, [], ""),
        ([], {}, ""),
        ({"a": {}}, {"a": None}, "/a"),
        ({"a": {"b/c": 1}}, {"a": {"b/c": {}}}, "/a/b~1c"),
        ({"a": [1]}, {"a": "x"}, "/a"),
        (1, [1], ""),
    ],
)
def test_values_of_different_kinds_do_not_merge(target: JSON, update: JSON, place: str) -> None:
    with pytest.raises(IncompatibleError, match=f"at '{place}'"):
        merged(target, update)


def test_an_incompatibility_says_which_kinds_met() -> None:
    with pytest.raises(
        IncompatibleError, match="cannot merge a primitive into the array at '/x/a'; to replace"
    ):
        merged({"a": []}, {"a": 1}, ("x",))


@given(st.dictionaries(names, values))
def test_merging_into_nothing_gives_the_update(update: dict[str, JSON]) -> None:
    assert merged({}, update) == update


@given(values)
def test_merging_nothing_changes_nothing(value: JSON) -> None:
    nothing: JSON = {} if isinstance(value, dict) else [] if isinstance(value, list) else value
    assert merged(value, nothing) == value


@given(values_with_places())
def test_changing_reaches_exactly_the_places(case: tuple[JSON, tuple[Location, ...]]) -> None:
    value, places = case
    before = copy.deepcopy(value)
    visited: list[Location] = []

    def note(node: JSON, place: Location) -> JSON:
        assert node == node_at(before, place)
        visited.append(place)
        return node

    assert changed(value, places, note) == before
    assert value == before
    assert sorted(visited, key=str) == sorted(places, key=str)


@given(values_with_places())
def test_changing_leaves_the_rest_as_it_was(case: tuple[JSON, tuple[Location, ...]]) -> None:
    value, places = case
    leaves = [place for place in places if kind(node_at(value, place)) == "primitive"]
    result = changed(value, leaves, lambda _node, _place: "changed")
    for place in locations("$..*", value):
        node = node_at(result, place)
        if kind(node) == "primitive":
            assert node == ("changed" if place in leaves else node_at(value, place))


@given(values_with_places())
def test_removing_takes_the_places_and_what_is_below_and_nothing_else(
    case: tuple[JSON, tuple[Location, ...]],
) -> None:
    value, places = case
    before = copy.deepcopy(value)
    doomed = {
        place for place in locations("$..*", value) if any(place[: len(gone)] == gone for gone in places)
    }
    result = removed(value, places)
    assert value == before
    assert len(locations("$..*", result)) == len(locations("$..*", value)) - len(doomed)


def test_what_does_not_change_is_shared() -> None:
    value: JSON = {"a": {"x": [1]}, "b": {"y": [2]}}
    result = changed(value, [("a",)], lambda node, _place: merged(node, {"z": 1}))
    assert node_at(result, ("b",)) is node_at(value, ("b",))
    assert node_at(result, ("a", "x")) is node_at(value, ("a", "x"))
    pruned = removed(value, [("a", "x")])
    assert node_at(pruned, ("b",)) is node_at(value, ("b",))


def test_the_root_cannot_be_removed() -> None:
    with pytest.raises(ValueError, match="the root"):
        removed({}, [()])


def test_a_hundred_thousand_places_are_changed_in_one_descent() -> None:
    value: JSON = {"l": list(range(100_000))}
    result = changed(value, locations("$.l[*]", value), lambda node, _place: node)
    assert result == value
    assert removed(value, locations("$.l[?@ >= 1]", value)) == {"l": [0]}
