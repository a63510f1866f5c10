"""Notes: a world and its jobs as plain data, for whoever writes them down; and back again.

A job is noted with the name of the operation that it is played with and the number of its scenario in a list, since
many jobs share few of both. Infinity, which JSON does not know, is null.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Annotated, Any, TypeVar

import msgspec

from bodydouble.mockserver.scenes.choosing import Casting
from bodydouble.mockserver.scenes.distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform
from bodydouble.mockserver.scenes.faults import Rule
from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.scenes.plans import Plan
from bodydouble.mockserver.scenes.scenarios import Outcome, Scenario

from .clocks import ClockState
from .jobs import Job
from .replies import Play, Unplayable
from .service import Service, UnknownPlay
from .states import Forced
from .worlds import World

T = TypeVar("T")
DISTRIBUTIONS: tuple[type[Fixed | Uniform | LogLogistic | Empirical], ...] = (
    Fixed,
    Uniform,
    LogLogistic,
    Empirical,
)
"""No two of them have the same attributes, by which they are told apart."""


class Unwritable(ValueError):
    """Something cannot be written down; the message says what, and why."""


class NoteError(ValueError):
    """What was written down cannot be read back, or does not fit here; the message names what."""


class JobNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job, written down.

    Attributes:
        id: As issued.
        play: Name of the operation that it is played with, see :attr:`~bodydouble.mockserver.replies.Play.name`.
        scenario: Number of its scenario in the list that belongs to this note.
        submitted: In its world's seconds since the epoch.
        queued: Seconds from submission to the start of the work; None for no end.
        running: Seconds of work; None for no end.
        seconds: Length of the result.
        model: What the create asked for.
        outcome: How it ends, where it does not end as its scenario says.
        polls: How often it was polled.
        fetches: How often its result was asked for.
        forced: What somebody forced, or None.
    """

    id: str
    play: str
    scenario: int
    submitted: float
    queued: float | None
    running: float | None
    seconds: float
    model: str = ""
    outcome: Outcome | None = None
    polls: int = 0
    fetches: int = 0
    forced: Forced | None = None


class Setup(msgspec.Struct, frozen=True):
    """How a world is set up at a moment, written down.

    Attributes:
        seed: As text: it may have more than 64 bits.
        clock: Where its clock stands.
        scenario: What happens to jobs that ask for nothing else.
        castings: Which requests get which scenario, whatever they ask for.
        faults: What goes wrong in every scenario.
        rate: How many requests a key may make, or None.
        url_ttl: Seconds a result's URL is good for.
        max_jobs: How many jobs it keeps.
    """

    seed: str
    clock: ClockState
    scenario: Scenario
    castings: tuple[Casting, ...]
    faults: tuple[Rule, ...]
    rate: RateLimit | None
    url_ttl: float
    max_jobs: Annotated[int, msgspec.Meta(ge=1)]


class Resolving(msgspec.Struct, frozen=True):
    """What notes refer to on this server.

    Attributes:
        play: Returns the replies of an operation, by its name, as a scenario wants them; raises
            :class:`~bodydouble.mockserver.service.UnknownPlay` for a name that nothing has here.
        scenarios: The scenarios that can be asked for, by name.
    """

    play: Callable[[str, Scenario], Play]
    scenarios: Mapping[str, Scenario]

    def scenario(self, read: Scenario) -> Scenario:
        """Return the server's own object for an equal scenario, whose replies may be prepared already."""
        own = self.scenarios.get(read.name)
        return own if own == read else read


def resolving(service: Service) -> Resolving:
    """Return what notes refer to on the server of ``service``."""
    return Resolving(service.play_named, {scenario.name: scenario for scenario in service.repertoire})


def encoded(value: object) -> bytes:
    """Return a note as JSON.

    Raises:
        Unwritable: It holds something that JSON cannot say.
    """
    try:
        return msgspec.json.encode(value)
    except (TypeError, OverflowError) as problem:
        raise Unwritable(f"cannot be written down: {problem}") from None


def decoded(raw: bytes, kind: type[T]) -> T:
    """Return the note in ``raw``.

    Raises:
        NoteError: It is no JSON, or something in it is of another kind.
    """
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=_distribution)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NoteError(str(problem)) from None


def _distribution(kind: type, value: Any) -> Distribution:
    if kind is not Distribution:
        raise NotImplementedError(kind)  # as msgspec wants a hook to say that a type is not its own
    members = dict(value) if isinstance(value, dict) else {}
    for made in DISTRIBUTIONS:
        if members.keys() == set(made.__struct_fields__):
            endless = {name: inf if member is None else member for name, member in members.items()}
            return _converted(endless, made)
    raise ValueError(f"this is no distribution of durations: {str(value)[:60]}")


