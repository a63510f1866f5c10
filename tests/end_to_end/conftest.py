"""The same tests against the double in process and over a socket; those of the zoos with one seed or with many."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from .doubles import KINDS, Double, Settings

MANY_SEEDS = 200


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes a ``fixed_seed`` once, with ``--many-seeds`` two hundred times."""
    if "fixed_seed" in metafunc.fixturenames:
        seeds = MANY_SEEDS if metafunc.config.getoption("--many-seeds") else 1
        metafunc.parametrize("fixed_seed", range(seeds))


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def double(kind: str) -> Iterator[Double]:
    """One double for all tests that leave it as it is."""
    with KINDS[kind](Settings()) as running:
        yield running


@pytest.fixture
def play(kind: str) -> Iterator[Callable[[Settings], Double]]:
    """Start a double of one's own."""
    with ExitStack() as running:
        yield lambda settings: running.enter_context(KINDS[kind](settings))
