"""Every broken server of the zoo is found within the default budget, and no sound one is accused.

The table of what found which is written to the file that ``--zoo-table`` names.
"""

from pathlib import Path

import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.outcomes import Outcome, Verdict
from tests.verifying import rules, verified

from .provider_zoo import FLAWED, SOUND, Sound

ALL = frozenset({Severity.ERROR, Severity.WARNING})
SEEDS = 12
MANY_SEEDS = 200


def row(kind: type[Sound], outcome: Outcome) -> str:
    finding = outcome.failures[0].finding
    where = f"{outcome.failures[0].phase}, after {outcome.exchanges} requests"
    return f"| {kind.__name__} | {kind.__doc__} | `{finding.rule}` | {where} | {finding.message} |\n"


@pytest.mark.parametrize("kind", FLAWED, ids=lambda kind: kind.__name__)
def test_a_flaw_is_found_within_the_default_budget(kind: type[Sound], zoo_table: Path) -> None:
    outcome = verified(kind, seed=1, first_only=True)
    assert rules(outcome) & set(kind.found_by), f"{kind.__doc__} {rules(outcome) or outcome.stopped}"
    assert outcome.verdict(ALL) is Verdict.BROKEN
    with zoo_table.open("a") as table:
        table.write(row(kind, outcome))


def seeds(config: pytest.Config) -> int:
    return MANY_SEEDS if config.getoption("--many-seeds") else SEEDS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every sound server in turn, so that a dozen seeds meet each of them."""
    if "sound" in metafunc.fixturenames:
        cases = [(SOUND[seed % len(SOUND)], seed) for seed in range(seeds(metafunc.config))]
        metafunc.parametrize(
            ("sound", "seed"), cases, ids=[f"{kind.__name__}-{seed}" for kind, seed in cases]
        )


def test_a_sound_server_is_not_accused(sound: type[Sound], seed: int) -> None:
    outcome = verified(sound, seed=seed)
    assert not outcome.findings
    assert outcome.verdict(ALL) is Verdict.KEPT


def test_the_zoo_has_enough_animals_and_each_has_one_flaw_of_its_own() -> None:
    assert len(FLAWED) >= 30
    assert len({kind.__doc__ for kind in FLAWED}) == len(FLAWED)
    assert all(kind.found_by for kind in FLAWED)
    assert not any(kind.found_by for kind in SOUND)


@pytest.mark.parametrize("kind", [each for each in FLAWED if each.found_by == ("job-end-left",)][:1])
def test_a_handful_of_jobs_is_enough_for_a_flaw_of_every_life(kind: type[Sound]) -> None:
    outcome = verified(kind, seed=1, negative=False, limits=Limits(jobs=3))
    assert "job-end-left" in rules(outcome)
    assert outcome.jobs <= 3
