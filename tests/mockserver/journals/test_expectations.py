import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.journals.expectations import (
    MOMENTS,
    OPERATIONS,
    Expectation,
    ExpectationError,
    expectations,
)


def test_an_example_is_read_as_it_is_meant() -> None:
    assert expectations(
        [
            {"operation": "submit", "exactly": 1},
            {"operation": "poll", "at_least": 2, "after": "submit"},
            {"operation": "poll", "exactly": 0, "after": "end"},
        ]
    ) == (
        Expectation(operation="submit", at_least=1, at_most=1),
        Expectation(operation="poll", at_least=2, after="submit"),
        Expectation(operation="poll", at_most=0, after="end"),
    )


def test_one_object_stands_for_a_list_of_one() -> None:
    one: JSON = {"at_most": 3, "before": "success", "job": "each", "status": 404}
    assert expectations(one) == (Expectation(at_most=3, before="success", job="each", status=404),)


def test_null_is_as_good_as_absence() -> None:
    assert expectations({"at_least": 1, "at_most": None, "job": None}) == (Expectation(at_least=1),)


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (Expectation(operation="submit", at_least=1, at_most=1), "exactly 1 submit"),
        (
            Expectation(operation="poll", at_least=2, after="submit"),
            "at least 2 polls after the first submit",
        ),
        (
            Expectation(operation="poll", at_most=0, after="end"),
            "no poll after the first reply that told the job's end",
        ),
        (Expectation(at_least=1, at_most=3, status=503), "1 to 3 requests with status 503"),
        (Expectation(at_most=1, job="each"), "at most 1 request about each job"),
        (
            Expectation(operation="result", job="a", before="running"),
            "any number of results about job a before the first reply that told running",
        ),
    ],
)
def test_an_expectation_says_itself_in_words(expectation: Expectation, words: str) -> None:
    assert str(expectation) == words


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "the list of expectations is empty; expected at least one"),
        (None, "expectation 1 is null; expected an object with operation, exactly"),
        (["poll"], 'expectation 1 is a string ("poll"); expected an object'),
        ({}, "expectation 1 is an empty object; expected an object with operation"),
        ([{"exactly": 1}, {"atleast": 1}], "expectation 2 has no member 'atleast'; did you mean 'at_least'"),
        ({"xyz": 1}, "expectation 1 has no member 'xyz'; known are operation, exactly, at_least"),
        (
            {"operation": "pol", "exactly": 1},
            "operation is a string (\"pol\"), which is nothing; did you mean 'poll'",
        ),
        ({"operation": "zz", "exactly": 1}, "known are submit, poll, result, unknown, control, any"),
        (
            {"after": "ende", "exactly": 1},
            "after is a string (\"ende\"), which is nothing; did you mean 'end'",
        ),
        ({"after": 1, "exactly": 1}, "after is a number (1); expected a string"),
        ({"exactly": -1}, "exactly is a number (-1); expected a whole number from 0 up"),
        ({"exactly": True}, "exactly is true; expected a whole number from 0 up"),
        ({"at_least": "1"}, 'at_least is a string ("1"); expected a whole number from 0 up'),
        ({"at_most": 1.5}, "at_most is a number (1.5); expected a whole number from 0 up"),
        ({"exactly": 1, "at_least": 1}, "has 'exactly' beside 'at_least' or 'at_most'; take one"),
        ({"at_least": 2, "at_most": 1}, "wants at least 2 and at most 1; nothing can meet that"),
        ({"operation": "poll"}, "names no number; expected exactly, at_least or at_most"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_would_be_right(value: JSON, message: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        expectations(value)
    assert message in str(refused.value)


values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["operation", "exactly", "at_least", "after", "job", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(values)
def test_any_value_is_read_or_refused(value: JSON) -> None:
    try:
        read = expectations(value)
    except ExpectationError:
        return
    assert all(one.operation in OPERATIONS and one.after in ("", *MOMENTS) for one in read)
