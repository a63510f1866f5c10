"""Recordings played back: a service whose jobs live as recorded ones did, at the speed of their world.

A create gets the life of the recording whose request is most like it. Whoever asks for a scenario gets that instead:
a request, a casting, or control for a namespace. What control forces happens; faults of the server's own scenario come
on top.
"""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import asdict, replace

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import REQUEST_HEADER
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.http import cors
from bodydouble.mockserver.http.messages import Headers, Response
from bodydouble.mockserver.http.sending import origin_of
from bodydouble.mockserver.recordings.recordings import Recording, Said, render
from bodydouble.mockserver.recordings.replaying import (
    Life,
    Unreplayable,
    headers_of,
    life_of,
    pick,
    plan_of,
    reissued,
)
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenarios import Scenario

from .clocks import Clock
from .jobs import Job
from .judging import Refused
from .media import Clip
from .namespaces import Namespaces
from .problems import Problem
from .replies import Play, Template
from .results import DECISION, link_of
from .service import Case, Service, about_of

SHOWN = 5
"""Models that one error names."""
_OURS = frozenset({DECISION.decode(), "preference-applied", "server", "date"})
_FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class LifePlay(Play, frozen=True):
    """A recorded life as a play.

    Attributes:
        life: What happened.
        asked: The recorded body of the create.
        mark: Tells the recording from others, wherever it lies.
    """

    life: Life
    asked: JSON
    mark: str

    @property
    def name(self) -> str:
        """What it is called from one run to the next."""
        return recording_name(self.mark, super().name)


def recording_name(mark: str, operation: str) -> str:
    """Return the name of a recording's play."""
    return f"recording {mark} of {operation}"


class Reel(msgspec.Struct, frozen=True):
    """A recording that can be played.

    Attributes:
        life: What happened.
        asked: The recorded body of the create.
        mark: Tells it from others.
    """

    life: Life
    asked: JSON
    mark: str


def reels_of(recordings: Sequence[Recording]) -> tuple[Reel, ...]:
    """Return those of ``recordings`` that can be played.

    Raises:
        Unreplayable: There is none.
    """
    reels: list[Reel] = []
    reasons: list[str] = []
    for recording in recordings:
        try:
            life = life_of(recording)
        except Unreplayable as problem:
            reasons.append(str(problem))
            continue
        asked = recording.request.said.body if recording.request else None
        reels.append(Reel(life, asked, f"{binascii.crc32(render(recording).encode()):08x}"))
    if not reels:
        told = "; ".join(dict.fromkeys(reasons))
        raise Unreplayable(f"none of {len(recordings)} recordings can be played back: {told}")
    return tuple(reels)


class ReplayedService(Service):
    """Answers requests about jobs as recorded servers did."""

    def __init__(
        self,
        contract: Contract,
        worlds: Namespaces,
        clips: tuple[Clip, ...],
        repertoire: Repertoire,
        wall: Clock,
        recordings: Sequence[Recording],
    ) -> None:
        """Set up.

        Args:
            contract: What is promised.
            worlds: Whose jobs these are.
            clips: The results it can hand out.
            repertoire: The scenarios that can be asked for.
            wall: The wall clock.
            recordings: What is played back.

        Raises:
            Unreplayable: None can be.
        """
        super().__init__(contract, worlds, clips, repertoire, wall)
        self.reels = reels_of(recordings)
        self._lives = [reel.life for reel in self.reels]
        self._requests = [reel.asked for reel in self.reels]
        self._life_plays: dict[str, LifePlay] = {}
        self._echoes = frozenset(
            name for name, value in contract.conventions.headers if value.startswith(REQUEST_HEADER)
        )

    def play_named(self, name: str, scenario: Scenario) -> Play:
        """Return the play of a recording, or that of an operation; see :class:`~bodydouble.mockserver.service.Service`.

        Raises:
            UnknownPlay: There is no such recording here, nor such an operation.
        """
        for reel in self.reels:
            operation = name.removeprefix(recording_name(reel.mark, ""))
            if operation != name:
                return self._life_play(super().play_named(operation, scenario), reel)
        return super().play_named(name, scenario)

    def _begin(
        self, case: Case, play: Play, scenario: Scenario, body: JSON, seconds: float, model: str
    ) -> Job:
        world = case.world
        if scenario != self.worlds.settings.scenario or case.wish is not None:
            return super()._begin(case, play, scenario, body, seconds, model)
        used = [world.played(recording_name(reel.mark, "")) for reel in self.reels]
        number = pick(self._lives, self._requests, body, used)
        if number is None:
            raise Refused(Problem(404, f"No recording is like this request; {self._recorded()}"))
        reel = self.reels[number]
        world.count(recording_name(reel.mark, ""))
        # Recordings have times, whatever a scenario counts.
        timed = scenario if scenario.polls is None else replace(scenario, polls=None)
        plan = plan_of(reel.life, seconds)
        return world.submit_planned(self._life_play(play, reel), timed, plan, case.now, model)

    def _recorded(self) -> str:
        models = list(dict.fromkeys(life.model for life in self._lives))
        more = f" and {len(models) - SHOWN} more" if len(models) > SHOWN else ""
        return f"recorded are {len(self._lives)} jobs of {', '.join(models[:SHOWN])}{more}"

    def _life_play(self, play: Play, reel: Reel) -> LifePlay:
        name = recording_name(reel.mark, play.name)
        found = self._life_plays.get(name)
        if found is None:
            members = {field: getattr(play, field) for field in Play.__struct_fields__}
            found = self._life_plays[name] = LifePlay(**members, **asdict(reel))
        return found

    def _tell(self, case: Case, job: Job, bodies: Mapping[Stage, Template], status: int) -> Response:
        play = job.part.play
        if not isinstance(play, LifePlay) or job.forced is not None:
            return super()._tell(case, job, bodies, status)
        life = play.life
        step = life.at(case.now - job.submitted)
        said, code = (life.created, life.code) if bodies is play.created else (step.said, step.code)
        stage = life.steps[0].stage if bodies is play.created else step.stage
        if said.omitted:
            return super()._tell(case, job, bodies, status)
        link, until = link_of(case.world, job, origin_of(case.request), case.now)
        raw = msgspec.json.encode(
            reissued(said.body, life.job, job.id, link if stage is Stage.SUCCESS else None)
        )
        headers: Headers = [
            *self._headers(said, life, job, case, stage),
            (b"content-length", b"%d" % len(raw)),
            *cors.HEADERS,
            (DECISION, case.name.encode("ascii", "replace")),
            *case.headers,
        ]
        given = until if stage is Stage.SUCCESS and link.encode() in raw else None
        return Response(code, headers, raw, "", about_of(case, job.id, stage, given))

    def _headers(
        self, said: Said, life: Life, job: Job, case: Case, stage: Stage
    ) -> Iterator[tuple[bytes, bytes]]:
        """The recorded headers, and those of ours that were not recorded or tell of the present request."""
        recorded = {
            name: value
            for name, value in headers_of(said, life.job, job.id).items()
            if name not in _OURS
            and name not in self._echoes
            and _FIELD.fullmatch(name)
            and value.isprintable()
        }
        recorded.setdefault("content-type", "application/json")
        yield from ((name.encode(), value.encode("latin-1", "replace")) for name, value in recorded.items())
        price = self._price if stage is Stage.SUCCESS else (b"0", b"0")
        for name, value in self.tracing.headers((job.id.encode(), *price), case.request.headers):
            if name.decode() not in recorded:
                yield name, value