def _converted(members: dict[str, Any], kind: type[T]) -> T:
    """As ``msgspec.convert``, but with an error to which the place within the whole document is added."""
    try:
        return msgspec.convert(members, kind)
    except msgspec.ValidationError as problem:
        raise ValueError(str(problem)) from None


def checked(scenario: Scenario) -> Scenario:
    """Return ``scenario`` if it can be written down and read back.

    Raises:
        Unwritable: It cannot; those built in Python may hold anything.
    """
    try:
        same = decoded(encoded(scenario), Scenario) == scenario
    except (Unwritable, NoteError) as problem:
        raise Unwritable(f"scenario '{scenario.name}' {problem}") from None
    if not same:
        raise Unwritable(f"scenario '{scenario.name}' cannot be written down: it would be read as another")
    return scenario


def setup_of(world: World) -> Setup:
    """Return how ``world`` is set up now.

    Raises:
        Unwritable: Its scenario cannot be written down.
    """
    return Setup(
        seed=str(world.settings.seed),
        clock=world.clock.state,
        scenario=checked(world.scenario),
        castings=tuple(world.castings),
        faults=tuple(world.faults),
        rate=world.rate,
        url_ttl=float(world.url_ttl),
        max_jobs=world.jobs.limit,
    )


def founded(
    setup: Setup, like: World, resolving: Resolving, *, still: bool, max_jobs: int | None = None
) -> World:
    """Return a new world that is set up so; it has no jobs yet.

    Args:
        setup: As written down.
        like: Gives the world its name, its limits and its base clock.
        resolving: What this server knows.
        still: Whether time has stood still since.
        max_jobs: How many jobs it keeps; None for as many as ``like`` does.

    Raises:
        NoteError: The seed is no number, or a casting means nothing here.
    """
    for casting in setup.castings:
        _check(casting, resolving)
    try:
        made = like.anew(int(setup.seed), max_jobs)
        made.clock.resume(setup.clock, still=still)
    except ValueError as problem:
        raise NoteError(str(problem)) from None
    made.scenario = resolving.scenario(setup.scenario)
    made.castings, made.faults, made.rate = setup.castings, setup.faults, setup.rate
    made.url_ttl = setup.url_ttl
    return made


def _check(casting: Casting, resolving: Resolving) -> None:
    if casting.scenario not in resolving.scenarios:
        raise NoteError(f"a casting wants the scenario '{casting.scenario[:100]}', which is not known here")
    try:
        re.compile(casting.prompt)
    except (re.error, OverflowError, RecursionError) as problem:
        raise NoteError(f"a casting's prompt is no regular expression: {problem}") from None


def note_of(job: Job, scenario: int) -> JobNote:
    """Return a job as a note; ``scenario`` is the number of its scenario."""
    part = job.part
    return JobNote(
        job.id,
        part.play.name,
        scenario,
        job.submitted,
        job.queued if job.queued < inf else None,
        job.running if job.running < inf else None,
        part.seconds,
        part.model,
        None if part.outcome == part.scenario.outcome else part.outcome,
        job.polls,
        job.fetches,
        job.forced,
    )


def put_back(notes: Iterable[JobNote], scenarios: Sequence[Scenario], world: World, find: Resolving) -> None:
    """Put jobs into ``world``, in their order.

    Raises:
        NoteError: One refers to what is not known here, or is there twice.
    """
    for note in notes:
        if not 0 <= note.scenario < len(scenarios):
            raise NoteError(f"job {note.id[:60]} has scenario {note.scenario}; there are {len(scenarios)}")
        if world.jobs.get(note.id) is not None:
            raise NoteError(f"job {note.id[:60]} is there twice")
        scenario = scenarios[note.scenario]
        outcome = scenario.outcome if note.outcome is None else note.outcome
        queued = inf if note.queued is None else note.queued
        running = inf if note.running is None else note.running
        plan = Plan(queued, running, outcome, note.seconds, scenario.polls)
        try:
            play = find.play(note.play, scenario)
        except (UnknownPlay, Unplayable) as problem:
            raise NoteError(f"job {note.id[:60]}: {problem}") from None
        job = world.jobs.begin(note.id, note.submitted, plan, play, scenario, note.model)
        job.polls, job.fetches = note.polls, note.fetches
        if note.forced is not None:
            world.jobs.force(job, note.forced)
