"""Recordings: one job's life as it was seen on the wire, in a form that people read and compare.

Times are seconds from the beginning of the create, to a thousandth. Keys stand in one order, those of bodies and
headers in that of the alphabet. A reply that says what the one before said is ``"same"``. ``transitions`` repeats what
follows from ``turns``, for the reader's sake; it is not read back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from bodydouble.contracts.jobs.stages import Stage, stage_of
from bodydouble.contracts.pointers import JSON

FORMAT = "bodydouble recording 1"
MISC_FORMAT = "bodydouble exchanges 1"
DIGITS = 3


class RecordingError(ValueError):
    """A text that is no recording; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said.

    Attributes:
        headers: By name in lower case; of a name that stands twice, the values joined by a comma.
        body: The JSON body, or None where there was none, or another.
        omitted: What the body was, where it is not kept: ``"text/html, 512 bytes"``.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    omitted: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        method: As sent.
        path: As sent.
        query: As sent, without the question mark.
        said: Headers and body.
    """

    method: str
    path: str
    query: str = ""
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply about the job.

    Attributes:
        asked: ``create`` or ``poll``.
        at: When it was asked for, in seconds from the beginning of the create.
        took: Seconds until it was there.
        code: Status code; 0 where no reply came.
        status: The job's status as told; ``""`` where it was not.
        said: The reply; None where it said the same as the last one of a code and status like these.
        trouble: What went wrong on the way; ``""`` for nothing.
    """

    asked: Literal["create", "poll"]
    at: float
    took: float
    code: int
    status: str = ""
    said: Said | None = None
    trouble: str = ""

    @property
    def ended(self) -> float:
        """When the reply was there."""
        return self.at + self.took


@dataclass(frozen=True, slots=True)
class Transition:
    """A status that was reached.

    Attributes:
        status: The word.
        stage: What it means; ``""`` where that is not known.
        after: When the job was last asked about and had not reached it yet; 0 at first.
        by: When it was seen.
    """

    status: str
    stage: str
    after: float
    by: float

    @property
    def middle(self) -> float:
        """The likeliest moment: halfway between the last question before and the answer that showed it."""
        return (self.after + self.by) / 2


@dataclass(frozen=True, slots=True)
class Recording:
    """One job's life.

    Attributes:
        job: The job's pseudonym, or its id where ids are kept.
        model: The model that the create asked for; ``""`` where it named none.
        upstream: Origin of the server.
        stages: What each status word means, as the contract says.
        request: The create; None where it was not seen.
        turns: Every reply, the create's first.
    """

    job: str
    model: str = ""
    upstream: str = ""
    stages: Mapping[str, Stage] = field(default_factory=dict)
    request: Asked | None = None
    turns: tuple[Turn, ...] = ()

    def stage(self, status: str) -> Stage | None:
        """Return what a status word means: as the contract said, else as it is usually meant."""
        return self.stages.get(status) or stage_of(status)

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """The statuses in the order in which they were first seen."""
        found: list[Transition] = []
        seen: set[str] = set()
        last = 0.0
        for turn in sorted((t for t in self.turns if t.status), key=lambda t: t.ended):
            if turn.status not in seen:
                stage = self.stage(turn.status)
                found.append(Transition(turn.status, str(stage or ""), min(last, turn.ended), turn.ended))
                seen.add(turn.status)
            last = max(last, turn.at)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Misc:
    """Exchanges that belong to no job.

    Attributes:
        exchanges: The last ones, in order.
        dropped: How many came before them.
    """

    exchanges: tuple[tuple[Asked, Turn], ...]
    dropped: int = 0


def rounded(seconds: float) -> float:
    """Return a time as recordings state it."""
    return round(seconds, DIGITS)


def render(recording: Recording) -> str:
    """Return the text of a recording, with a line end."""
    return _text(
        {
            "format": FORMAT,
            "job": recording.job,
            "model": recording.model,
            "upstream": recording.upstream,
            "stages": {word: str(stage) for word, stage in sorted(recording.stages.items())},
            "request": _asked(recording.request) if recording.request else None,
            "transitions": [_transition(transition) for transition in recording.transitions],
            "turns": [_turn(turn) for turn in recording.turns],
        }
    )


def render_misc(misc: Misc) -> str:
    """Return the text of exchanges that belong to no job, with a line end."""
    listed: list[JSON] = [{"request": _asked(asked), "reply": _turn(turn)} for asked, turn in misc.exchanges]
    return _text({"format": MISC_FORMAT, "dropped": misc.dropped, "exchanges": listed})


def _text(document: dict[str, JSON]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _asked(asked: Asked) -> dict[str, JSON]:
    return {"method": asked.method, "path": asked.path, "query": asked.query, **_said(asked.said)}


def _transition(transition: Transition) -> dict[str, JSON]:
    times = {"after": rounded(transition.after), "by": rounded(transition.by)}
    return {"status": transition.status, "stage": transition.stage, **times}


def _turn(turn: Turn) -> dict[str, JSON]:
    said = {"same": True} if turn.said is None else _said(turn.said)
    trouble = {"trouble": turn.trouble} if turn.trouble else {}
    head = {"asked": turn.asked, "at": rounded(turn.at), "took": rounded(turn.took), "code": turn.code}
    return {**head, "status": turn.status, **trouble, **said}


def _said(said: Said) -> dict[str, JSON]:
    content = {"omitted": said.omitted} if said.omitted else {"body": _sorted(said.body)}
    return {"headers": dict(sorted(said.headers.items())), **content}


def _sorted(value: JSON) -> JSON:
    match value:
        case dict():
            return {name: _sorted(value[name]) for name in sorted(value)}
        case list():
            return [_sorted(member) for member in value]
    return value


def parse(text: str, source: str = "the recording") -> Recording:
    """Return the recording that ``text`` holds.

    Raises:
        RecordingError: It is no JSON, another format, or has members of the wrong type.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise RecordingError(f"{source}: no recording; expected an object with format {FORMAT!r}")
        return msgspec.convert(_nested(document), Recording)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise RecordingError(f"{source}: no JSON: {problem}") from None
    except (msgspec.ValidationError, ValueError) as problem:
        if isinstance(problem, RecordingError):
            raise
        raise RecordingError(f"{source}: {problem}") from None


def _nested(document: dict[str, Any]) -> dict[str, Any]:
    """What one side said lies flat in the text, and apart in :class:`Recording`."""
    turns = document.get("turns", [])
    listed = [_apart(turn) for turn in turns] if isinstance(turns, list) else turns
    return {**document, "request": _apart(document.get("request")), "turns": listed}


def _apart(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    names = ("headers", "body", "omitted")
    rest = {name: value for name, value in node.items() if name not in names}
    said = {name: node[name] for name in names if name in node}
    return {**rest, "said": None if node.get("same") is True else said}
