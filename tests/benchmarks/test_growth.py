"""What is made of a server that was filled."""

import pytest

from .growth import Growth, table
from .load import Sample

GROWTH = Growth(2000, 700_000, (Sample(1500, 1.0, 0, 0, 0.001, 0.002), Sample(500, 1.0, 0, 0, 0.001, 0.008)))


def test_weight_and_waiting_are_per_job_and_per_slice() -> None:
    assert GROWTH.per_job == 350
    assert GROWTH.ratios == pytest.approx((2, 8))


def test_the_worst_slice_is_told_with_the_median() -> None:
    rows = {row[0]: row[1] for row in table(GROWTH).rows}
    assert rows["p99 / p50, median slice"] == "5.0"
    assert rows["p99 / p50, worst slice"] == "8.0"
    assert rows["bytes per job"] == "350"
