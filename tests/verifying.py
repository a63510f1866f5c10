"""Servers of the zoo behind a target, and runs against them."""

import time
from collections.abc import Mapping
from typing import Any

from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.verify.answer_rules import Answer, breaches
from bodydouble.contracts.verify.asgi_target import AppTarget
from bodydouble.contracts.verify.asking import Asked, Meant
from bodydouble.contracts.verify.outcomes import Outcome
from bodydouble.contracts.verify.pacing import MOVED, Time
from bodydouble.contracts.verify.player import Player
from bodydouble.contracts.verify.running import Run, player_for
from bodydouble.contracts.verify.settings import Settings
from bodydouble.mockserver.clocks import ManualClock
from tests.apis import BUNDLED
from tests.end_to_end.provider_zoo import Sound

PATTERN = BUNDLED.patterns[0]
BODY: Mapping[str, Any] = {"model": "video-01", "prompt": "a boat"}


def time_of(clock: ManualClock) -> Time:
    return Time(clock, clock.advance, wall=time.monotonic)


def told_settings(told: Mapping[str, Any]) -> Settings:
    return Settings(**{"pace": MOVED, **told})


def verified(kind: type[Sound], **told: Any) -> Outcome:
    """Run everything against a server of the zoo."""
    clock = ManualClock()
    target = AppTarget(kind(clock), clock)
    try:
        return Run(BUNDLED, PATTERN, target, time_of(clock), told_settings(told))()
    finally:
        target.close()


OPEN: list[AppTarget] = []
"""Targets that tests have opened; a fixture closes them."""


def player(kind: type[Sound] = Sound, **told: Any) -> Player:
    clock = ManualClock()
    OPEN.append(AppTarget(kind(clock), clock))
    return player_for(BUNDLED, PATTERN, OPEN[-1], time_of(clock), told_settings(told))


def rules(outcome: Outcome) -> set[str]:
    return {failure.finding.rule for failure in outcome.failures}


def found(playing: Player) -> set[str]:
    return {failure.finding.rule for failure in playing.ledger}


def exchange(status: int = 200, body: bytes = b"{}", number: int = 1, **more: Any) -> Exchange:
    """An exchange of a poll."""
    fields = tuple((name.replace("_", "-"), value) for name, value in more.pop("headers", {}).items())
    reply = Message(fields, Body(body, len(body)))
    told = {"ending": Ending.COMPLETE if status else Ending.LOST, **more}
    return Exchange(number, told.pop("method", "GET"), "/jobs", status=status, reply=reply, **told)


def broken(meant: Meant, status: int, **more: Any) -> set[str]:
    """The rules that an answer to a request of this kind breaks."""
    facts = {name: more.pop(name) for name in ("valid", "tries", "breach") if name in more}
    operation = PATTERN.submit if meant is Meant.CREATE else PATTERN.poll
    asked = Asked(meant, more.get("method", "GET"), "/jobs")
    return {rule.id for rule, _ in breaches(Answer(asked, exchange(status, **more), operation, **facts))}
