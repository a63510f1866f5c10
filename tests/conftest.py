"""What the whole suite shares: Hypothesis profiles, one marker, the way to upstream's files, and what a run leaves.

Every run that meets the zoos writes what found which animal to ``test-output/`` (tests/zoo_tables.py).
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from .unmeasured import unmeasured
from .zoo_tables import OUTPUT, Keeper

# Entry points would load them before coverage is measured; pyproject.toml keeps those out.
pytest_plugins = ("pytester", "bodydouble.contracts.testing.plugin", "bodydouble.mockserver.testing.plugin")

UPSTREAM = Path(__file__).parents[2] / "shared" / "upstream"

# A loaded machine stalls longer than any honest deadline: no example is timed, nor how long it takes to draw some, and
# pytest-timeout stops hangs.
settings.register_profile("dev", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--target", dest="double_target", action="append", help="The same as --double-target.")
    parser.addoption(
        "--many-seeds",
        action="store_true",
        help="Draw more: every sound server and client of the zoos with 200 seeds, every published schema. An hour.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds; leave out with -m 'not slow'")
    if not hasattr(config, "workerinput"):  # of pytest-xdist's processes, the one that hears of every test
        config.pluginmanager.register(Keeper(config.rootpath / OUTPUT), "zoo-tables")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with unmeasured(item.path, item.name.partition("[")[0]):
        return (yield)


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Return the folder of upstream's published files, or skip where it is not beside the checkout."""
    if not UPSTREAM.is_dir():
        pytest.skip("upstream's published files are not beside this checkout (../shared/upstream)")
    return UPSTREAM
