"""Settings: what the double of a test run is started with."""

from dataclasses import dataclass, replace

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.worlds import DEFAULT_MAX_JOBS

SPEED = 1000.0
"""Three minutes of a job are a fifth of a second."""
URL_TTL = 1e6
"""Seconds of the double's clock, which runs fast: a link lasts for a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleSettings:
    """What the double of a run is started with; a test changes its own world with the marker ``double``.

    Attributes:
        contract: What to play; None for the bundled contract.
        scenario: What happens to jobs that ask for nothing else, or its name.
        scenarios: Scenarios that may be asked for beside those that are shipped.
        speed: Seconds of the double's clock in a second.
        seed: Makes a run repeat.
        max_jobs: How many jobs a namespace keeps.
        url_ttl: Seconds of the double's clock that a result's URL is good for.
        replay_token: A run that is to be repeated; it stands in for all of these but the contract.
    """

    contract: Contract | None = None
    scenario: Scenario | str = SUCCEEDS
    scenarios: tuple[Scenario, ...] = ()
    speed: float = SPEED
    seed: int = 0
    max_jobs: int = DEFAULT_MAX_JOBS
    url_ttl: float = URL_TTL
    replay_token: str | None = None


def replaying(settings: DoubleSettings, token: str) -> DoubleSettings:
    """Return settings that repeat the run of ``token``."""
    return replace(settings, replay_token=token)
