"""Every broken server of the zoo is found within the default budget, and no sound one is accused."""

from collections.abc import Callable

import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.verify.budgets import Limits
from bodydouble.contracts.verify.outcomes import Verdict
from tests.verifying import rules, verified
from tests.zoo_tables import Zoo, note

from .provider_zoo import FLAWED, SOUND, Sound

ALL = frozenset({Severity.ERROR, Severity.WARNING})
BROKEN = Zoo("Broken servers", ("server", "flaw", "found by", "when", "told as"), len(FLAWED))
KEPT = Zoo("Sound servers", ("server", "what is unusual about it", "seeds passed"), len(SOUND))


@pytest.mark.parametrize("kind", FLAWED, ids=lambda kind: kind.__name__)
def test_a_flaw_is_found_within_the_default_budget(
    kind: type[Sound], record_property: Callable[[str, object], None]
) -> None:
    outcome = verified(kind, seed=1, first_only=True)
    found = [failure for failure in outcome.failures if failure.finding.rule in kind.found_by]
    assert found, f"{kind.__doc__} {rules(outcome) or outcome.stopped}"
    assert outcome.verdict(ALL) is Verdict.BROKEN
    finding = found[0].finding
    when = f"{found[0].phase}, after {outcome.exchanges} requests"
    cells = (kind.__name__, kind.__doc__, f"`{finding.rule}`", when, finding.message)
    note(record_property, BROKEN, FLAWED.index(kind), *cells)


@pytest.mark.parametrize("kind", SOUND, ids=lambda kind: kind.__name__)
def test_a_sound_server_is_not_accused(
    kind: type[Sound], fixed_seed: int, record_property: Callable[[str, object], None]
) -> None:
    place = SOUND.index(kind)
    outcome = verified(kind, seed=place + fixed_seed)
    assert not outcome.findings
    assert outcome.verdict(ALL) is Verdict.KEPT
    note(record_property, KEPT, place, kind.__name__, kind.__doc__)


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
