"""The service: requests in, responses out, all decided here; no socket and no task."""

from collections.abc import Mapping

import msgspec

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.http.cors import Cors
from bodydouble.mockserver.http.messages import Headers, Request, Response
from bodydouble.mockserver.http.tracing import Traced, Tracing

from .jobs import Job
from .judging import Refused, check_body, check_key, chosen, job_id, json_body, scenario_for, wanted_seconds
from .media import Clip, nearest_clip
from .problems import Problem, ReplyFacts, error_body
from .replies import Slot, Template
from .routes import Polling, Route, Submissions, route_table
from .signing import sign
from .states import state_at
from .worlds import World

PREFIX = "/_double"
DEFAULT_SECONDS = 6.0
JSON_TYPE = (b"content-type", b"application/json")
SAMPLE_ID = "00000000-0000-4000-8000-000000000000"


class Service:
    """Answers requests about jobs.

    Attributes:
        contract: What is promised.
        world: Whose jobs these are.
        clips: The results it can hand out.
        routes: What is served.
        tracing: The headers that tell of the job on every reply.
        cors: The headers that let pages from elsewhere read them.
    """

    def __init__(
        self, contract: Contract, world: World, clips: tuple[Clip, ...], api_keys: tuple[str, ...] = ()
    ) -> None:
        price = contract.conventions.price
        self.contract = contract
        self.world = world
        self.clips = clips
        self.routes = route_table(contract, trials(contract, clips))
        self.tracing = Tracing(contract.conventions)
        self.cors = Cors(self.tracing.names)
        self._usual_clip = nearest_clip(clips, DEFAULT_SECONDS)
        self._keys = tuple(key.encode() for key in api_keys)
        self._price = (str(price.credits).encode(), msgspec.json.encode(price.usd))
        self._error_type = (b"content-type", contract.conventions.errors.media_type.encode("latin-1"))

    def answer(self, route: Route, request: Request) -> Response:
        """Return the reply of one route; whatever is wrong with the request is a reply, too."""
        try:
            if request.method == "POST" and route.submissions:
                return self._submit(route.submissions, request)
            if request.method in ("GET", "HEAD") and route.polling:
                return self._poll(route.polling, request)
        except Refused as refusal:
            return self.refuse(refusal.problem, request)
        return self.refuse(_not_allowed(route, request), request)

    def unknown(self, request: Request) -> Response:
        """Return the 404 of a path that no operation has, with the operations that come nearest."""
        near = ", ".join(self.routes.nearest(request.method, request.path))
        return self.refuse(
            Problem(404, f"Cannot {request.method} {request.path}; nearest are {near}"), request
        )

    def refuse(self, problem: Problem, request: Request) -> Response:
        """Return the reply that tells ``problem``."""
        reply_id = self.world.reply_id()
        facts = ReplyFacts(request.path, reply_id, self.world.clock())
        body = error_body(self.contract.conventions.errors, problem, facts)
        raw = msgspec.json.encode(body)
        traced = Traced(reply_id.encode(), b"0", b"0", request.headers)
        headers: Headers = [
            self._error_type,
            _length(raw),
            *self.tracing.headers(traced),
            *self.cors.headers,
            *problem.headers,
        ]
        return Response(problem.status, headers, raw, problem.note)

    def _submit(self, submissions: Submissions, request: Request) -> Response:
        if submissions.secured or self._keys:
            check_key(request.headers.get(b"authorization"), self._keys)
        body = json_body(request)
        submission = chosen(submissions, body)
        check_body(submission, body)
        scenario = scenario_for(request, self.world.scenario)
        wanted = wanted_seconds(body)
        clip = self._usual_clip if wanted is None else nearest_clip(self.clips, wanted)
        now = self.world.clock()
        job = self.world.submit(submission.play, scenario, clip.seconds, now)
        status = submission.play.pattern.submitted.reply.status_code
        return self._tell(job, submission.play.created, status, request, now)

    def _poll(self, polling: Polling, request: Request) -> Response:
        if polling.secured or self._keys:
            check_key(request.headers.get(b"authorization"), self._keys)
        wanted = job_id(polling, request)
        job = self.world.jobs.get(wanted)
        if job is None:
            raise Refused(self._no_job(wanted))
        pattern = job.play.pattern
        return self._tell(job, job.play.polled, pattern.polled.reply.status_code, request, self.world.clock())

    def _tell(
        self, job: Job, bodies: Mapping[Stage, Template], status: int, request: Request, now: float
    ) -> Response:
        stage = state_at(job.plan, job, now)
        job_id = job.id.encode()
        credit, usd = self._price if stage is Stage.SUCCESS else (b"0", b"0")
        values = {b"id": b'"%b"' % job_id}
        if stage.is_final:
            values |= self._ending(job, request, now, credit, usd)
        body = bodies[stage].fill(values)
        traced = Traced(job_id, credit, usd, request.headers)
        headers: Headers = [JSON_TYPE, _length(body), *self.tracing.headers(traced), *self.cors.headers]
        return Response(status, headers, body)

    def _ending(
        self, job: Job, request: Request, now: float, credit: bytes, usd: bytes
    ) -> dict[bytes, bytes]:
        encode = msgspec.json.encode
        return {
            b"link": encode(self.link(job, request.origin, now)),
            b"seconds": encode(_plain(job.plan.seconds)),
            b"credits": credit,
            b"usd": usd,
            b"error_name": encode(job.plan.outcome.error_name),
            b"error_message": encode(job.plan.outcome.error_message),
        }

    def link(self, job: Job, origin: str, now: float) -> str:
        """Return the signed URL of a job's result.

        ``expires`` counts from the job's submission, in whole lifetimes after its end, so that a seeded run repeats
        to the byte however fast it is polled, and a later poll still gives a URL that is good for a while.
        """
        passed = max(now - job.ends, 0.0) // self.world.url_ttl
        expires = job.plan.queued + job.plan.running + (passed + 2) * self.world.url_ttl
        return f"{origin}{PREFIX}/media/{job.id}.mp4?{sign(self.world.secret, job.id, f'{expires:.3f}')}"

    def _no_job(self, wanted: str) -> Problem:
        jobs = self.world.jobs
        note = ""
        if jobs.evicted_end(wanted) is not None:
            note = (
                f"job {wanted} had to leave: {jobs.limit} jobs are kept and it was the first of them to end"
            )
        return Problem(404, "No job has this id; it was never issued here, or it had to leave", note=note)


def trials(contract: Contract, clips: tuple[Clip, ...]) -> dict[Slot, tuple[JSON, ...]]:
    """Return every kind of value that a slot may come to hold, so that replies can be proved valid beforehand."""
    price = contract.conventions.price
    return {
        Slot.ID: (SAMPLE_ID,),
        Slot.LINK: (f"https://localhost{PREFIX}/media/{SAMPLE_ID}.mp4?expires=0&signature=0",),
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


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()
