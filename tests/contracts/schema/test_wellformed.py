import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.violations import Violation
from bodydouble.contracts.schema.wellformed import MAX_DEPTH, defects, is_json


def nested(levels: int, inner: JSON = None) -> JSON:
    value = inner
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, "\ud800", "a\udfffb", {"\ud800": 1}, 10**400, -(10**309)]
)
def test_what_is_no_json_is_refused_wherever_it_stands(value: JSON) -> None:
    for whole in (value, [1, value], {"a": {"b": value}}):
        assert not is_json(whole)
        assert defects(whole)


@pytest.mark.parametrize(
    "value", [None, 10**308, -(10**308), -(2**64), 1e308, 5e-324, -0.0, "😀", "\x00", {"": {}}, []]
)
def test_odd_json_is_json(value: JSON) -> None:
    assert is_json(value)
    assert defects(value) == ()


def test_integers_that_python_refuses_to_write_are_refused() -> None:
    for number in (10**5000, -(10**5000)):
        assert not is_json([number])
        assert [found.got for found in defects([number])] == ["a number (an integer of about 5000 digits)"]


def test_nesting_has_a_limit() -> None:
    assert is_json(nested(MAX_DEPTH))
    assert not is_json(nested(MAX_DEPTH + 1))
    assert defects(nested(MAX_DEPTH)) == ()
    assert [found.got for found in defects(nested(MAX_DEPTH + 1))] == ["more than 64 levels"]


def test_nesting_of_any_depth_neither_raises_nor_crashes() -> None:
    for levels in (1_000, 20_000, 200_000):
        assert not is_json(nested(levels))
        assert len(defects(nested(levels))) == 1


def test_everything_is_told_with_its_place() -> None:
    value: JSON = {"text": "\ud800", "numbers": [1, math.nan], "object": {"\udc00": "\ud800"}}
    assert defects(value) == (
        Violation(
            "/text", "text is text that is not valid Unicode", "valid Unicode", r'a string ("\ud800")', "json"
        ),
        Violation(
            "/numbers/1", "numbers[1] is nan, which is not a JSON number", "a finite number", "nan", "json"
        ),
        Violation(
            "/object",
            "object has a name that is not valid Unicode",
            "names that are valid Unicode",
            r'"\udc00"',
            "json",
        ),
    )


NUMBERS = st.sampled_from([10**308, 10**309, 10**400, -(10**400)])
any_python_json: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=10,
)


@given(any_python_json, st.integers(0, 2 * MAX_DEPTH))
def test_verdict_and_words_agree(value: JSON, levels: int) -> None:
    whole = nested(levels, value)
    assert is_json(whole) == (defects(whole) == ())


@given(any_python_json)
def test_what_a_strict_encoder_writes_as_utf_8_is_json(value: JSON) -> None:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        assert not is_json(value)
    else:
        assert is_json(value) or "is a number too large" in defects(value)[0].message
