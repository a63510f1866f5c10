import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform

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


@given(
    st.sampled_from([Fixed(3), Uniform(2, 9), LogLogistic(55, 3, 1, 200), Empirical((1, 1, 8, 9))]),
    SHARES,
    SHARES,
)
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


QUANTILES = st.lists(SECONDS, min_size=1, max_size=8).map(sorted).map(tuple)


@given(QUANTILES, SHARES, SHARES)
def test_empirical_stays_within_what_was_measured_and_never_falls(
    quantiles: tuple[float, ...], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    measured = Empirical(quantiles)
    assert quantiles[0] <= measured.quantile(low) <= measured.quantile(high) <= quantiles[-1]


@given(QUANTILES)
def test_empirical_passes_through_its_quantiles(quantiles: tuple[float, ...]) -> None:
    steps = max(len(quantiles) - 1, 1)
    told = [Empirical(quantiles).quantile(number / steps) for number in range(len(quantiles))]
    assert told == pytest.approx(list(quantiles))


def test_empirical_goes_straight_from_one_quantile_to_the_next() -> None:
    assert [Empirical((0, 10, 30)).quantile(share) for share in (0, 0.25, 0.5, 0.75)] == [0, 5, 10, 20]


@pytest.mark.parametrize("quantiles", [(), (2, 1), (-1,), (0, float("inf")), (float("nan"),)])
def test_what_nobody_can_have_measured_is_refused(quantiles: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="never fall"):
        Empirical(quantiles)
