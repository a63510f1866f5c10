"""A world without sockets: a clock that jumps, a server that answers whatever Hypothesis thinks of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from bodydouble.client import Pace, default_api
from bodydouble.client.asking import Asking
from bodydouble.client.steps import (
    Answer,
    Conversation,
    Failed,
    Open,
    Piece,
    Read,
    Reply,
    Report,
    Rest,
    Send,
    Shut,
    Sleep,
    Step,
    Tick,
    Warn,
)

from .faults import error_body

T = TypeVar("T")
ROOT = "https://api.example"
API = default_api()


def asking(pace: Pace | None = None, seed: int = 0) -> Asking:
    return Asking(root=ROOT, api=API, pace=pace or Pace(), rng=Random(seed))


@dataclass(frozen=True)
class Behaviour:
    """What a server does to one request: how long it takes, and what comes of it; and what the clock does then."""

    delay: float
    status: int | None  # None: no reply
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: str = ""
    sent: bool = True
    jump: float = 0.0  # by how much somebody sets the wall clock meanwhile


@dataclass
class World:
    """Performs steps; keeps what happened and when."""

    behaviours: Iterator[Behaviour]
    now: float = 1000.0
    wall: float = 1.8e9
    lag: float = 0.0  # what every report costs
    heard: Reply | Failed = field(default_factory=lambda: Failed(now=0, wall=0, reason="nobody", sent=False))
    trace: list[tuple[float, Step]] = field(default_factory=list)
    answers: list[tuple[float, Answer]] = field(default_factory=list)

    def tick(self) -> Tick:
        return Tick(now=self.now, wall=self.wall)

    def run(self, conversation: Conversation[T]) -> T:
        answer: Answer | None = None
        try:
            while True:
                step = conversation.send(answer)
                self.trace.append((self.now, step))
                answer = self.perform(step)
                self.answers.append((self.now, answer))
        except StopIteration as stop:
            result: T = stop.value
            return result

    def perform(self, step: Step) -> Answer:
        match step:
            case Send() | Open():
                self.heard = self.answer(step)
                return self.heard
            case Rest():
                return self.heard
            case Sleep():
                self.pass_time(step.seconds)
            case Report():
                self.pass_time(self.lag)
            case Read():
                return Piece(now=self.now, wall=self.wall, data=b"")
            case Warn() | Shut():
                pass
        return self.tick()

    def answer(self, step: Send | Open) -> Reply | Failed:
        behaviour = next(self.behaviours)
        self.wall += behaviour.jump
        if behaviour.delay > step.timeout:
            self.pass_time(step.timeout)
            return Failed(now=self.now, wall=self.wall, reason="no answer in time", sent=True)
        self.pass_time(behaviour.delay)
        if behaviour.status is None:
            return Failed(now=self.now, wall=self.wall, reason="broken", sent=behaviour.sent)
        return Reply(
            now=self.now,
            wall=self.wall,
            status=behaviour.status,
            headers=behaviour.headers,
            body=behaviour.body,
            cut=behaviour.cut,
        )

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    def of(self, kind: type[Any]) -> list[tuple[float, Any]]:
        return [(at, step) for at, step in self.trace if isinstance(step, kind)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
OWN = {status: json.dumps(error_body(status)).encode() for status in (401, 404, 408, 429, 500, 503, 504)}
WORDS = tuple(API.kinds)
STATUS_WORDS = st.sampled_from(WORDS) | st.text(max_size=8) | JSON
VIDEOS = st.sampled_from(
    [None, {"url": "https://store.example/v.mp4"}, ["https://store.example/v.mp4"], [{"url": ""}], "", [], {}]
)
BODIES = (
    st.fixed_dictionaries(
        {},
        optional={
            "id": JSON,
            "generation_id": JSON,
            "status": STATUS_WORDS,
            "video": VIDEOS | JSON,
            "error": JSON,
        },
    ).map(lambda data: json.dumps(data).encode())
    | JSON.map(lambda data: json.dumps(data).encode())
    | st.binary(max_size=40)
    | st.sampled_from(list(OWN.values()))
)
HEADERS = st.lists(
    st.tuples(
        st.just("retry-after"),
        st.integers(0, 200).map(str) | st.text(max_size=8) | st.just("Wed, 21 Oct 2099 07:28:00 GMT"),
    )
    | st.tuples(st.just("x-inference-id"), st.text(max_size=8)),
    max_size=2,
).map(tuple)
BEHAVIOURS = st.builds(
    Behaviour,
    delay=st.floats(0, 400),
    status=st.none()
    | st.sampled_from(
        [200, 200, 200, 201, 204, 302, 307, 308, 400, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504]
    )
    | st.integers(100, 599),
    body=BODIES,
    headers=HEADERS,
    cut=st.sampled_from(["", "", "", "the connection was lost"]),
    sent=st.booleans(),
    jump=st.just(0.0) | st.floats(-1e7, 1e7),
)


def for_ever(behaviours: list[Behaviour]) -> Iterator[Behaviour]:
    """Yield ``behaviours`` and then the last of them without end."""
    yield from behaviours
    while True:
        yield behaviours[-1]
