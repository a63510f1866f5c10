"""Scenarios: named makers of plans and faults."""

from enum import StrEnum

import msgspec

from bodydouble.contracts.jobs.stages import Stage

from .distributions import Distribution, LogLogistic, Uniform
from .faults import Rule, Target


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


class Ids(StrEnum):
    """What a job's id looks like; all but the first break clients that take ids apart or do not encode them."""

    UUID = "uuid"
    DIGITS = "digits"
    LONG_DIGITS = "long-digits"
    PATH = "path"
    DASH = "dash"
    MARKS = "marks"


class Numbers(StrEnum):
    """How whole numbers are written: JSON knows no integers, so that ``6`` and ``6.0`` are the same."""

    PLAIN = "plain"
    FLOATS = "floats"


class Edit(msgspec.Struct, frozen=True):
    """A change to one place of a reply. One that the contract forbids is left out, unless the scenario may break it.

    Attributes:
        at: JSON Pointer (RFC 6901) to a member of an object; what lies on the way must be there.
        value: JSON text of what is put there; None removes the member.
        on: The kinds of call whose replies are changed.
        stages: Where the job stands in them; none for anywhere.
    """

    at: str
    value: str | None = None
    on: tuple[Target, ...] = (Target.SUBMIT, Target.POLL)
    stages: tuple[Stage, ...] = ()


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
        ids: What the job's id looks like.
        numbers: How whole numbers are written.
        edits: Changes to single places of replies, in this order.
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
    ids: Ids = Ids.UUID
    numbers: Numbers = Numbers.PLAIN
    edits: tuple[Edit, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether its replies are those of the contract, said in the plainest way."""
        return self.body is Body.PLAIN and not self.words and not self.edits and self.numbers is Numbers.PLAIN

    @property
    def saying(self) -> tuple[object, ...]:
        """What its replies depend on: scenarios with equal ones say the same."""
        return self.body, self.words, self.numbers, self.edits, self.breaks_contract


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
