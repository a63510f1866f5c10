from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.conventions import Price
from bodydouble.contracts.verify.budgets import Allotment, Limits, Spending, allot

few = st.integers(0, 60)
allotments = st.builds(Allotment, st.integers(1, 3), few, few, few)


@given(allotments, st.integers(0, 200))
def test_an_allotment_never_exceeds_the_limit_nor_what_is_wanted(wanted: Allotment, most: int) -> None:
    cut = allot(wanted, most)
    assert cut.total <= most
    assert cut.lives <= wanted.lives
    assert cut.corners <= wanted.corners
    assert cut.drawn <= wanted.drawn
    assert cut.stateful <= wanted.stateful


@given(allotments, st.integers(1, 200))
def test_whatever_is_allowed_one_life_is_followed_to_its_end(wanted: Allotment, most: int) -> None:
    assert allot(wanted, most).lives >= 1


@given(allotments, st.integers(0, 200))
def test_what_is_allowed_is_used(wanted: Allotment, most: int) -> None:
    cut = allot(wanted, most)
    assert cut.total >= min(most, wanted.total) - wanted.lives - max(0, wanted.stateful - cut.stateful)


def test_no_limit_cuts_nothing() -> None:
    wanted = Allotment(2, 30, 40, 60)
    assert allot(wanted, None) == wanted


def test_the_price_bounds_the_jobs() -> None:
    price = Price(usd=0.06)
    assert Limits(usd=0.3).jobs_at(price) == 5
    assert Limits(usd=0.29).jobs_at(price) == 4
    assert Limits(jobs=2, usd=0.3).jobs_at(price) == 2
    assert Limits(jobs=9, usd=0.0).jobs_at(price) == 0


def test_where_no_price_is_known_money_bounds_nothing() -> None:
    assert Limits(usd=1).jobs_at(Price()) is None
    assert Limits().jobs_at(Price(usd=1)) is None


def test_spending_ends_at_the_limit() -> None:
    spending = Spending(2)
    assert spending.left == 2
    spending.submitted()
    assert spending.may_submit()
    spending.submitted()
    assert not spending.may_submit()
    assert spending.left == 0
    assert Spending().left is None
    assert Spending(None, 10_000).may_submit()
