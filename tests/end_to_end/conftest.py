"""The same tests against the double in process and over a socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .doubles import KINDS, Double, Settings


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


@pytest.fixture(scope="session")
def zoo_table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the table of broken servers and what found them is written."""
    named = request.config.getoption("--zoo-table")
    path = Path(named) if named else tmp_path_factory.mktemp("zoo") / "providers.md"
    if not path.exists():
        path.write_text("| server | flaw | found by | when | told as |\n|---|---|---|---|---|\n")
    return path
