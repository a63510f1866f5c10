import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.limits import NEARLY, Bucket, RateLimit, spend, take

LIMITS = st.builds(RateLimit, st.integers(1, 50), st.floats(0.01, 100))
GAPS = st.lists(st.floats(0, 5), min_size=1, max_size=80)


@given(LIMITS, GAPS)
def test_no_stretch_of_time_gets_more_than_burst_and_rate_allow(limit: RateLimit, gaps: list[float]) -> None:
    now, bucket, allowed = 0.0, None, 0
    for gap in gaps:
        now += gap
        taken = take(limit, bucket, now)
        bucket, allowed = taken.bucket, allowed + taken.allowed
    since_first = now - gaps[0]
    assert allowed <= limit.burst + since_first * limit.per_second + NEARLY * (allowed + 1)


@given(LIMITS, GAPS)
def test_whoever_waits_as_told_gets_through(limit: RateLimit, gaps: list[float]) -> None:
    now, bucket = 1_767_225_600.0, None
    for gap in gaps:
        now += gap
        taken = take(limit, bucket, now)
        if not taken.allowed:
            now += taken.retry_after
            assert taken.retry_after >= 1
            taken = take(limit, taken.bucket, now)
            assert taken.allowed
        bucket = taken.bucket


def test_the_burst_comes_at_once_and_then_nothing_until_it_fills() -> None:
    limit, bucket = RateLimit(3, 0.5), None
    remaining = []
    for _ in range(3):
        taken = take(limit, bucket, 100)
        bucket = taken.bucket
        remaining.append(taken.remaining)
    assert remaining == [2, 1, 0]
    refused = take(limit, bucket, 100)
    assert (refused.allowed, refused.retry_after) == (False, 2)
    assert take(limit, refused.bucket, 102).allowed


def test_a_clock_that_runs_backwards_refills_nothing() -> None:
    limit = RateLimit(1, 1)
    taken = take(limit, None, 100)
    assert not take(limit, taken.bucket, 50).allowed
    assert not take(limit, take(limit, taken.bucket, 50).bucket, 100.5).allowed
    assert take(limit, Bucket(0, 100), 101).allowed


@pytest.mark.parametrize(("burst", "rate"), [(0, 1), (1, 0), (1, -1), (1, float("nan"))])
def test_a_limit_that_lets_nothing_through_is_refused(burst: int, rate: float) -> None:
    with pytest.raises(ValueError, match="lets something through"):
        RateLimit(burst, rate)


@given(st.integers(0, 1000), st.integers(0, 300), st.integers(0, 20))
def test_a_balance_pays_as_often_as_it_can_and_never_goes_below_zero(
    balance: int, price: int, times: int
) -> None:
    left: int | None = balance
    paid = 0
    for _ in range(times):
        ok, left = spend(left, price)
        paid += ok
    assert left == balance - paid * price
    assert left is not None
    assert left >= 0
    assert paid == (min(times, balance // price) if price else times)


def test_no_balance_never_ends() -> None:
    assert spend(None, 10**9) == (True, None)
