import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.testing.allowances import Allowance, Budget, share


class Over(BaseException):
    """What a test sees in place of a job that is one too many."""


def over(reason: str) -> None:
    raise Over(reason)


@given(st.integers(0, 100), st.integers(1, 20))
def test_workers_together_get_all_and_no_more(most: int, workers: int) -> None:
    shares = [share(most, worker, workers) for worker in range(workers)]
    assert sum(each or 0 for each in shares) == most
    assert max(each or 0 for each in shares) - min(each or 0 for each in shares) <= 1


def test_any_number_is_shared_as_any_number() -> None:
    assert share(None, 0, 2) is None
    assert Budget().reserve(10**9)


def test_a_budget_grants_until_it_is_spent() -> None:
    budget = Budget(3)
    assert [budget.reserve(2), budget.reserve(2), budget.reserve(1), budget.reserve(1)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_test_that_submits_nothing_runs_on_an_empty_budget() -> None:
    assert Budget(0).reserve(0)


def test_one_job_too_many_is_stopped_before_it_is_submitted() -> None:
    allowance = Allowance(2, over)
    allowance.submit()
    allowance.submit()
    with pytest.raises(Over, match=r"double\(jobs=3\) asks for it"):
        allowance.submit()
    assert allowance.used == 2
