"""What the double is asked for, and how its share is taken."""

from dataclasses import replace

import pytest

from .load import Sample
from .throughput import CONTENDERS, LIMIT, WANTED, median, poll, share, table


def sample(rate: float, p99: float = 0.002) -> Sample:
    return Sample(int(rate), 1.0, 0, 0, 0.001, p99)


def test_the_median_slice_counts_not_the_best() -> None:
    found = median([sample(300), sample(100, p99=0.009), sample(200, p99=0.003)])
    assert (found.rate, found.p99) == (200, 0.003)


def test_the_cost_is_the_median_of_costs_whatever_the_rates() -> None:
    busy = [replace(sample(rate), busy=seconds) for rate, seconds in ((100, 0.1), (200, 0.6), (300, 0.6))]
    assert median(busy).cost == pytest.approx(0.002)


def test_a_share_is_taken_within_a_round_so_that_a_slow_one_counts_for_both() -> None:
    limit = [sample(1000), sample(200), sample(1000)]
    assert share([sample(600), sample(120), sample(500)], limit) == pytest.approx(0.6)


def test_shares_are_of_the_limit_for_the_same_kind_of_request() -> None:
    found = {
        (LIMIT, "create"): [sample(1000)],
        ("bodydouble", "create"): [sample(600)],
        (LIMIT, "poll"): [sample(2000)],
        ("bodydouble", "poll"): [sample(1500)],
    }
    rows = table(found, 1, 1).rows
    assert [row[:5] for row in rows] == [
        ("create", LIMIT, "1,000", "1.00", ""),
        ("create", "bodydouble", "600", "0.60", f"≥ {WANTED['create']:.2f}"),
        ("poll", LIMIT, "2,000", "1.00", ""),
        ("poll", "bodydouble", "1,500", "0.75", f"≥ {WANTED['poll']:.2f}"),
    ]


def test_hostile_ids_are_encoded_in_polls() -> None:
    assert poll("a/b:c d&e").target.endswith("?generation_id=a%2Fb%3Ac%20d%26e")


def test_the_limit_is_among_the_contenders_and_is_asked_for_everything() -> None:
    (limit,) = (contender for contender in CONTENDERS if contender.name == LIMIT)
    assert set(limit.kinds) == set(WANTED)
