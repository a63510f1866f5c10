import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import (
    MAX_DEPTH,
    Document,
    DocumentError,
    checked,
    is_deeper,
    size,
    too_deep,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=2), children, max_size=3)
    ),
    max_leaves=20,
)


def nested(levels: int) -> JSON:
    value: JSON = 1
    for _ in range(levels):
        value = [value]
    return value


def depth(value: JSON) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def count(value: JSON) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(count, value.values()))
    return 1 + sum(map(count, value)) if isinstance(value, list) else 1


def test_an_error_says_what_where_expected_got_and_what_to_try() -> None:
    error = DocumentError(
        "api.json", "not JSON", line=3, column=7, expected="a comma", got="'}'", hint="look"
    )
    assert str(error) == (
        "api.json: line 3, column 7: not JSON\n  expected: a comma\n  got: '}'\n  try: look"
    )


def test_an_error_leaves_out_what_it_does_not_know() -> None:
    assert str(DocumentError("api.json", "the text is empty")) == "api.json: the text is empty"
    assert str(DocumentError("api.json", "odd", line=2)) == "api.json: line 2: odd"


def test_an_error_can_be_had_as_another_class_and_further_down() -> None:
    class OtherError(DocumentError):
        pass

    error = OtherError.of(
        DocumentError("a", "b", line=2, column=3, expected="c", got="d", hint="e"), lines_above=40
    )
    assert type(error) is OtherError
    assert (error.line, error.column) == (42, 3)
    assert (error.source, error.message, error.expected, error.got, error.hint) == ("a", "b", "c", "d", "e")


def test_nesting_up_to_the_limit_passes_and_beyond_it_fails() -> None:
    checked(Document(nested(MAX_DEPTH)), "", "api.json")
    with pytest.raises(DocumentError, match="nested too deep"):
        checked(Document(nested(MAX_DEPTH + 1)), "", "api.json")


def test_the_error_about_nesting_may_know_its_place() -> None:
    assert (too_deep("a", 4, 5).line, too_deep("a", 4, 5).column) == (4, 5)


def test_half_a_surrogate_pair_is_refused_before_it_breaks_an_encoder() -> None:
    with pytest.raises(DocumentError, match="surrogate") as caught:
        checked(Document({"title": "x\udfffy"}), r'{"title": "x\udfffy"}', "api.json")
    assert caught.value.got == r"'\udfff'"


def test_a_whole_surrogate_pair_is_a_character() -> None:
    document = Document({"title": "\N{FILM PROJECTOR}"})
    assert checked(document, r'{"title": "\ud83d\udcfd"}', "api.json") is document


@given(values, st.integers(0, 6))
def test_is_deeper_agrees_with_counting_levels(value: JSON, levels: int) -> None:
    assert is_deeper(value, levels) == (depth(value) > levels)


def test_a_value_nested_beyond_recursion_is_measured() -> None:
    assert is_deeper(nested(100_000), 50_000)
    assert size(nested(100_000), 10**6) == 100_001


@given(values)
def test_size_counts_every_value(value: JSON) -> None:
    assert size(value, 10**6) == count(value)


def test_size_stops_counting_soon_after_the_limit() -> None:
    shared: JSON = []
    for _ in range(200):
        shared = [shared, shared]
    assert 1000 < size(shared, 1000) < 5000
