from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from bodydouble.contracts.generating.leaves import integers, numbers, texts
from bodydouble.contracts.schema.validation import Validator

BOUNDS = st.sampled_from([-7, -1, 0, 0.1, 1, 2.5, 3, 10, 1e30, -1e308])


@given(st.data(), st.dictionaries(st.sampled_from(["minimum", "maximum"]), BOUNDS))
def test_numbers_lie_within_their_bounds(data: st.DataObject, bounds: dict[str, Any]) -> None:
    for kind, made in (("integer", integers(bounds)), ("number", numbers(bounds))):
        if not made.is_empty:
            assert Validator({"type": kind, **bounds}).is_valid(data.draw(made))


@pytest.mark.parametrize(
    "view",
    [
        {"exclusiveMinimum": 3, "exclusiveMaximum": 5},
        {"exclusiveMinimum": 0.1, "exclusiveMaximum": 0.2},
        {"multipleOf": 0.1, "minimum": 0, "maximum": 1},
        {"multipleOf": 2.5},
        {"multipleOf": 7, "minimum": 10**20},
    ],
)
@settings(max_examples=40)
@given(data=st.data())
def test_steps_and_open_bounds_are_kept(view: dict[str, Any], data: st.DataObject) -> None:
    for kind, strategy in (("number", numbers(view)), ("integer", integers(view))):
        if not strategy.is_empty and (kind, view.get("exclusiveMaximum")) != ("integer", 0.2):
            assert Validator({"type": kind, **view}).is_valid(data.draw(strategy))


def test_bounds_that_exclude_each_other_leave_nothing() -> None:
    assert integers({"minimum": 2, "maximum": 1}).is_empty
    assert numbers({"minimum": 2, "maximum": 1}).is_empty
    assert texts({"minLength": 2, "maxLength": 1}).is_empty


@given(st.data(), st.integers(0, 3), st.integers(0, 60))
def test_texts_have_a_length_that_fits(data: st.DataObject, least: int, more: int) -> None:
    view = {"minLength": least, "maxLength": least + more}
    assert least <= len(data.draw(texts(view))) <= least + more


@given(texts({"pattern": "^[a-c]{2,5}$"}))
def test_texts_match_their_pattern_to_the_end(text: str) -> None:
    assert Validator({"pattern": "^[a-c]{2,5}$"}).is_valid(text)


@pytest.mark.parametrize("pattern", ["(?u)a", "(", "a{1,99999999999}", "[[a]", "^(?:a|b)$|^c$"])
@settings(max_examples=10)
@given(data=st.data())
def test_an_expression_that_python_does_not_read_is_no_error(pattern: str, data: st.DataObject) -> None:
    assert isinstance(data.draw(texts({"pattern": pattern})), str)


@pytest.mark.parametrize("wanted", [2000, 0])
def test_the_lengths_at_the_bounds_are_drawn(wanted: int) -> None:
    quiet = settings(database=None, max_examples=500)
    assert find(texts({"maxLength": 2000}), lambda text: len(text) == wanted, settings=quiet) is not None


def test_a_text_shrinks_to_nothing_and_a_number_to_zero() -> None:
    quiet = settings(database=None)
    assert find(texts({}), lambda _text: True, settings=quiet) == ""
    assert find(numbers({}), lambda _number: True, settings=quiet) == 0
    assert find(integers({"minimum": 5}), lambda _number: True, settings=quiet) == 5
