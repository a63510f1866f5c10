from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.verify.asking import Asked, Meant, result
from bodydouble.contracts.verify.targets import Numbers, Stamps, exchange_of, is_loopback_host


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_stamps_only_grow_whatever_the_clock_does(times: list[float]) -> None:
    clock = iter([times[0], *times])
    stamps = Stamps(lambda: next(clock))
    seen = [stamps() for _ in times]
    assert all(one < other for one, other in pairwise(seen))


def test_numbers_count_from_one() -> None:
    numbers = Numbers()
    assert [numbers(), numbers()] == [1, 2]


def test_an_exchange_never_holds_the_key() -> None:
    asked = Asked(Meant.POLL, "GET", "/a?b=c", (("x", "y"),))
    exchange = exchange_of(asked, (0.0, 1.0, 2.0), 3, status=200)
    assert exchange.request.fields == (("x", "y"), ("authorization", "Bearer [key]"))
    assert (exchange.path, exchange.query, exchange.started, exchange.ended) == ("/a", "b=c", 0.0, 2.0)


def test_an_exchange_about_a_result_has_its_path() -> None:
    exchange = exchange_of(result("https://a.example/x.mp4?s=1"), (0.0, 0.0, 0.0), 1)
    assert (exchange.path, exchange.query) == ("/x.mp4", "s=1")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.0.9", "::1", "api.localhost"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "example.com", "127.0.0.1.example.com", "128.0.0.1", "localhost.example", "127.0.1"],
)
def test_other_machines_are_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback_host(host)
