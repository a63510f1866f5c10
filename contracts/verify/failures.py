"""Failures as files: what leads to a breach and what came of it, for a person to read and for a run to repeat."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bodydouble.contracts.checks.exchanges import Exchange, Message
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.words import show

from .ledger import Failure
from .steps import Step, StepError, as_json, body_as_json, from_json

VERSION = 1
KEPT_HEADERS = ("content-type", "retry-after", "location", "allow", "date")
"""Of a reply, beside those that the contract names."""
MAX_BODY = 4_000
"""Bytes of a reply that are shown; no repetition needs them."""

Object: TypeAlias = dict[str, JSON]
"""An object of JSON."""


class FailureError(ValueError):
    """A file that holds no failure; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file tells.

    Attributes:
        rule: That was broken.
        steps: What leads to it.
        pattern: The operation that submits, in words; it finds the job pattern.
        seed: Of the run.
        target: The server, as the run named it.
    """

    rule: str
    steps: tuple[Step, ...]
    pattern: str
    seed: int
    target: str = ""


def render(
    failure: Failure, *, target: str, pattern: str, seed: int, key: str = "", curl: Sequence[str] = ()
) -> str:
    """Return the text of a failure's file; signatures of URLs and the key are none of it."""
    told: Object = {
        "bodydouble-failure": VERSION,
        "target": target,
        "pattern": pattern,
        "seed": seed,
        "phase": failure.phase,
        "finding": _finding(failure.finding),
        "steps": [as_json(step) for step in failure.steps],
        "exchanges": [_exchange(exchange) for exchange in failure.exchanges],
    }
    if curl:
        told["curl"] = list(curl)
    text = json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return (text.replace(key, "[key]") if key else text) + "\n"


def parse(text: str, name: str) -> Saved:
    """Return what a file tells.

    Raises:
        FailureError: It holds no failure.
    """
    try:
        told = parse_json(text, name).value
    except DocumentError as problem:
        raise FailureError(" ".join(str(problem).split())) from None
    if not isinstance(told, dict) or told.get("bodydouble-failure") != VERSION:
        raise FailureError(
            f"{name} is no saved failure: expected an object with bodydouble-failure {VERSION}"
        )
    steps, finding = told.get("steps"), told.get("finding")
    if not isinstance(steps, list) or not steps:
        raise FailureError(f"{name}: steps must be a list that is not empty; got {show(steps)}")
    if not isinstance(finding, dict) or not isinstance(rule := finding.get("rule"), str):
        raise FailureError(f"{name}: finding must be an object with the id of a rule; got {show(finding)}")
    seed = told.get("seed")
    try:
        found = tuple(from_json(step, f"{name}: steps[{number}]") for number, step in enumerate(steps))
    except StepError as problem:
        raise FailureError(str(problem)) from None
    pattern, target = (told.get(word) for word in ("pattern", "target"))
    return Saved(
        rule,
        found,
        pattern if isinstance(pattern, str) else "",
        seed if isinstance(seed, int) and seed >= 0 else 0,
        target if isinstance(target, str) else "",
    )


def file_name(failure: Failure, taken: Iterable[str]) -> str:
    """Return a name that tells the rule and is none of ``taken``."""
    used, number = set(taken), 1
    name = f"{failure.finding.rule}.json"
    while name in used:
        number += 1
        name = f"{failure.finding.rule}-{number}.json"
    return name


def _finding(finding: Finding) -> JSON:
    listed = findings_as_json([finding])
    found = listed[0] if isinstance(listed, list) else None
    return {name: value for name, value in found.items() if value != ""} if isinstance(found, dict) else None


def _exchange(exchange: Exchange) -> JSON:
    query = f"?{exchange.query}" if exchange.query else ""
    told: Object = {
        "number": exchange.number,
        "at": round(exchange.started, 3),
        "took": round(exchange.ended - exchange.started, 3),
        "request": f"{exchange.method} {exchange.path}{query}",
        "status": exchange.status,
    }
    if exchange.trouble:
        told["trouble"] = exchange.trouble
    return told | _reply(exchange.reply)


def _reply(reply: Message) -> Object:
    told: Object = {}
    headers: Object = {
        name: value for name, value in reply.fields if name in KEPT_HEADERS or name.startswith("x-")
    }
    if headers:
        told["headers"] = headers
    content = reply.body.content
    if content is None or len(content) > MAX_BODY:
        return told | {"bytes": reply.body.size}
    return told | body_as_json(content)
