"""Results: the signed URL of a finished job, answered and refused as an object store does it."""

import re
from collections.abc import Callable
from math import isfinite
from urllib.parse import parse_qs

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.http import cors
from bodydouble.mockserver.http.messages import About, Headers, Request, Response
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Answer, Call, Decision, Target
from bodydouble.mockserver.scenes.scenarios import Ids

from .answering import page_of, retry_header
from .ids import file_name, named_by
from .jobs import Job
from .media import (
    MEDIA_TYPE,
    Clip,
    Refusal,
    answer,
    expired,
    foreign_key,
    missing,
    missing_query,
    nearest_clip,
    tampered,
)
from .namespaces import Namespaces
from .signing import sign, verify
from .states import state_at
from .worlds import World

PREFIX = "/_double/media/"
ALLOWED = ("GET", "HEAD")
DECISION = b"x-double-decision"

_PATH = r"/_double/media/(?:(?P<namespace>[^/]+)/)?(?P<job>[^/]*)\.mp4"
_PARTIAL = rb"bytes (\d+)-(\d+)/\d+"


class Results:
    """Answers requests for the results of jobs, whichever world they are in."""

    def __init__(self, worlds: Namespaces, clips: tuple[Clip, ...], wall: Callable[[], float]) -> None:
        self._worlds = worlds
        self._clips = clips
        self._wall = wall

    def answer(self, request: Request) -> Response:
        """Return the reply to one request below :data:`PREFIX`."""
        found = re.fullmatch(_PATH, request.path)
        world = self._worlds.get(found["namespace"] or "") if found else self._worlds.default
        job_id = named_by(found["job"]) if found else request.path.removeprefix(PREFIX)
        if request.method not in ALLOWED:
            refused = Response(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b"")
            of = world or self._worlds.default
            return self._told(refused, About(Purpose.RESULT, of.clock(), of.name, asked=job_id))
        if found is None or world is None:
            return self._told(
                _refused(missing(job_id)), About(Purpose.RESULT, self._worlds.default.clock(), asked=job_id)
            )
        return self._of(world, job_id, request)

    def _of(self, world: World, job_id: str, request: Request) -> Response:
        now = world.clock()
        job = world.jobs.get(job_id)
        refusal = refusal_of(job_id, job, request, world, now)
        about = About(
            Purpose.RESULT,
            now,
            world.name,
            route=f"{PREFIX}{{id}}.mp4",
            job=job.id if job else "",
            asked=job_id,
            expired=refusal is not None and refusal.body == expired().body,
        )
        if refusal is not None or job is None:
            return self._told(_refused(refusal or missing(job_id)), about)
        return self._served(world, job, request, about)

    def _served(self, world: World, job: Job, request: Request, about: About) -> Response:
        job.fetches += 1
        call = Call(
            Target.RESULT, job.fetches, job.id, max(0.0, about.at - job.ends), Stage.SUCCESS, job.model
        )
        made = world.decide(job.scenario, call)
        if made.fault is not None and made.fault.answer is not None:
            response = _instead(made.fault.answer, self._wall())
            return self._told(response, _with(about, made), made.id)
        clip = nearest_clip(self._clips, job.part.seconds)
        response = answer(clip, request.method, request.headers)
        first, sent = _span(response)
        size = len(clip.content) if sent else 0
        return self._told(response, _with(about, made, first, sent, size), made.id)

    def _told(self, response: Response, about: About, decision: str = "") -> Response:
        headers = [*response.headers, *cors.HEADERS]
        if decision:
            headers.append((DECISION, decision.encode("ascii", "replace")))
        return Response(response.status, headers, response.body, response.note, about)


def link_of(world: World, job: Job, origin: str, now: float) -> tuple[str, float]:
    """Return the signed URL of a job's result, and when it ends in the world's seconds since the epoch.

    ``expires`` counts from the job's submission, in whole lifetimes after its end, so that a seeded run repeats
    to the byte however fast it is polled, and a later poll still gives a URL that is good for a while.
    """
    passed = max(now - job.ends, 0.0) // world.url_ttl
    expires = _lasts(job) + (passed + 2) * world.url_ttl
    name = job.id if job.scenario.ids is Ids.UUID else file_name(job.id)
    place = f"{world.name}/{name}" if world.name else name
    query = sign(world.secret, _resource(world, job.id), f"{expires:.3f}")
    return f"{origin}{PREFIX}{place}.mp4?{query}", job.submitted + expires


def _resource(world: World, job_id: str) -> str:
    """What is signed: namespaces with one seed have one secret, and their jobs have the same ids."""
    return f"{world.name}/{job_id}" if world.name else job_id


def _lasts(job: Job) -> float:
    """Seconds from a job's submission to its end; as planned where that held, so that no rounding shows."""
    if job.forced is None and job.part.polls is None:
        return job.queued + job.running
    return job.ends - job.submitted


def refusal_of(job_id: str, job: Job | None, request: Request, world: World, now: float) -> Refusal | None:
    """Return why a request gets no result, or None if it gets one.

    The store looks at a request in this order: a key that is none of its business (upstream's store refuses one
    beside a signature), the signature, its end, the object.
    """
    if b"authorization" in request.headers:
        return foreign_key()
    given = parse_qs(request.query.decode("latin-1"))
    expires, signature = (given.get(name, [""])[0] for name in ("expires", "signature"))
    if not expires or not signature:
        return missing_query()
    if not verify(world.secret, _resource(world, job_id), expires, signature):
        return tampered()
    if job is None or state_at(job.plan, job, now) is not Stage.SUCCESS:
        return missing(job_id)
    return expired() if not _good_until(job, expires) > now else None


def _good_until(job: Job, expires: str) -> float:
    """``expires`` counts from the submission; it is ours, since the signature over it has been checked."""
    offset = float(expires)
    return job.submitted + offset if isfinite(offset) else 0.0


def _refused(refusal: Refusal) -> Response:
    return _plain(refusal.status, refusal.content_type, refusal.body)


def _instead(given: Answer, now: float) -> Response:
    kind, body = page_of(given, "") or (MEDIA_TYPE, b"")
    response = _plain(given.status, kind, body)
    return Response(response.status, [*response.headers, *retry_header(given, now)], body)


def _plain(status: int, kind: str, body: bytes) -> Response:
    headers: Headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    return Response(status, headers, body)


def _with(about: About, made: Decision, first: int = 0, sent: int = 0, size: int = 0) -> About:
    fault = made.fault
    return About(
        about.purpose,
        about.at,
        about.namespace,
        about.route,
        about.job,
        about.asked,
        decision=made.id,
        first=first,
        sent=sent,
        size=size,
        fault=fault,
        share=made.share,
    )


def _span(response: Response) -> tuple[int, int]:
    """Return the first byte that a reply gives, and how many from there; several ranges count as none."""
    if response.status == 200:  # noqa: PLR2004 - OK
        return 0, len(response.body)
    found = re.fullmatch(_PARTIAL, dict(response.headers).get(b"content-range", b""))
    return (int(found[1]), len(response.body)) if found and response.body else (0, 0)
