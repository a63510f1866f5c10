"""The fixtures of the contract's side, as this run has them; a run of users' own is under tests/mockserver/testing."""

from typing import Any

import pytest

from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.testing import plugin
from bodydouble.contracts.testing.exchange_checking import ExchangeChecker
from bodydouble.contracts.testing.job_checking import JobMachine


def test_the_contract_is_the_bundled_one_unless_it_is_overridden(contract: Contract) -> None:
    assert contract.patterns == bundled_contract().patterns


def test_the_other_fixtures_judge_by_it(exchange_checker: Any, job_machine: Any, contract: Contract) -> None:
    assert isinstance(exchange_checker, ExchangeChecker)
    assert isinstance(job_machine, JobMachine)
    assert exchange_checker._contract is job_machine._contract is contract


def test_every_fixture_teaches_its_use() -> None:
    for name in ("contract", "exchange_checker", "job_machine"):
        assert (getattr(plugin, name).__doc__ or "").strip()


class TestOverridden:
    @pytest.fixture
    def contract(self) -> str:
        return "somebody else's"

    def test_a_fixture_of_that_name_that_is_no_contract_is_told_apart(
        self, request: pytest.FixtureRequest
    ) -> None:
        with pytest.raises(pytest.fail.Exception, match=r"'contract' gives str; .* Rename yours"):
            request.getfixturevalue("exchange_checker")
