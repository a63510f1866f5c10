"""What a rule about exchanges and histories is, and what it is given to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_pattern import Promise
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.openapi.operations import Reply, Schema
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Validator

from .exchanges import Exchange
from .matching import Match


class Direction(StrEnum):
    """Who is to blame."""

    REQUEST = "request"
    """The client, who sent it."""
    REPLY = "reply"
    """The server, who answered."""


class Area(StrEnum):
    """What a rule is about."""

    STATUS = "status"
    MEDIA = "media"
    BODY = "body"
    HEADERS = "headers"
    PARAMETERS = "parameters"
    DELIVERY = "delivery"
    IDENTITY = "identity"
    PROMISES = "promises"
    ORDER = "order"
    RESULT = "result"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that holds, and can be broken.

    Attributes:
        id: Stable name in kebab-case.
        severity: How much a breach matters.
        direction: Who breaks it.
        area: What it is about.
        text: What holds, one sentence.
    """

    id: str
    severity: Severity
    direction: Direction
    area: Area
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What a check has found; the members are those of a ``Finding``."""

    message: str
    pointer: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""


class Validators:
    """Validators of schemas as a reader takes them, each compiled when it is first asked for."""

    def __init__(self) -> None:
        self._compiled: dict[int, tuple[Schema, Validator]] = {}

    def of(self, schema: Schema) -> Validator:
        """Return the validator of the lenient reading of ``schema``."""
        found = self._compiled.get(id(schema))
        if found is None:
            # The schema is kept beside its validator, so that its identity is not given to another.
            found = self._compiled[id(schema)] = (schema, Validator(dict(schema.lenient)))
        return found[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange with what the contract says about it.

    Attributes:
        exchange: What was asked and answered.
        match: What was called.
        conventions: What holds for every reply.
        validators: Of the contract's schemas.
    """

    exchange: Exchange
    match: Match
    conventions: Conventions
    validators: Validators

    @property
    def documented(self) -> Reply | None:
        """The reply that the contract documents for this status: by code, by range, or ``default``."""
        status = str(self.exchange.status)
        replies = {reply.status.upper(): reply for reply in self.match.operation.replies}
        return replies.get(status) or replies.get(f"{status[:1]}XX") or replies.get("DEFAULT")

    @property
    def job(self) -> JSON:
        """The body of a reply that tells about a job, else None."""
        if self.match.shape is None or not self.exchange.succeeded:
            return None
        return self.exchange.reply.json_or_none()


@dataclass(frozen=True, slots=True)
class Observation:
    """What one exchange said about a job.

    Attributes:
        number: Of the exchange.
        submitted: Whether it was the create.
        started: When the question was asked, in seconds of the observer's clock.
        ended: When the answer was there.
        code: Status code of the reply.
        status: The status word; ``""`` where the reply tells none.
        stage: What the word means; None where the contract does not know it.
        result: What the final reply holds where a result was promised, queries of URLs left out.
    """

    number: int
    submitted: bool
    started: float
    ended: float
    code: int
    status: str = ""
    stage: Stage | None = None
    result: JSON = None

    def precedes(self, other: "Observation") -> bool:
        """Whether this was answered before the other was asked: polls that overlap have no order."""
        return self.ended <= other.started


@dataclass(frozen=True, slots=True)
class History:
    """All that was seen of one job.

    Attributes:
        operation: What polls it, in words.
        promises: What its statuses say.
        observations: In the order in which they ended.
        budget: Seconds within which the job is to end; None for no limit.
    """

    operation: str
    promises: tuple[Promise, ...]
    observations: tuple[Observation, ...] = field(default=())
    budget: float | None = None


ExchangeCheck: TypeAlias = Callable[[Seen], Iterator[Breach]]
"""Looks at one exchange and yields its breaches."""
HistoryCheck: TypeAlias = Callable[[tuple[Observation, ...], Observation], Iterator[Breach]]
"""Given what was seen before and what is seen now, yields what is wrong with now."""
