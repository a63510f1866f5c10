"""Scenarios: named makers of plans, and how a request asks for one."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.nearest import did_you_mean

from .distributions import Distribution, LogLogistic, Uniform
from .faults import Rule

DIRECTIVE = re.compile(rb"\[\[double:\s*([^\]\s]{1,100})\s*\]\]")
PREFERENCE = re.compile(rb'(?:^|[,;\s])scenario\s*=\s*"?([^",;\s]{1,100})"?', re.IGNORECASE)


class Outcome(msgspec.Struct, frozen=True):
    """How a job ends.

    Attributes:
        stage: :attr:`Stage.SUCCESS` or :attr:`Stage.FAILURE`.
        error_name: The failure's name, if it fails.
        error_message: The failure in words.
    """

    stage: Stage
    error_name: str = ""
    error_message: str = ""


class Body(StrEnum):
    """How replies use the freedom that the contract leaves."""

    PLAIN = "plain"
    NULLS = "nulls"
    ABSENT = "absent"
    EXTRA = "extra"
    WIDE = "wide"


class PollCount(msgspec.Struct, frozen=True):
    """Progress counted in polls: the status changes because somebody looked, as simple fakes do it.

    Attributes:
        queued: Polls that find the job in the queue.
        running: Polls after those that find it running.
    """

    queued: int
    running: int


class Scenario(msgspec.Struct, frozen=True):
    """A named maker of plans and faults.

    Attributes:
        name: In kebab-case; how a request asks for it.
        description: What happens, one sentence.
        queued: Seconds in the queue.
        running: Seconds of work.
        outcome: How it ends.
        polls: Progress counted in polls instead, if it is.
        body: How replies use the freedom that the contract leaves.
        words: Status words that stand in for the contract's.
        faults: What goes wrong on the wire.
        breaks_contract: Whether replies may be what the contract forbids.
    """

    name: str
    description: str
    queued: Distribution
    running: Distribution
    outcome: Outcome
    polls: PollCount | None = None
    body: Body = Body.PLAIN
    words: tuple[tuple[Stage, str], ...] = ()
    faults: tuple[Rule, ...] = ()
    breaks_contract: bool = False


QUEUED = Uniform(5, 25)
RUNNING = LogLogistic(median=55, shape=3.5, low=15, high=155)
"""Recorded runs took 20 s to 3 min, the queue about a quarter of it; these two together stay within that."""

SUCCEEDS = Scenario(
    name="succeeds",
    description="The job waits, runs and completes.",
    queued=QUEUED,
    running=RUNNING,
    outcome=Outcome(Stage.SUCCESS),
)
FAILS_WHILE_GENERATING = Scenario(
    name="fails-while-generating",
    description="The job waits, runs and ends in an error.",
    queued=QUEUED,
    running=LogLogistic(median=25, shape=3.5, low=5, high=90),
    outcome=Outcome(
        Stage.FAILURE,
        "GenerationError",
        "The generation stopped before it was done; nothing was charged.",
    ),
)
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (SUCCEEDS, FAILS_WHILE_GENERATING)}
)


class UnknownScenario(LookupError):
    """A request asks for a scenario that does not exist; the message says which come close."""


def find(name: str) -> Scenario:
    """Return the scenario called ``name``.

    Raises:
        UnknownScenario: There is none.
    """
    if name not in SCENARIOS:
        known = ", ".join(SCENARIOS)
        raise UnknownScenario(
            f"no scenario is called '{name}'; {did_you_mean(name, SCENARIOS) or f'known are {known}'}"
        )
    return SCENARIOS[name]


def asked_for(prefer: bytes | None, body: bytes) -> str | None:
    """Return the scenario's name that a request asks for, or None.

    A directive in the body (``[[double: NAME]]`` inside any text, such as a prompt) is for clients that cannot be
    changed; ``Prefer: scenario=NAME`` (RFC 7240) is for those that can, and wins.
    """
    found = PREFERENCE.search(prefer) if prefer else None
    if found is None and b"[[double:" in body:
        found = DIRECTIVE.search(body)
    return found.group(1).decode("utf-8", "replace") if found else None
