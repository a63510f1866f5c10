"""What the whole suite shares: Hypothesis profiles, one marker, and the way to upstream's files."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Entry points would load them before coverage is measured; pyproject.toml keeps those out.
pytest_plugins = ("pytester", "bodydouble.contracts.testing.plugin", "bodydouble.mockserver.testing.plugin")

UPSTREAM = Path(__file__).parents[2] / "shared" / "upstream"

# A loaded machine stalls longer than any honest deadline: no example is timed, pytest-timeout stops hangs.
settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--zoo-table", metavar="FILE", help="Append the broken servers and what found them to FILE."
    )
    parser.addoption("--target", dest="double_target", action="append", help="The same as --double-target.")
    parser.addoption("--many-seeds", action="store_true", help="Try every sound server with many seeds.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds; leave out with -m 'not slow'")


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Return the folder of upstream's published files, or skip where it is not beside the checkout."""
    if not UPSTREAM.is_dir():
        pytest.skip("upstream's published files are not beside this checkout (../shared/upstream)")
    return UPSTREAM
