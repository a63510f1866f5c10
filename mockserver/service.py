"""The service: requests in, responses out, all decided here; no socket and no task."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.http import cors
from bodydouble.mockserver.http.messages import About, Headers, Request, Response
from bodydouble.mockserver.http.sending import origin_of
from bodydouble.mockserver.http.tracing import Tracing
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.choosing import OPENING, Wish, cast
from bodydouble.mockserver.scenes.faults import Answer, Call, Decision, Target, decision_id
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenarios import Numbers, Scenario

from .answering import limit_header, page_of, retry_header
from .clocks import Clock
from .jobs import Job
from .judging import (
    Refused,
    check_body,
    chosen,
    job_id,
    json_body,
    scenario_named,
    texts_in,
    wanted_seconds,
    wished,
)
from .limiting import admit, charge, check_credit
from .media import Clip, nearest_clip
from .namespaces import Namespaces
from .problems import Problem, ReplyFacts, error_body
from .replies import Play, Slot, Template
from .results import DECISION, link_of
from .results import PREFIX as MEDIA
from .routes import Polling, Route, Submissions, plays_of, route_table
from .variants import edited_play, play_for
from .worlds import World

DEFAULT_SECONDS = 6.0
JSON_TYPE = (b"content-type", b"application/json")
MOST_PLAYS = 512
"""Bodies of scenarios that are kept prepared."""
ENDED = frozenset(stage for stage in Stage if stage.is_final)
SHOWN = 5
"""Operations that one error names."""
SAMPLE_ID = "00000000-0000-4000-8000-000000000000"


class UnknownPlay(LookupError):
    """No operation that submits has this name; the message says which come close."""


class Case(msgspec.Struct):
    """One request in the world that it belongs to.

    Attributes:
        request: What was asked.
        world: Whose it is.
        now: That world's time.
        purpose: What it is for.
        route: The path template that it matched, or ``""``.
        headers: What its reply carries beside the usual headers.
        wish: The scenario that it asks for, if any.
        after: Seconds in which its job ends, if it is granted that.
        asked: The id that it asks about.
        decision: What was decided about faults, or None where no rule was asked.
        name: The decision's name; ``""`` before there is one.
    """

    request: Request
    world: World
    now: float
    purpose: Purpose
    route: str = ""
    headers: Sequence[tuple[bytes, bytes]] = ()
    wish: Wish | None = None
    after: float | None = None
    asked: str = ""
    decision: Decision | None = None
    name: str = ""


class Service:
    """Answers requests about jobs.

    Attributes:
        contract: What is promised.
        worlds: Whose jobs these are.
        clips: The results it can hand out.
        repertoire: The scenarios that can be asked for.
        routes: What is served.
        tracing: The headers that tell of the job on every reply.
    """

    def __init__(
        self,
        contract: Contract,
        worlds: Namespaces,
        clips: tuple[Clip, ...],
        repertoire: Repertoire,
        wall: Clock,
    ) -> None:
        price = contract.conventions.price
        self.contract = contract
        self.worlds = worlds
        self.clips = clips
        self.repertoire = repertoire
        self.routes = route_table(contract, trials(contract, clips))
        self.tracing = Tracing(contract.conventions)
        self._wall = wall
        self._usual_clip = nearest_clip(clips, DEFAULT_SECONDS)
        self._price = (str(price.credits).encode(), msgspec.json.encode(price.usd))
        self._error_type = (b"content-type", contract.conventions.errors.media_type.encode("latin-1"))
        self._named = plays_of(self.routes)
        self._plays: dict[tuple[object, ...], tuple[Play, Play]] = {}

    @property
    def world(self) -> World:
        """The world of clients that name none."""
        return self.worlds.default

    def play_named(self, name: str, scenario: Scenario) -> Play:
        """Return the replies of the operation called ``name``, as ``scenario`` wants them.

        Raises:
            UnknownPlay: The contract has no such operation.
        """
        play = self._named.get(name)
        if play is None:
            known = did_you_mean(name, self._named) or f"known are {', '.join(list(self._named)[:SHOWN])}"
            raise UnknownPlay(f"the contract has no operation '{name[:200]}'; {known}")
        return self._play(play, scenario)

    def answer(self, route: Route, request: Request) -> Response:
        """Return the reply of one route; whatever is wrong with the request is a reply, too."""
        case = None
        try:
            if request.method == "POST" and route.submissions:
                world = self.worlds.of(request.headers, secured=route.submissions.secured)
                case = Case(request, world, world.clock(), Purpose.SUBMIT, route.path)
                return self._submit(case, route.submissions)
            if request.method in ("GET", "HEAD") and route.polling:
                world = self.worlds.of(request.headers, secured=route.polling.secured)
                case = Case(request, world, world.clock(), Purpose.POLL, route.path)
                return self._poll(case, route.polling)
        except Refused as refusal:
            return self._refuse(refusal.problem, case or self._stray(request, route))
        return self._refuse(_not_allowed(route, request), self._stray(request, route))

    def unknown(self, request: Request) -> Response:
        """Return the 404 of a path that no operation has, with the operations that come nearest and what differs."""
        near = self.routes.explained(request.method, request.path)
        return self.refuse(Problem(404, f"Cannot {request.method} {request.path}; {near}"), request)

    def refuse(self, problem: Problem, request: Request) -> Response:
        """Return the reply that tells ``problem`` about a request for no operation."""
        return self._refuse(problem, self._stray(request))

    def _stray(self, request: Request, route: Route | None = None) -> Case:
        """A request of which nothing is known, as yet or for ever."""
        purpose = Purpose.UNKNOWN
        if route is not None and request.method == "POST" and route.submissions:
            purpose = Purpose.SUBMIT
        elif route is not None and request.method != "POST" and route.polling:
            purpose = Purpose.POLL
        try:
            world = self.worlds.of(request.headers, secured=False)
        except Refused:
            world = self.worlds.default
        return Case(request, world, world.clock(), purpose, route.path if route else "")

    def _submit(self, case: Case, submissions: Submissions) -> Response:
        world, request = case.world, case.request
        if world.rate is not None:
            case.headers = admit(world, world.rate, _key(request), case.now)
        body = json_body(request)
        submission = chosen(submissions, body)
        check_body(submission, body)
        model = submission.models.get(_text(body, submissions.model), "")
        scenario = self._scenario(case, model, body)
        answer = self._decide(case, scenario, Target.SUBMIT, world.count(scenario.name), model=model)
        if answer is not None:
            return self._instead(answer, case)
        price = self.contract.conventions.price.credits
        if world.credit is not None:
            check_credit(world, price)
        wanted = wanted_seconds(body)
        clip = self._usual_clip if wanted is None else nearest_clip(self.clips, wanted)
        job = self._begin(case, submission.play, scenario, body, clip.seconds, model)
        play = job.part.play
        if world.credit is not None and job.part.outcome.stage is Stage.SUCCESS:
            charge(world, price)
        return self._tell(case, job, play.created, play.created_status)

    def _begin(
        self,
        case: Case,
        play: Play,
        scenario: Scenario,
        body: JSON,  # noqa: ARG002 - for those who look for a recording that is like it
        seconds: float,
        model: str,
    ) -> Job:
        """Return a new job of the case's world."""
        return case.world.submit(self._play(play, scenario), scenario, seconds, case.now, model, case.after)

    def _scenario(self, case: Case, model: str, body: JSON) -> Scenario:
        """Return what is to happen to a create: nearest wins, see :mod:`~bodydouble.mockserver.scenes.choosing`."""
        world = case.world
        world.creates += 1
        request, wish = case.request, None
        if b"prefer" in request.headers or OPENING in request.body:
            case.wish = wish = wished(request)
        asked = scenario_named(self.repertoire, wish.scenario) if wish else world.scenario
        if world.castings:
            rule = cast(world.castings, model, texts_in(body), world.creates)
            if rule is not None:
                return scenario_named(self.repertoire, rule.scenario)
        if wish is not None:
            case.after = wish.after
            if wish.preferred:
                applied = (b"preference-applied", wish.applied.encode("latin-1", "replace"))
                case.headers = [*case.headers, applied]
        return asked

    def _play(self, play: Play, scenario: Scenario) -> Play:
        """Return ``play`` with the bodies of ``scenario``; each pair is prepared once."""
        if scenario.is_plain:
            return play
        key = (id(play), *scenario.saying)
        found = self._plays.get(key)
        if found is None:
            if len(self._plays) >= MOST_PLAYS:
                self._plays.clear()
            # Edits are many and quickly made; the variants beneath them are few and dear.
            beneath = replace(scenario, edits=(), numbers=Numbers.PLAIN)
            made = play_for(play, scenario) if beneath == scenario else self._play(play, beneath)
            # The play is kept beside what was made of it, so that its identity is not given to another.
            found = self._plays[key] = (play, edited_play(made, scenario))
        return found[1]

    def _poll(self, case: Case, polling: Polling) -> Response:
        world, request = case.world, case.request
        if world.rate is not None:
            case.headers = admit(world, world.rate, _key(request), case.now)
        if b"prefer" in request.headers and (wish := wished(request)) is not None:
            scenario_named(self.repertoire, wish.scenario)
        case.asked = job_id(polling, request)
        job = world.jobs.get(case.asked)
        if job is None:
            raise Refused(self._no_job(world, case.asked))
        job.polls += 1
        answer = self._decide(case, job.scenario, Target.POLL, job.polls, job)
        if answer is not None:
            return self._instead(answer, case, job.id)
        return self._tell(case, job, job.play.polled, job.play.polled_status)

    def _decide(
        self,
        case: Case,
        scenario: Scenario,
        target: Target,
        nth: int,
        job: Job | None = None,
        model: str = "",
    ) -> Answer | None:
        """Decide what goes wrong, and return what is answered instead, if anything is."""
        world = case.world
        if not scenario.faults and not world.faults:
            case.name = decision_id(scenario.name, None, target, nth, job.id if job else str(nth))
            return None
        if job is None:
            call = Call(target, nth, str(nth), model=model)
        else:
            stage = job.stage_at(case.now)
            call = Call(target, nth, job.id, case.now - job.submitted, stage, job.model)
        case.decision = world.decide(scenario, call)
        case.name = case.decision.id
        return case.decision.fault.answer if case.decision.fault else None

    def _tell(self, case: Case, job: Job, bodies: Mapping[Stage, Template], status: int) -> Response:
        stage = job.stage_at(case.now)
        job_id = job.id.encode()
        template = bodies[stage]
        values = {b"id": b'"%b"' % job_id}
        credit = usd = b"0"
        until = None
        if stage in ENDED:
            link, ends = link_of(case.world, job, origin_of(case.request), case.now)
            if stage is Stage.SUCCESS:
                credit, usd = self._price
                until = ends if template.has_link else None
            values |= _ending(job, link, credit, usd)
        body = template.fill(values)
        return Response(
            status,
            [
                JSON_TYPE,
                (b"content-length", b"%d" % len(body)),
                *self.tracing.headers((job_id, credit, usd), case.request.headers),
                *cors.HEADERS,
                (DECISION, case.name.encode("ascii", "replace")),
                *case.headers,
            ],
            body,
            "",
            about_of(case, job.id, stage, until),
        )

    def _refuse(self, problem: Problem, case: Case, job_id: str = "") -> Response:
        reply_id = job_id or case.world.reply_id()
        facts = ReplyFacts(case.request.path, reply_id, case.now)
        raw = msgspec.json.encode(error_body(self.contract.conventions.errors, problem, facts))
        return self._refused(problem, self._error_type, raw, reply_id, case, job_id)

    def _instead(self, answer: Answer, case: Case, job_id: str = "") -> Response:
        """Return what a fault answers."""
        headers = retry_header(answer, self._wall())
        if case.world.rate is None:
            headers = (*headers, *limit_header(answer))
        problem = Problem(answer.status, answer.message, headers=headers)
        page = page_of(answer, problem.title)
        if page is None:
            return self._refuse(problem, case, job_id)
        kind, raw = page
        reply_id = job_id or case.world.reply_id()
        return self._refused(problem, (b"content-type", kind.encode()), raw, reply_id, case, job_id)

    def _refused(
        self, problem: Problem, kind: tuple[bytes, bytes], raw: bytes, reply_id: str, case: Case, job_id: str
    ) -> Response:
        headers: Headers = [
            kind,
            (b"content-length", str(len(raw)).encode()),
            *self.tracing.headers((reply_id.encode(), b"0", b"0"), case.request.headers),
            *cors.HEADERS,
            *problem.headers,
            *case.headers,
        ]
        if case.name:
            headers.append((DECISION, case.name.encode("ascii", "replace")))
        about = about_of(case, job_id, "", None, problem)
        return Response(problem.status, headers, raw, problem.note, about)

    def _no_job(self, world: World, wanted: str) -> Problem:
        jobs = world.jobs
        note = ""
        if jobs.evicted_end(wanted) is not None:
            note = (
                f"job {wanted} had to leave: {jobs.limit} jobs are kept and it was the first of them to end"
            )
        return Problem(404, "No job has this id; it was never issued here, or it had to leave", note=note)


