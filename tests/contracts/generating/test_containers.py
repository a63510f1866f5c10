from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from bodydouble.contracts.generating.containers import MORE, arrays, objects
from bodydouble.contracts.generating.library import SearchStrategy
from bodydouble.contracts.pointers import JSON

QUIET = settings(database=None, max_examples=500)


def inner(schema: JSON) -> SearchStrategy[JSON]:
    """Stand-in for the strategies of parts: a forbidden one is empty, names are letters, all else small numbers."""
    if schema == {"not": {}}:
        return st.nothing()
    if isinstance(schema, dict) and ("allOf" in schema or "pattern" in schema):
        return st.text("abc", min_size=1, max_size=3)
    return st.integers(0, 9)


def made(view: dict[str, Any], *, extras: bool = True) -> SearchStrategy[Any]:
    return objects(view, inner, extras=extras)


@given(made({"properties": {"a": {}, "b": {}}, "required": ["a"]}))
def test_what_is_required_is_there(value: dict[str, Any]) -> None:
    assert "a" in value


@given(made({"properties": {"a": {}, "b": {}}}, extras=False))
def test_without_extras_only_what_is_declared_is_there(value: dict[str, Any]) -> None:
    assert value.keys() <= {"a", "b"}


@given(made({"properties": {"a": {}}, "additionalProperties": {"not": {}}}))
def test_what_is_forbidden_is_not_there(value: dict[str, Any]) -> None:
    assert value.keys() <= {"a"}


@given(made({"properties": {"a": {}, "gone": {"not": {}}}}))
def test_a_property_that_nothing_fits_is_left_out(value: dict[str, Any]) -> None:
    assert "gone" not in value


def test_an_object_that_needs_what_nothing_fits_does_not_exist() -> None:
    assert made({"properties": {"gone": {"not": {}}}, "required": ["gone"]}).is_empty


@given(made({"minProperties": 3, "maxProperties": 4}, extras=False))
def test_an_object_has_as_many_members_as_it_must(value: dict[str, Any]) -> None:
    assert 3 <= len(value) <= 4


@given(made({"properties": {key: {} for key in "abcdef"}, "maxProperties": 2, "required": ["f"]}))
def test_an_object_has_no_more_members_than_it_may(value: dict[str, Any]) -> None:
    assert len(value) <= 2
    assert "f" in value


@pytest.mark.parametrize("name", ["a", "b", "x_extra"])
def test_each_member_is_there_and_absent_now_and_then(name: str) -> None:
    strategy = made({"properties": {"a": {}, "b": {}}})
    assert name in find(strategy, lambda value: name in value, settings=QUIET)
    assert find(strategy, lambda value: name not in value, settings=QUIET) == {}


@given(arrays({"items": {}, "minItems": 2, "maxItems": 3}, inner))
def test_an_array_has_as_many_items_as_it_must(value: Any) -> None:
    assert 2 <= len(value) <= 3


@given(arrays({"items": {}, "uniqueItems": True, "minItems": 5}, inner))
def test_items_that_must_differ_do(value: Any) -> None:
    assert len(set(value)) == len(value) >= 5


@given(arrays({"prefixItems": [{"pattern": ""}], "items": {}}, inner))
def test_leading_items_are_of_their_own_kind(value: Any) -> None:
    assert all(isinstance(item, str) for item in value[:1])
    assert all(isinstance(item, int) for item in value[1:])


@given(arrays({"items": {}, "contains": {"pattern": ""}, "minContains": 2, "minItems": 4}, inner))
def test_what_must_be_contained_is(value: Any) -> None:
    assert sum(isinstance(item, str) for item in value) >= 2
    assert len(value) >= 4


def test_an_array_of_what_nothing_fits_is_empty_or_does_not_exist() -> None:
    nothing = {"items": {"not": {}}}
    assert find(arrays(nothing, inner), lambda _value: True, settings=QUIET) == []
    assert arrays({**nothing, "minItems": 1}, inner).is_empty


def test_arrays_stay_small() -> None:
    with pytest.raises(Exception, match=r".*"):
        find(arrays({"items": {}}, inner), lambda value: len(value) > MORE, settings=QUIET)  # type: ignore[arg-type]


def test_a_size_that_nobody_could_send_is_not_drawn() -> None:
    assert arrays({"minItems": 10**9}, inner).is_empty
    assert made({"minProperties": 10**9}).is_empty
