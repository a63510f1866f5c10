import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json

unicode_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | unicode_text,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(unicode_text, children, max_size=4),
    max_leaves=20,
)


def refused(text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse_json(text, "api.json")
    return caught.value


@given(values, st.sampled_from([None, 2]))
def test_what_json_writes_is_read_back(value: JSON, indent: int | None) -> None:
    document = parse_json(json.dumps(value, indent=indent), "api.json")
    assert document.value == value
    assert document.duplicates == ()


@given(st.text())
def test_any_text_is_read_or_refused_with_one_error(text: str) -> None:
    with contextlib.suppress(DocumentError):
        parse_json(text, "api.json")


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("", 1, 1, "a value"),
        ("{", 1, 2, "a name in double quotes"),
        ('{"a":\n ', 2, 2, "a value"),
        ('{"a" 1}', 1, 6, "a colon"),
        ("[1\n 2]", 2, 2, "a comma"),
        ("{'a': 1}", 1, 2, "a name in double quotes"),
        ("[1] [2]", 1, 5, "nothing after the end"),
        (r'["\x"]', 1, 3, "an escape that JSON knows"),
        ('["a\tb"]', 1, 4, "to be escaped"),
        ('["a', 1, 2, "the closing double quote"),
    ],
)
def test_an_error_names_the_place_and_what_was_expected(
    text: str, line: int, column: int, expected: str
) -> None:
    error = refused(text)
    assert (error.line, error.column) == (line, column)
    assert expected in error.expected
    assert error.message == "not JSON"


@pytest.mark.parametrize("text", ['{"paths": {"/a": {', '{"paths"', '{"a": "b', "["])
def test_a_text_that_ends_too_early_is_said_to_be_cut_off(text: str) -> None:
    assert "cut off" in refused(text).hint


def test_a_trailing_comma_is_refused_where_it_stands() -> None:
    error = refused('{"a": 1,\n}')
    assert error.message == "not JSON"
    assert error.line in (1, 2)  # newer decoders point at the comma, older ones at the brace


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_is_none_is_refused_where_it_stands_outside_strings(written: str) -> None:
    error = refused(f'{{"NaN Infinity 1e999": "\\"NaN -Infinity -1e999",\n "a": {written}}}')
    assert (error.line, error.column) == (2, 7)
    assert error.got == written
    assert error.expected == "a finite number"


def test_a_number_beyond_all_floats_is_refused_where_it_stands_without_an_exponent() -> None:
    error = refused('[1.5, "' + "9" * 400 + '.0",\n' + "9" * 400 + ".0]")
    assert (error.line, error.column) == (2, 1)


def test_a_very_long_integer_is_refused_where_it_stands() -> None:
    error = refused('["' + "9" * 5000 + '",\n' + "9" * 5000 + "]")
    assert (error.line, error.column) == (2, 1)
    assert "too long" in error.message


def test_a_large_finite_number_is_read() -> None:
    assert parse_json("[1e308]", "api.json").value == [1e308]
    assert math.isfinite(float(str(parse_json("1.5E-9", "api.json").value)))


@pytest.mark.parametrize("levels", [101, 5_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_absurd_nesting_is_refused(levels: int, opening: str, closing: str) -> None:
    assert "nested too deep" in refused(opening * levels + "1" + closing * levels).message


def test_nesting_of_a_hundred_levels_is_read() -> None:
    assert parse_json("[" * 100 + "]" * 100, "api.json").value


def test_half_a_surrogate_pair_is_refused() -> None:
    assert "surrogate" in refused(r'{"a": "\uD800"}').message


def test_of_repeated_names_the_last_wins_and_each_is_listed_once_with_its_pointer() -> None:
    document = parse_json(
        '{"a": {"b": 1, "b": 2, "b": 3}, "l": [{"x/y": 1, "x/y": 2}], "c": 1, "c": 2}', "api.json"
    )
    assert document.value == {"a": {"b": 3}, "l": [{"x/y": 2}], "c": 2}
    assert sorted(document.duplicates) == ["/a/b", "/c", "/l/0/x~1y"]


def test_equal_objects_in_other_places_are_not_taken_for_the_one_with_repeated_names() -> None:
    assert parse_json('[{"a": 1}, {"a": 0, "a": 1}]', "api.json").duplicates == ("/1/a",)


def test_a_hundred_thousand_repeated_names_are_no_hindrance() -> None:
    names = ",".join(f'"n{index % 50_000}": 1' for index in range(100_000))
    assert len(parse_json(f"{{{names}}}", "api.json").duplicates) == 50_000