def about_of(
    case: Case, job_id: str, stage: str, until: float | None, problem: Problem | None = None
) -> About:
    """Return what the journal has to know of a case and its reply."""
    about = About(
        case.purpose,
        case.now,
        case.world.name,
        case.route,
        job_id,
        case.asked,
        stage,
        case.wish.scenario if case.wish else "",
        case.name,
        problem.violations if problem else (),
        until,
    )
    made = case.decision
    return replace(about, fault=made.fault, share=made.share) if made else about


def _ending(job: Job, link: str, credit: bytes, usd: bytes) -> dict[bytes, bytes]:
    encode = msgspec.json.encode
    failure = job.forced or job.part.outcome
    return {
        b"link": encode(link),
        b"seconds": encode(_plain(job.part.seconds)),
        b"credits": credit,
        b"usd": usd,
        b"error_name": encode(failure.error_name),
        b"error_message": encode(failure.error_message),
    }


def _key(request: Request) -> bytes:
    return request.headers.get(b"authorization", b"")


def _text(body: JSON, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def trials(contract: Contract, clips: tuple[Clip, ...]) -> dict[Slot, tuple[JSON, ...]]:
    """Return every kind of value that a slot may come to hold, so that replies can be proved valid beforehand."""
    price = contract.conventions.price
    return {
        Slot.ID: (SAMPLE_ID,),
        Slot.LINK: (f"https://localhost{MEDIA}{SAMPLE_ID}.mp4?expires=0&signature=0",),
        Slot.SECONDS: tuple(_plain(clip.seconds) for clip in clips),
        Slot.CREDITS: (price.credits, 0),
        Slot.USD: (price.usd, 0),
        Slot.ERROR_NAME: ("GenerationError",),
        Slot.ERROR_MESSAGE: ("The generation stopped before it was done.",),
    }


def _plain(number: float) -> int | float:
    """A whole number is written without a fraction, as people write durations."""
    return int(number) if number == int(number) else number


def _not_allowed(route: Route, request: Request) -> Problem:
    allowed = ", ".join(route.allowed)
    message = f"{request.method} is not allowed on {request.path}; expected {allowed}"
    return Problem(405, message, headers=((b"allow", allowed.encode()),))
