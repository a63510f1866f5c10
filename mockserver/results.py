"""Results: the signed URL of a finished job, served and refused as an object store does it."""

from collections.abc import Mapping
from math import isfinite
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.http.messages import Response
from bodydouble.mockserver.http.sending import reply

from .jobs import Job
from .media import (
    Clip,
    Refusal,
    expired,
    foreign_key,
    missing,
    missing_query,
    nearest_clip,
    serve_clip,
    tampered,
)
from .signing import verify
from .states import state_at
from .worlds import World

ALLOWED = ("GET", "HEAD")


class Results:
    """Serves the results of one world's jobs."""

    def __init__(self, world: World, clips: tuple[Clip, ...]) -> None:
        self._world = world
        self._clips = clips

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the path parameter ``id`` names the job."""
        if scope["method"] not in ALLOWED:
            await reply(Response(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""), send)
            return
        job_id = scope["path_params"]["id"]
        job = self._world.jobs.get(job_id)
        refusal = refusal_of(job_id, job, dict(scope["headers"]), scope["query_string"], self._world)
        if refusal is not None:
            await reply(_refused(refusal), send)
        elif job is not None:
            await serve_clip(nearest_clip(self._clips, job.plan.seconds), scope, receive, send)


def refusal_of(
    job_id: str, job: Job | None, headers: Mapping[bytes, bytes], query: bytes, world: World
) -> Refusal | None:
    """Return why a request gets no result, or None if it gets one.

    The store looks at a request in this order: a key that is none of its business (upstream's store refuses one
    beside a signature), the signature, its end, the object.
    """
    if b"authorization" in headers:
        return foreign_key()
    given = parse_qs(query.decode("latin-1"))
    expires, signature = (given.get(name, [""])[0] for name in ("expires", "signature"))
    if not expires or not signature:
        return missing_query()
    if not verify(world.secret, job_id, expires, signature):
        return tampered()
    now = world.clock()
    if job is None or state_at(job.plan, job, now) is not Stage.SUCCESS:
        return missing(job_id)
    return expired() if not _good_until(job, expires) > now else None


def _good_until(job: Job, expires: str) -> float:
    """``expires`` counts from the submission; it is ours, since the signature over it has been checked."""
    offset = float(expires)
    return job.submitted + offset if isfinite(offset) else 0.0


def _refused(refusal: Refusal) -> Response:
    kind, length = refusal.content_type.encode(), str(len(refusal.body)).encode()
    return Response(refusal.status, [(b"content-type", kind), (b"content-length", length)], refusal.body)
