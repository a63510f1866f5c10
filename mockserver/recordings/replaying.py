"""Recordings played back: which one a request gets, and what its job answers at a moment.

Everything here is a function of recordings and of the time since the create, so that a recorded life can be played at
any speed, by any worker, and to several pollers at once. Errors on the way (a 502, a 429) are not played back: they
belong to the moment in which somebody asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON, join
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Outcome

from .recordings import Recording, Said, Transition, Turn

NOT_REPEATED = frozenset(
    {"connection", "content-encoding", "content-length", "set-cookie", "transfer-encoding"}
)
"""Headers that belong to the bytes as they were sent, or to whom they were sent."""
SUCCESS_CODES = range(200, 300)
PSEUDONYMS = ("prompt-", "prompt (", "secret-", "secret (", "id-", "job-")
"""Beginnings of what stands in a recording for what nobody is to know; it says nothing about likeness."""


class Unreplayable(ValueError):
    """A recording shows no life that can be played; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Step:
    """A status that a life reaches.

    Attributes:
        at: Seconds from the create.
        after: When it was last seen not to be there yet.
        status: The word.
        stage: What it means.
        said: What a poll answered.
        code: The poll's status code.
    """

    at: float
    after: float
    status: str
    stage: Stage
    said: Said
    code: int


@dataclass(frozen=True, slots=True)
class Life:
    """A recorded life, ready to be played.

    Attributes:
        job: What stands for the job's id in it.
        model: What the create asked for.
        created: What the create answered.
        code: The create's status code.
        steps: The statuses, the first at 0; never empty.
        uncertainty: Half of the average time in which a status was reached unseen, in seconds.
    """

    job: str
    model: str
    created: Said
    code: int
    steps: tuple[Step, ...]
    uncertainty: float

    def at(self, elapsed: float) -> Step:
        """Return the step that the job is at, ``elapsed`` seconds after the create."""
        reached = [step for step in self.steps if step.at <= elapsed]
        return reached[-1] if reached else self.steps[0]

    @property
    def queued(self) -> float:
        """Seconds until the work began; infinite if that was never seen.

        Where a job was never seen running, its work began when it was last seen in the queue.
        """
        left = next((step for step in self.steps if step.stage is not Stage.INITIAL), None)
        if left is None:
            return inf
        return left.after if left.stage.is_final else left.at

    @property
    def ended(self) -> float:
        """Seconds until the end; infinite if that was never seen."""
        return next((step.at for step in self.steps if step.stage.is_final), inf)

    @property
    def running(self) -> float:
        """Seconds of work; infinite if its end was never seen."""
        return self.ended - self.queued if self.ended < inf else inf


def life_of(recording: Recording) -> Life:
    """Return the life that a recording shows.

    A status is reached in the middle between the last question before and the answer that showed it: the same polls
    at the same moments see the same statuses. A status that comes before one that was seen earlier is left out, as is
    one whose meaning is unknown.

    Raises:
        Unreplayable: The create was not recorded, was refused, or no reply told a status.
    """
    created = next((turn for turn in recording.turns if turn.asked == "create"), None)
    if recording.request is None or created is None or created.said is None:
        raise Unreplayable("the create was not recorded")
    if created.code not in SUCCESS_CODES:
        raise Unreplayable(f"the create was refused with status {created.code}")
    steps = tuple(_steps(recording, created.said))
    if not steps:
        raise Unreplayable("no reply tells a status")
    return Life(
        job=recording.job,
        model=recording.model,
        created=created.said,
        code=created.code,
        steps=steps,
        uncertainty=_uncertainty(recording.transitions),
    )


def _steps(recording: Recording, created: Said) -> Iterator[Step]:
    last: Stage | None = None
    for reached in recording.transitions:
        stage = recording.stage(reached.status)
        if stage is None or (
            last is not None and (last.is_final or _ORDER.index(stage) < _ORDER.index(last))
        ):
            continue
        code, said = _told(recording.turns, reached.status) or (SUCCESS_CODES[0], created)
        at, after = (0.0, 0.0) if last is None else (reached.middle, reached.after)
        yield Step(at, after, reached.status, stage, said, code)
        last = stage


