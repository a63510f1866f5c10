import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.http.conditions import outcome, range_applies

TAG = '"abc"'
BEFORE = "Sun, 22 Nov 2026 10:00:00 GMT"
NOW = "Sun, 22 Nov 2026 11:00:00 GMT"
AFTER = "Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"if-none-match": TAG}, 304),
        ({"if-none-match": f'"x", W/{TAG}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-none-match": "abc"}, 200),
        ({"if-none-match": ""}, 200),
        ({"if-modified-since": NOW}, 304),
        ({"if-modified-since": AFTER}, 304),
        ({"if-modified-since": BEFORE}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, 200),
        ({"if-match": TAG}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": f"W/{TAG}"}, 412),
        ({"if-match": '"x", "y"'}, 412),
        ({"if-unmodified-since": NOW}, 200),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"if-unmodified-since": "yesterday"}, 200),
        ({"if-match": TAG, "if-unmodified-since": BEFORE}, 200),
        ({"if-match": TAG, "if-none-match": TAG}, 304),
        ({"if-match": '"x"', "if-none-match": TAG}, 412),
    ],
)
def test_preconditions_are_judged_in_their_order(headers: dict[str, str], status: int) -> None:
    assert outcome(headers, TAG, NOW) == status


@pytest.mark.parametrize(
    ("field", "applies"),
    [
        (None, True),
        (TAG, True),
        (NOW, True),
        (f"W/{TAG}", False),
        ('"x"', False),
        (AFTER, False),
        ("", False),
    ],
)
def test_a_range_applies_to_exactly_what_the_client_has(field: str | None, *, applies: bool) -> None:
    assert range_applies({} if field is None else {"if-range": field}, TAG, NOW) is applies


fields = st.sampled_from(
    ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"]
)
dates = st.text('SunNov0123456789:, GMT+-()\\"', max_size=40)


@given(st.dictionaries(fields, st.text() | dates))
def test_any_field_is_judged_without_an_exception(headers: dict[str, str]) -> None:
    assert outcome(headers, TAG, NOW) in {200, 304, 412}
    assert range_applies(headers, TAG, NOW) in {True, False}
