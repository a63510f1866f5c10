"""One purchase per intent: the conversation that creates a job."""

from dataclasses import dataclass, field

from .api import Api
from .asking import Asking
from .errors import CreateError, NotSent, Refused, SubmissionUnknown
from .models import Job
from .parsing import id_in, object_in, refusal_in, shown, updated, usable_id
from .retry import Fate, create_pause, fate_of_create, retry_after
from .steps import Conversation, Failed, Headers, Open, Reply, Request, Rest, Sleep, Tick

REPLY_LIMIT = 4 * 1024 * 1024
"""Most bytes of a reply that are read, decoded; real ones have less than two thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One purchase: whatever is sent for it has the same id and the same bytes.

    Attributes:
        client_request_id: Minted once.
        body: The create's body, encoded once.
        headers: Further header fields.
    """

    client_request_id: str
    body: bytes = field(repr=False)
    headers: Headers = ()


def create_request(intent: Intent, root: str, api: Api) -> Request:
    """Return the create for ``intent``; equal intents give equal requests."""
    return Request(
        method="POST",
        url=root + api.submit.path,
        headers=(
            *intent.headers,
            ("Content-Type", "application/json"),
            (api.client_request_id_header, intent.client_request_id),
        ),
        content=intent.body,
        authorized=True,
    )


def creating(intent: Intent, asking: Asking, *, timeout: float, start: Tick) -> Conversation[Job]:
    """Create a job; return it as the reply describes it.

    Args:
        intent: What to buy.
        asking: Whom to ask, and how fast.
        timeout: Seconds for all attempts and pauses together.
        start: What time it is.

    Raises:
        NotSent: No attempt reached the server within the time.
        Refused: The server refused.
        SubmissionUnknown: The create was sent and may have been accepted.
    """
    try:
        return (yield from _attempting(intent, asking, start.now, start.now + timeout))
    except BaseException as error:
        if not isinstance(error, CreateError | GeneratorExit):
            error.add_note(_interrupted(intent, asking))
        raise


def _attempting(intent: Intent, asking: Asking, now: float, deadline: float) -> Conversation[Job]:
    request = create_request(intent, asking.root, asking.api)
    pace, attempt = asking.pace, 0
    least = min(asking.pace.least_answer, (deadline - now) / 2)
    while True:
        attempt += 1
        answer: Reply | Failed = yield Open(request=request, timeout=max(deadline - now, 0.001))
        if isinstance(answer, Reply):
            answer = yield from _heard_out(answer, asking.api)
        fate = fate_of_create(answer, asking.api)
        if fate is Fate.ACCEPTED or fate is Fate.UNKNOWN:
            return _job_or_unknown(answer, fate, intent, asking)
        pause = max(create_pause(attempt, pace, asking.rng), retry_after(answer) or 0.0)
        hopeless = fate is Fate.REFUSED or (fate is Fate.NOT_SENT and attempt >= pace.connect_attempts)
        if hopeless or answer.now + pause > deadline - least:
            raise _rejection(answer, intent, asking.api, attempt)
        tick: Tick = yield Sleep(pause)
        now = tick.now


def _heard_out(head: Reply, api: Api) -> Conversation[Reply]:
    """Read the reply to its end; whatever interrupts that is noted with the job that the head names."""
    try:
        whole: Reply = yield Rest(REPLY_LIMIT)
    except BaseException as error:
        if named := _named_in(head, api):
            error.add_note(
                f"the head of the reply names the job {shown(named)}; to resume, attach to that id"
            )
        raise
    return whole


def _named_in(head: Reply, api: Api) -> str:
    return usable_id(head.header(api.inference_id_header))


def _job_or_unknown(answer: Reply | Failed, fate: Fate, intent: Intent, asking: Asking) -> Job:
    api = asking.api
    named = _named_in(answer, api) if isinstance(answer, Reply) else ""
    if isinstance(answer, Reply) and fate is Fate.ACCEPTED:
        data = object_in(answer.body) or {}
        job_id = id_in(data, api) or named
        if job_id:
            job = Job(
                id=job_id,
                client_request_id=intent.client_request_id,
                created_at=answer.wall,
                retry_after=retry_after(answer) or 0.0,
            )
            return updated(job, data, answer.body, api)
    how = how_to_look(intent.client_request_id, named, asking)
    raise SubmissionUnknown(
        f"the create may or may not have been accepted ({_happened(answer)}); it was not sent again. {how}",
        client_request_id=intent.client_request_id,
        inference_id=named or None,
        status=answer.status if isinstance(answer, Reply) else None,
        how_to_look=how,
    )


def _happened(answer: Reply | Failed) -> str:
    if isinstance(answer, Failed):
        return answer.reason
    if answer.cut:
        return f"HTTP {answer.status}, and then {answer.cut}"
    if answer.successful:
        missing = "is not a JSON object" if object_in(answer.body) is None else "has no job id"
        return f"HTTP {answer.status}, and the body {missing}"
    return f"HTTP {answer.status}, not in the API's own words"


def how_to_look(client_request_id: str, job_id: str, asking: Asking) -> str:
    """Return what a person does to find out whether a create was accepted.

    Args:
        client_request_id: The id that was sent with it.
        job_id: The job's id if a reply's head had it, else empty.
        asking: Whom to ask.
    """
    lost = asking.api.lost
    listing = (
        f"GET {asking.root}{lost.path} lists recent requests: a row whose {lost.client_request_id_field} is "
        f"{client_request_id} has the job's id as {lost.job_id_field}; no such row means no job"
    )
    if job_id:
        return f"The reply's head names the job {shown(job_id)}: attach to it. {listing}."
    return f"To look: {listing}."


def _rejection(answer: Reply | Failed, intent: Intent, api: Api, attempts: int) -> CreateError:
    tried = "" if attempts == 1 else f" after {attempts} attempts"
    if isinstance(answer, Failed):
        return NotSent(
            f"the create never reached the server{tried}: {answer.reason}; nothing was bought",
            client_request_id=intent.client_request_id,
        )
    message, request_id = refusal_in(answer.body, api)
    elsewhere = shown(answer.header("location"))
    told = message or (
        f"it points to {elsewhere}, which was not followed" if elsewhere else "no reason given"
    )
    return Refused(
        f"the server refused the create{tried} with HTTP {answer.status}: {told}; nothing was bought",
        client_request_id=intent.client_request_id,
        status=answer.status,
        body=answer.body,
        request_id=request_id,
    )


def _interrupted(intent: Intent, asking: Asking) -> str:
    how = how_to_look(intent.client_request_id, "", asking)
    return f"interrupted during a create, which may have been accepted. {how}"
