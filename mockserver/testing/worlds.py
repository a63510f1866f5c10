"""Worlds of tests: each test has a namespace of its own, made as its marker says, or a share of what may be spent."""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bodydouble.mockserver.control.client import Control, ControlError
from bodydouble.mockserver.namespaces import KEY_PREFIX, seed_of

from .allowances import Allowance
from .marks import PLAIN, Wanted, name_of
from .stages import Stage
from .telling import told

TAKEN = 409
SLUG = 24
LARGE = 11
"""Bits by which a seed is shortened: JSON's readers keep 53."""


class NotHere(Exception):
    """The test cannot run against this server; the message says why."""


class Unplayable(ValueError):
    """No world can be like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Player:
    """Who asks for a world.

    Attributes:
        test: Its node id.
        worker: The process that runs it.
        run: Keeps runs apart that share a double.
        key_names: Environment variables that may hold the key, in words.
    """

    test: str
    worker: str = "main"
    run: str = ""
    key_names: str = ""


@dataclass(frozen=True, slots=True)
class TestWorld:
    """The world of one test.

    Attributes:
        stage: The server.
        name: The namespace; ``""`` where the server is no double.
        key: What requests carry: a double takes it for the namespace's name.
        control: What sets the scene; None where nobody can.
        seed: Makes it repeat.
        scenario: What happens to jobs that ask for nothing else, by name.
        allowance: How many jobs the test may submit.
        player: Whose it is.
    """

    __test__ = False  # its name says whose world it is

    stage: Stage
    name: str
    key: str
    control: Control | None
    seed: int
    scenario: str
    allowance: Allowance
    player: Player

    def story(self, *, repeat: bool = True) -> str:
        """Return what happened in it, in words, and how to have it happen again, if that is wanted."""
        return "\n".join(self._lines(repeat=repeat))

    def _lines(self, *, repeat: bool) -> Iterator[str]:
        if self.control is None:
            yield f"{self.stage.target} is no double; nothing is known of what it did beyond its replies"
            return
        clock = self.control.clock.read()
        runs = "stands still" if clock.frozen else f"runs {clock.speed:g} times as fast"
        yield f"namespace {self.name} on {self.stage.target}, scenario {self.scenario}; its clock {runs}"
        yield from told(self.control.journal(), self.control.jobs())
        if repeat:
            yield f"replay token: pytest {shlex.quote(self.player.test)} {self.stage.replay}"


@contextmanager
def world_for(
    stage: Stage, wanted: Wanted, player: Player, over: Callable[[str], object], scenario: Any = None
) -> Iterator[TestWorld]:
    """Make a world for a test, and end it afterwards.

    Args:
        stage: The server.
        wanted: What the marker says.
        player: Who asks.
        over: Called in place of a job that is one too many; it raises.
        scenario: Wins over the marker's.

    Raises:
        NotHere: This server cannot give the test what it needs.
        Unplayable: No double can.
    """
    asked = wanted.scenario if scenario is None else scenario
    if stage.control is None:
        yield _share(stage, wanted, player, over, asked)
        return
    control = stage.control.within(name_for(player, wanted.namespace))
    seed = seed_of(stage.seed, player.test) >> LARGE if wanted.seed is None else wanted.seed
    told_scenario = _begin(control, wanted, seed, asked)
    key = f"{KEY_PREFIX.decode()}{control.namespace}"
    allowance = Allowance(None, over)
    try:
        yield TestWorld(stage, control.namespace, key, control, seed, told_scenario, allowance, player)
    finally:
        # A double that went away with its test has nothing to end.
        with suppress(ControlError):
            control.end()


def _share(
    stage: Stage, wanted: Wanted, player: Player, over: Callable[[str], object], scenario: Any
) -> TestWorld:
    reason = wanted.why_only_a_double
    if not reason and scenario is not None and name_of(scenario) != PLAIN:
        reason = f"the test asks for the scenario {name_of(scenario)!r}"
    if reason:
        raise NotHere(f"{reason}, and {stage.target} is no double")
    if stage.is_free:
        return TestWorld(stage, "", stage.key or "test", None, 0, PLAIN, Allowance(None, over), player)
    if not stage.key:
        raise NotHere(f"{stage.target} wants a key and none is set: set {player.key_names}")
    if not stage.budget.reserve(wanted.jobs):
        budget = stage.budget
        raise NotHere(
            f"the test may submit {wanted.jobs} jobs, and {budget.reserved} of {budget.most} are taken; "
            "--double-max-jobs and --double-max-cost allow more"
        )
    return TestWorld(stage, "", stage.key, None, 0, PLAIN, Allowance(wanted.jobs, over), player)


def _begin(control: Control, wanted: Wanted, seed: int, scenario: Any) -> str:
    settings: dict[str, Any] = {
        "seed": seed,
        "speed": 0.0 if wanted.is_manual else wanted.speed,
        "scenario": scenario,
        "castings": wanted.castings,
        "faults": wanted.faults,
        "rate": wanted.rate,
        "credit": wanted.credit,
    }
    try:
        return control.begin(**settings).scenario
    except ControlError as problem:
        if problem.status != TAKEN:
            raise Unplayable(f"@pytest.mark.double cannot be played: {problem.detail}") from None
    # What a run left that was broken off.
    control.end()
    return control.begin(**settings).scenario


def name_for(player: Player, wished: str | None = None) -> str:
    """Return the name of a test's namespace: its own in every process and run, the same whenever it is run again."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", player.test.rpartition("::")[2]).strip("-")[:SLUG]
    digest = blake2b(player.test.encode(), digest_size=4).hexdigest()
    own = wished or f"{words}-{digest}"
    return "-".join(part for part in (player.worker, player.run, own) if part)


class Journal:
    """What was asked and answered in a world.

    Args:
        control: Of the world.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def entries(self, **filters: Any) -> tuple[Any, ...]:
        """Return the entries, the oldest first; filters are those of :meth:`~..control.client.Control.journal`."""
        return self._control.journal(**filters)

    def verify(self, *expected: Any) -> None:
        """Hold expectations against it; see :mod:`~bodydouble.mockserver.journals.expectations`.

        Raises:
            AssertionError: One is not met; the message is the story of the world.
        """
        verdict = self._control.verify(expected)
        if not verdict.ok:
            story = "\n".join(told(self._control.journal(), self._control.jobs()))
            raise AssertionError(f"{verdict}\n\n{story}")

    def __iter__(self) -> Iterator[Any]:
        """Yield the entries, the oldest first."""
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self.entries())