_ORDER = tuple(Stage)


def _told(turns: Sequence[Turn], status: str) -> tuple[int, Said] | None:
    """What the first poll that told a status answered."""
    told = (
        t for t in turns if t.asked == "poll" and t.status == status and t.said and t.code in SUCCESS_CODES
    )
    return next(((turn.code, turn.said) for turn in told if turn.said is not None), None)


def _uncertainty(transitions: Sequence[Transition]) -> float:
    reached = [(transition.by - transition.after) / 2 for transition in transitions[1:]]
    return sum(reached) / len(reached) if reached else 0.0


def pick(lives: Sequence[Life], requests: Sequence[JSON], body: JSON, used: Sequence[int]) -> int | None:
    """Return the number of the life that a create gets, or None where no recording is of its model.

    The likest request wins: one of the same shape first, then the one with the most equal values; of several as
    like, the one that was used least, then the first.

    Args:
        lives: What can be played.
        requests: The recorded body of each one's create.
        body: What is asked now.
        used: How often each was played.
    """
    model = _model(body)
    fitting = [number for number, life in enumerate(lives) if not life.model or life.model == model]
    asked = dict(_leaves(body))

    def order(number: int) -> tuple[bool, int, int, int]:
        recorded = dict(_leaves(requests[number]))
        same = sum(1 for place, value in recorded.items() if place in asked and _equal(asked[place], value))
        return (recorded.keys() != asked.keys(), -same, used[number], number)

    return min(fitting, key=order, default=None)


def _model(body: JSON) -> str:
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else ""


def _equal(asked: JSON, recorded: JSON) -> bool:
    hidden = isinstance(recorded, str) and recorded.startswith(PSEUDONYMS)
    return not hidden and type(asked) is type(recorded) and asked == recorded


def _leaves(value: JSON, place: str = "") -> Iterator[tuple[str, JSON]]:
    match value:
        case dict():
            for name, member in value.items():
                yield from _leaves(member, join(place, name))
        case list():
            for number, member in enumerate(value):
                yield from _leaves(member, join(place, number))
        case _:
            yield place, value


def reissued(value: JSON, recorded_id: str, job_id: str, link: str | None) -> JSON:
    """Return a recorded body as the reply about a new job.

    Args:
        value: The body.
        recorded_id: What stands for the id in it.
        job_id: The new job's id.
        link: Address of the new job's result, which stands in for every absolute URL; None keeps them.
    """
    match value:
        case dict():
            return {name: reissued(member, recorded_id, job_id, link) for name, member in value.items()}
        case list():
            return [reissued(member, recorded_id, job_id, link) for member in value]
        case str() if link is not None and value.startswith(("https://", "http://")):
            return link
        case str():
            return value.replace(recorded_id, job_id) if recorded_id else value
    return value


def headers_of(said: Said, recorded_id: str, job_id: str) -> Mapping[str, str]:
    """Return a recorded reply's headers as those of a reply about a new job."""
    kept = {name: value for name, value in said.headers.items() if name not in NOT_REPEATED}
    return {
        name: value.replace(recorded_id, job_id) if recorded_id else value for name, value in kept.items()
    }


def outcome_of(life: Life) -> Outcome:
    """Return how a life ends; one whose end was not seen goes on, and is played as one that would succeed."""
    last = life.steps[-1]
    if last.stage is not Stage.FAILURE:
        return Outcome(Stage.SUCCESS)
    told = {place.rsplit("/", 1)[-1]: value for place, value in _leaves(last.said.body) if "/error" in place}
    name = next((str(told[key]) for key in ("name", "code", "type") if told.get(key)), "GenerationError")
    message = next((str(told[key]) for key in ("message", "detail", "error") if told.get(key)), last.status)
    return Outcome(Stage.FAILURE, name, message)


def plan_of(life: Life, seconds: float) -> Plan:
    """Return the life as a plan, for everything that reads plans; ``seconds`` is the length of its result."""
    return Plan(life.queued, life.running if life.queued < inf else 0.0, outcome_of(life), seconds)
