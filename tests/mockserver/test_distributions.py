import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.distributions import Distribution, Fixed, LogLogistic, Uniform

SECONDS = st.floats(0, 1e6)
SHARES = st.floats(0, 1, exclude_max=True)


@given(SECONDS, SHARES)
def test_fixed_is_always_the_same(seconds: float, share: float) -> None:
    assert Fixed(seconds).quantile(share) == seconds


@given(SECONDS, SECONDS, SHARES)
def test_uniform_stays_within_its_bounds(one: float, other: float, share: float) -> None:
    low, high = sorted((one, other))
    assert low <= Uniform(low, high).quantile(share) <= high


@given(st.floats(0.1, 1e4), st.floats(0.5, 20), SECONDS, SECONDS, SHARES)
def test_log_logistic_stays_within_its_bounds(
    mid: float, shape: float, one: float, other: float, share: float
) -> None:
    low, high = sorted((one, other))
    assert low <= LogLogistic(mid, shape, low, high).quantile(share) <= high


@given(st.sampled_from([Fixed(3), Uniform(2, 9), LogLogistic(55, 3, 1, 200)]), SHARES, SHARES)
def test_a_larger_share_is_never_shorter(distribution: Distribution, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert distribution.quantile(low) <= distribution.quantile(high)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [(Uniform(10, 20), 15), (LogLogistic(55, 3, 0, 1e9), 55)],
    ids=["uniform", "log"],
)
def test_half_of_the_durations_lie_below_the_median(distribution: Distribution, expected: float) -> None:
    assert distribution.quantile(0.5) == pytest.approx(expected)


def test_half_of_log_logistic_durations_lie_within_the_documented_range() -> None:
    distribution = LogLogistic(55, 2, 0, 1e9)
    assert distribution.quantile(0.25) == pytest.approx(55 / 3**0.5)
    assert distribution.quantile(0.75) == pytest.approx(55 * 3**0.5)
