"""Lives: every way that a job can go, and a decorator that runs a test through them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isinf
from typing import Any, TypeVar

import pytest

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.consumer.expectations import expected
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.staging import Staging
from bodydouble.mockserver.consumer.sweeping import sweep
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import Body, Scenario

T = TypeVar("T", bound=Callable[..., Any] | type)


class Ends(StrEnum):
    """How a job ends."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Life:
    """One way that a job can go.

    Attributes:
        scenario: What makes it go so.
        ends: How it ends.
    """

    scenario: Scenario
    ends: Ends

    @property
    def name(self) -> str:
        """What it is called."""
        return self.scenario.name

    @property
    def succeeds(self) -> bool:
        """Whether there will be a result."""
        return self.ends is Ends.SUCCESS

    @property
    def allowed(self) -> frozenset[End]:
        """How a sound client may end: ``done``, ``failed`` or both, where something goes wrong on the way."""
        return expected(Behaviour(self.scenario, Level.FUTURES)).allowed

    def __str__(self) -> str:
        return self.name


def life_of(scenario: Scenario) -> Life:
    """Return the life that jobs of ``scenario`` have."""
    middle = 0.5
    if any(isinf(stage.quantile(middle)) for stage in (scenario.queued, scenario.running)):
        return Life(scenario, Ends.NEVER)
    failed = scenario.outcome.stage is Stage.FAILURE
    return Life(scenario, Ends.FAILURE if failed else Ends.SUCCESS)


def lives() -> tuple[Life, ...]:
    """Return every life that is shipped: each scenario in which nothing but the job's own way is special."""
    return tuple(life_of(scenario) for scenario in shipped().values() if _is_life(scenario))


def _is_life(scenario: Scenario) -> bool:
    return scenario.body is Body.PLAIN and not scenario.faults and not scenario.words


def double_lives(
    *chosen: str | Scenario, but: tuple[str, ...] = (), level: Level | str | None = None
) -> Callable[[T], T]:
    """Return a decorator that runs a test once for every life of a job.

    The test gets the life as the fixture ``double_life``, and a world in which every job has it::

        @double_lives()
        def test_a_client(double_base_url, double_life):
            outcome = run_my_client(double_base_url)
            assert outcome.ok == double_life.succeeds

    Args:
        chosen: Only these: names of shipped lives, any other scenario's name, or scenarios of one's own.
        but: All but these.
        level: In place of lives, every single departure from a plain life up to this level: each member of a reply
            null, absent or filled, each order of statuses, with ``faults`` each fault once, with ``futures`` words and
            shapes from the future. The test then asks ``end in double_life.allowed``. What replies say of when to come
            back is meant in real seconds, up to minutes: be patient, or leave such out (``but=("poll-429-long",)``).

    Raises:
        LookupError: No life or scenario has one of these names.
        ValueError: There is no such level, or both lives and a level are named.
    """
    if level is not None:
        if chosen:
            raise ValueError("expected names of lives or a level, got both")
        listed = departures(level)
        _check_known(but, [life.name for life in listed])
        return _parametrized([life for life in listed if life.name not in but])
    known = {life.name: life for life in lives()}
    anything = shipped()
    _check_known((*(each for each in chosen if isinstance(each, str)), *but), anything)
    taken = [life_of(anything[each] if isinstance(each, str) else each) for each in chosen or tuple(known)]
    return _parametrized([life for life in taken if life.name not in but])


def _check_known(names: Iterable[str], known: Iterable[str]) -> None:
    listed = tuple(known)
    for name in names:
        if name not in listed:
            hint = did_you_mean(name, listed) or f"known are {', '.join(listed)}"
            raise LookupError(f"no life is called '{name[:80]}'; {hint}")


def departures(level: Level | str) -> tuple[Life, ...]:
    """Return every single departure from a plain life of the bundled contract's jobs, up to ``level``.

    Raises:
        ValueError: There is no such level.
    """
    try:
        wanted = Level(level)
    except ValueError:
        hint = did_you_mean(level, list(Level)) or f"known are {', '.join(Level)}"
        raise ValueError(f"there is no level '{level}'; {hint}") from None
    play = Staging(None, ManualClock()).play
    return tuple(life_of(behaviour.scenario) for behaviour in sweep(play, wanted, endless=False))


def _parametrized(listed: list[Life]) -> Callable[[T], T]:
    parameters = [pytest.param(life, id=life.name) for life in listed]

    def decorate(test: T) -> T:
        marked: T = pytest.mark.usefixtures("double_life")(
            pytest.mark.parametrize("double_life", parameters, indirect=True)(test)
        )
        return marked

    return decorate
