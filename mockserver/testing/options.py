"""The options of the plugin: what they are called, what they may say, and what follows from them."""

import argparse
import os
import random
from collections.abc import Sequence
from typing import Any

import pytest

from .allowances import Budget, share
from .targets import BadTarget, Target, target_of

MOST_JOBS = 5
RANDOM = "random"
ANY_KEY = "API_KEY"
TARGETS = pytest.StashKey[tuple[Target, ...]]()
SEED = pytest.StashKey[int]()
RUN = pytest.StashKey[str]()
BUDGET = pytest.StashKey[Budget]()


def add_options(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("bodydouble", "bodydouble: a double of a job API")
    group.addoption(
        "--double-target",
        dest="double_target",
        action="append",
        metavar="TARGET",
        help="what tests of the double run against: double (in process, the default), double-http, or the URL of any "
        "server; given several times, tests run once for each. --target is the same, where nobody else has it.",
    )
    group.addoption(
        "--double-seed",
        default="0",
        metavar="SEED",
        help="a whole number that decides all chance of the double, or 'random'",
    )
    group.addoption(
        "--double-replay",
        metavar="TOKEN",
        help="have the double do what it did in another run: the replay token that a failure tells",
    )
    group.addoption(
        "--double-max-jobs",
        type=int,
        default=MOST_JOBS,
        metavar="N",
        help=f"jobs that the tests together may submit to a server that is not on this machine (default {MOST_JOBS})",
    )
    group.addoption(
        "--double-max-cost",
        type=float,
        metavar="USD",
        help="what these jobs may cost, by the price in the contract",
    )


def add_short_option(parser: pytest.Parser) -> None:
    """Add ``--target``, unless somebody else has."""
    try:
        parser.getgroup("bodydouble").addoption(
            "--target", dest="double_target", action="append", metavar="TARGET", help="see --double-target"
        )
    except (ValueError, argparse.ArgumentError):
        return


def check_options(config: pytest.Config) -> None:
    """Read the options, and keep what they say with ``config``.

    Raises:
        pytest.UsageError: One says what cannot be.
    """
    config.stash[TARGETS] = targets_of(config.getoption("double_target") or ())
    config.stash[SEED] = seed_of(config.getoption("double_seed"))
    config.stash[RUN] = f"{random.SystemRandom().getrandbits(24):06x}"
    for name in ("double_max_jobs", "double_max_cost"):
        check_bound(name, config.getoption(name))


def targets_of(names: Sequence[str]) -> tuple[Target, ...]:
    """Return what the command line names.

    Raises:
        pytest.UsageError: One is no target.
    """
    try:
        return tuple(target_of(name) for name in names)
    except BadTarget as problem:
        raise pytest.UsageError(f"--double-target: {problem}") from None


def check_bound(name: str, value: float | None) -> None:
    """Let a bound pass that can be one.

    Raises:
        pytest.UsageError: It cannot.
    """
    if value is not None and not value >= 0:
        raise pytest.UsageError(f"--{name.replace('_', '-')}: expected a number from 0 up, got {value}")


def seed_of(text: str) -> int:
    """Return the seed that the command line names.

    Raises:
        pytest.UsageError: It is none.
    """
    if text == RANDOM:
        return random.SystemRandom().getrandbits(32)
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(
            f"--double-seed: expected a whole number or '{RANDOM}', got {text!r}"
        ) from None


def contract_of(settings: Any) -> Any:
    """Return what a double with these settings plays."""
    # What a run without the double never needs.
    from bodydouble.contracts.bundle import bundled_contract  # noqa: PLC0415

    return settings.contract or bundled_contract()


def key_for(settings: Any) -> tuple[str, str]:
    """Return the key that the environment holds, or ``""``, and where it may be, in words."""
    names = (*contract_of(settings).conventions.environment.key, ANY_KEY)
    key = next((value.strip() for name in names if (value := os.environ.get(name, "")).strip()), "")
    return key, " or ".join(names)


def budget_of(config: pytest.Config, settings: Any) -> Budget:
    """Return what this process may submit: one budget for the run, however many settings there are."""
    # What a run without the double never needs.
    from bodydouble.contracts.verify.budgets import Limits  # noqa: PLC0415

    limits = Limits(config.getoption("double_max_jobs"), config.getoption("double_max_cost"))
    _, number, workers = worker_of(config)
    most = share(limits.jobs_at(contract_of(settings).conventions.price), number, workers)
    return config.stash.setdefault(BUDGET, Budget(most))


def worker_of(config: pytest.Config) -> tuple[str, int, int]:
    """Return the name of this process of pytest-xdist's, its number, and how many there are."""
    given = getattr(config, "workerinput", None)
    if given is None:
        return "main", 0, 1
    name = str(given["workerid"])
    return name, int(name.removeprefix("gw")), int(given["workercount"])
