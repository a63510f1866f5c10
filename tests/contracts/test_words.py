import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON, pointer
from bodydouble.contracts.words import MAX_SHOWN, count, describe, either, one_of, place, show

json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)


@given(json_values)
def test_anything_is_shown_short_printable_and_without_a_traceback(value: JSON) -> None:
    shown = show(value)
    assert len(shown) <= MAX_SHOWN
    assert shown.isprintable()
    assert describe(value)


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20))
def test_a_short_text_is_shown_as_json(text: str) -> None:
    if text.isprintable():
        assert show(text) == json.dumps(text, ensure_ascii=False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 1_000_000, '"' + "x" * 57 + '…"'),
        ("\x1b[2J\x9b1A\u202e", r'"\u001b[2J\u009b1A\u202e"'),
        ("\ud800", r'"\ud800"'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (1.5, "1.5"),
        (10**400, "1" + "0" * 58 + "…"),
        (True, "true"),
    ],
)
def test_values_are_shown(value: JSON, shown: str) -> None:
    assert show(value) == shown


def test_an_integer_that_python_refuses_to_write_is_shown() -> None:
    assert show(10**5000) == "an integer of about 5000 digits"
    assert show([1, 10**5000]) == "[1…"


def test_what_is_nested_beyond_any_stack_is_shown() -> None:
    value: JSON = []
    for _ in range(100_000):
        value = [value]
    assert show(value) == "[" * 59 + "…"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (False, "false"),
        (12, "a number (12)"),
        (1.0, "a number (1.0)"),
        ("", "an empty string"),
        ("a", 'a string ("a")'),
        ([], "an empty array"),
        ([1], "an array of 1 item"),
        ([1, 2], "an array of 2 items"),
        ({}, "an empty object"),
        ({"a": 1}, "an object with 1 property"),
        ({"a": 1, "b": 2}, "an object with 2 properties"),
    ],
)
def test_values_are_described(value: JSON, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((), "the value"),
        (("prompt",), "prompt"),
        (("meta", "usage", "tokens_used"), "meta.usage.tokens_used"),
        (("images", 0, "url"), "images[0].url"),
        ((0,), "[0]"),
        (("odd key",), '["odd key"]'),
        (("a.b", "c/d"), '["a.b"]["c/d"]'),
        (("имя",), "имя"),
        (("",), '[""]'),
        (("9" * 100,), '["' + "9" * 57 + '…"]'),
        (("k" * 100,), '["' + "k" * 57 + '…"]'),
    ],
)
def test_places_are_named(tokens: tuple[str | int, ...], words: str) -> None:
    assert place(pointer(tokens)) == words


def test_amounts_agree_with_their_noun() -> None:
    assert [count(1, "item"), count(0, "item"), count(2, "property")] == ["1 item", "0 items", "2 properties"]


def test_options_are_listed_once_and_not_without_end() -> None:
    assert either(["a string"]) == "a string"
    assert either(["a", "b", "a", "c"]) == "a, b or c"
    assert either([str(i) for i in range(100)]).endswith("18, 19 or 80 more")
    assert either([]) == ""


def test_enumerations_are_listed() -> None:
    assert one_of(["a", "b", 1, None]) == 'one of "a", "b", 1, null'
    assert one_of(["video-01"]) == '"video-01"'
    assert one_of([]) == "nothing"
