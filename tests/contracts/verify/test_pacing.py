import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.verify.pacing import LONGEST_WAIT, Pace, Time, backoff, is_readable, retry_after
from tests.verifying import exchange

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


def limited(value: str, **headers: str) -> float | None:
    return retry_after(exchange(429, headers={"retry-after": value, **headers}))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("9" * 5000, None),
    ],
)
def test_seconds_are_read_and_nothing_else_is_taken_for_them(value: str, seconds: float | None) -> None:
    assert limited(value) == seconds


def test_a_date_is_read_by_the_clock_of_the_server() -> None:
    assert limited("Wed, 21 Oct 2026 07:28:30 GMT", date=DATE) == 30
    assert limited("Wed, 21 Oct 2026 07:27:00 GMT", date=DATE) == 0
    assert limited("Wed, 21 Oct 2026 07:28:30 GMT") is None
    assert limited("Wed, 99 Oct 2026 07:28:30 GMT", date=DATE) is None


def test_nothing_is_asked_where_nothing_is_said() -> None:
    assert retry_after(exchange(429)) is None


def test_what_the_server_asks_counts_before_what_is_guessed_and_has_an_end() -> None:
    assert backoff(exchange(429, headers={"retry-after": "7"}), 1) == 7
    assert backoff(exchange(429, headers={"retry-after": "99999"}), 1) == LONGEST_WAIT
    assert backoff(exchange(429), 1) < backoff(exchange(429), 3)


@given(st.integers(0, 200))
def test_an_interval_grows_and_stays_within_its_bounds(polls: int) -> None:
    pace = Pace(interval=2, longest=9, growth=1.5)
    assert 2 <= pace.after(polls) <= 9
    assert pace.after(polls) <= pace.after(polls + 1)


def test_an_interval_that_the_user_sets_stays_as_it_is() -> None:
    assert Pace(30, 30, 1.0).after(10) == 30


def test_a_clock_that_is_moved_has_real_seconds_beside_its_own() -> None:
    moved = Time(lambda: 5.0, lambda _: None, wall=lambda: 7.0)
    assert (moved.moves, moved.clock(), moved.real()) == (True, 5.0, 7.0)
    waited = Time(lambda: 5.0, lambda _: None)
    assert (waited.moves, waited.real()) == (False, 5.0)


@pytest.mark.parametrize(
    ("value", "readable"), [("7", True), (DATE, True), ("soon", False), ("-1", False), ("", False)]
)
def test_both_forms_are_readable_and_nothing_else(value: str, readable: bool) -> None:  # noqa: FBT001 - a case
    assert is_readable(value) is readable
