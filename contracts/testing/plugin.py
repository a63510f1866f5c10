"""The plugin that pytest loads: fixtures that hold replies, and whole servers, against the contract.

Registering it costs next to nothing: whatever a fixture needs is imported when the first test asks for it. ``contract``
may be overridden in a conftest.py; the others follow it.
"""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def contract() -> Any:
    """What is promised: a ``Contract`` of ``bodydouble.contracts.contract``, by default the bundled one.

    Override it to have your own API judged: ``return bodydouble.contracts.loading.load(["api.yaml"])``.
    """
    # What a run without the contract never needs.
    from bodydouble.contracts.bundle import bundled_contract  # noqa: PLC0415

    return bundled_contract()


@pytest.fixture
def exchange_checker(contract: Any) -> Any:
    """Judge replies: ``exchange_checker(response)`` fails with all that breaks the contract, histories included.

    Takes responses of httpx2, httpx and requests, or an ``Exchange``; ``exchange_checker.findings(response)`` returns
    what it finds instead.
    """
    # What a run without the contract never needs.
    from .exchange_checking import ExchangeChecker  # noqa: PLC0415

    return ExchangeChecker(_checked(contract))


@pytest.fixture
def job_machine(contract: Any) -> Any:
    """Judge a whole server: ``job_machine(app_or_url)`` plays interleaved lives of jobs, and fails with what breaks.

    Hypothesis draws what is submitted, polled and fetched, and in which order; what fails is made small.
    """
    # What a run without the contract never needs.
    from .job_checking import JobMachine  # noqa: PLC0415

    return JobMachine(_checked(contract))


def _checked(contract: Any) -> Any:
    # What a run without the contract never needs.
    from bodydouble.contracts.contract import Contract  # noqa: PLC0415

    if not isinstance(contract, Contract):
        pytest.fail(
            f"the fixture 'contract' gives {type(contract).__name__}; bodydouble expects a Contract of "
            "bodydouble.contracts.contract. Rename yours, or return what bodydouble.contracts.loading.load gives",
            pytrace=False,
        )
    return contract
