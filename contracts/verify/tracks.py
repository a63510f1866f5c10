"""What one server did in a run, condensed to what can be compared with another one."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TypeAlias

from bodydouble.contracts.checks.matching import Match, Role, told_status
from bodydouble.contracts.pointers import JSON, join

from .answer_rules import Answer
from .asking import Meant
from .lives import Life

MAX_FIELDS = 2_000
Question: TypeAlias = tuple[str, str, str, bytes]
"""What is asked, with which method and where, and the body: what both servers are asked the same way."""
Field: TypeAlias = tuple[str, str]
"""The kind of a reply (create, the status word of a poll, or an error's code) and a pointer into its body."""


@dataclass(slots=True)
class Track:
    """What one server did.

    Attributes:
        origin: Where it is.
        verdicts: Status codes by question, of what is about no job of the run.
        statuses: Status words that polls told, with how often.
        fields: Places in replies, each with the JSON types that were seen there.
        headers: Names of the replies' headers.
        lives: Seconds from a create to the first reply that told the end, of each job.
        latencies: Seconds from question to answer.
        timed: Whether its clock is real, so that its latencies mean something.
    """

    origin: str
    verdicts: dict[Question, int] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    fields: dict[Field, set[str]] = field(default_factory=lambda: defaultdict(set))
    headers: set[str] = field(default_factory=set)
    lives: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    timed: bool = True

    def saw(self, answer: Answer, match: Match | None) -> None:
        """Take an answer in."""
        exchange = answer.exchange
        if not exchange.status or answer.asked.meant is Meant.RESULT:
            return
        if self.timed:
            self.latencies.append(exchange.ended - exchange.started)
        self.headers |= {name for name, _ in exchange.reply.fields}
        if answer.asked.meant is not Meant.POLL:
            self.verdicts[_question(answer)] = exchange.status
        body = exchange.reply.json_or_none()
        if match is None or match.shape is None:
            return
        word = told_status(match.shape, body) if exchange.succeeded else None
        if match.role is Role.POLL and word:
            self.statuses[word] += 1
        kind = word or f"status {exchange.status}"
        self._walk(f"create, {kind}" if match.role is Role.SUBMIT else kind, body, "")

    def lived(self, life: Life) -> None:
        """Take in how long a job took to its end."""
        if life.ended and life.lasted is not None:
            self.lives.append(life.lasted)

    def _walk(self, kind: str, value: JSON, pointer: str) -> None:
        if len(self.fields) >= MAX_FIELDS:
            return
        self.fields[kind, pointer].add(type_of(value))
        if isinstance(value, dict):
            for name, member in value.items():
                self._walk(kind, member, join(pointer, name))
        elif isinstance(value, list):
            for member in value[:3]:
                self._walk(kind, member, join(pointer, "*"))


def _question(answer: Answer) -> Question:
    asked = answer.asked
    return asked.meant.value, asked.method, asked.url, asked.body


def type_of(value: JSON) -> str:
    """Return the JSON type of a value; whole numbers are numbers."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
