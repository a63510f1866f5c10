"""A zoo of broken servers: small programs with one flaw each, beside the sound ones that they are made from.

Every server plays the bundled API with the standard library. Time is a clock that the test moves.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote

from bodydouble.contracts.schema.images import ImageRules, broken_rules
from tests.apis import BUNDLED

PATHS = ("/v2/video/generations", "/v2/generate/video/minimax/generation")
MEDIA = "/media/"
QUEUED, GENERATED = 5.0, 40.0
LONGEST_PROMPT = 2000
SCHEMA = BUNDLED.patterns[0].submit.request
assert SCHEMA
IMAGE: Any = SCHEMA.strict["properties"]["image_url"]  # type: ignore[index,call-overload]  # JSON of a known shape
IMAGES = ImageRules.from_json(IMAGE["x-bodydouble-image"])
FILE = b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x28mdat" + bytes(32)

Headers = dict[str, str]
Event = MutableMapping[str, Any]


@dataclass
class Job:
    id: str
    made: float
    number: int
    polls: int = 0


@dataclass
class Said:
    """A reply."""

    status: int
    body: Any = None
    headers: Headers | None = None
    content: bytes | None = None

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.body).encode() if self.content is None else self.content


class Sound:
    """Keeps every promise."""

    found_by: ClassVar[tuple[str, ...]] = ()
    """Rules of which one at least must find the flaw."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.jobs: dict[str, Job] = {}
        self.numbers = count(1)
        self.path = self.method = ""
        self.asked: Mapping[str, str] = {}

    async def __call__(
        self, scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
    ) -> None:
        assert scope["type"] == "http"
        body = (await receive())["body"]
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        said = self.answer(scope["method"], scope["path"], scope["query_string"].decode(), headers, body)
        fields = {"content-length": str(len(said.bytes)), **(said.headers or {})}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": raw})
        content = b"" if scope["method"] == "HEAD" else said.bytes
        await send({"type": "http.response.body", "body": content})

    # What a request comes to

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Said:
        self.path, self.method, self.asked = path, method, headers
        if path.startswith(MEDIA):
            return self.video(path.removeprefix(MEDIA).removesuffix(".mp4"))
        if path not in PATHS:
            return self.refuse(404, "Not found")
        if method not in ("POST", "GET"):
            return self.not_allowed()
        if not self.knows(headers.get("authorization", "")):
            return self.refuse(401, "No valid key")
        return self.create(body) if method == "POST" else self.poll(query)

    def knows(self, authorization: str) -> bool:
        return authorization.startswith("Bearer ")

    def not_allowed(self) -> Said:
        said = self.refuse(405, "Method not allowed")
        said.headers = {**(said.headers or {}), "allow": "GET, POST"}
        return said

    def create(self, body: bytes) -> Said:
        problem = self.problem(body)
        if problem:
            return self.refuse(400, problem)
        job = Job(self.new_id(), self.now(), next(self.numbers))
        self.jobs[job.id] = job
        return self.tell(job, self.created(job))

    def poll(self, query: str) -> Said:
        named = parse_qs(query, keep_blank_values=True).get("generation_id", [])
        if len(named) != 1 or not named[0]:
            return self.refuse(400, "generation_id must stand once")
        job = self.jobs.get(named[0])
        if job is None:
            return self.missing(named[0])
        job.polls += 1
        return self.tell(job, self.polled(job))

    def missing(self, job: str) -> Said:
        return self.refuse(404, f"No job {job[:20]!r}")

    def problem(self, body: bytes) -> str:
        """Return what is wrong with a create, ``""`` for nothing."""
        try:
            asked = json.loads(body.decode())
        except ValueError:
            return "Body is no JSON"
        return self.wrong_value(asked) if isinstance(asked, dict) else "Body is no object"

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        if asked.get("model") != "video-01":
            return "Unknown model"
        if not isinstance(asked.get("prompt"), str) or len(asked["prompt"]) > LONGEST_PROMPT:
            return "prompt must be a text"
        if not isinstance(asked.get("enhance_prompt", True), bool):
            return "enhance_prompt must be a boolean"
        if "image_url" in asked:
            image = asked["image_url"]
            if not isinstance(image, str) or not image or broken_rules(image, IMAGES):
                return "image_url must be a picture"
        return ""

    # What a job says

    def new_id(self) -> str:
        return f"job-{len(self.jobs) + 1:08}"

    def status(self, job: Job) -> str:
        age = self.now() - job.made
        return "queued" if age < QUEUED else "generating" if age < GENERATED else self.end(job)

    def end(self, job: Job) -> str:
        return "error" if job.number % 4 == 0 else "completed"

    def created(self, job: Job) -> dict[str, Any]:
        return {"id": job.id, "generation_id": job.id, "status": "queued"}

    def polled(self, job: Job) -> dict[str, Any]:
        status = self.status(job)
        told: dict[str, Any] = {"id": job.id, "status": status}
        if status == "completed":
            told |= {"video": {"url": self.url(job), "duration": 6}, "duration": 6}
        if status == "error":
            told["error"] = {"name": "Failed", "message": "It failed."}
        return told

    def url(self, job: Job) -> str:
        return f"http://{self.asked['host']}{MEDIA}{quote(job.id, safe='')}.mp4?signature={job.polls}"

    def video(self, job: str) -> Said:
        if job not in self.jobs:
            return Said(404, content=b"", headers={})
        return Said(200, content=FILE, headers={"content-type": "video/mp4"})

    # How it is said

    def tell(self, job: Job, body: Any) -> Said:
        return Said(200, body, {"content-type": "application/json", **self.traced(job.id)})

    def traced(self, name: str) -> Headers:
        echo = self.asked.get("x-client-request-id")
        return {"x-inference-id": name} | ({"x-client-request-id": echo} if echo else {})

    def refuse(self, status: int, message: str) -> Said:
        body = {
            "message": message,
            "path": self.path,
            "requestId": "request-1",
            "statusCode": status,
            "timestamp": datetime.fromtimestamp(self.now(), UTC).isoformat(),
        }
        return Said(status, body, {"content-type": "application/json", **self.traced("request-1")})


# Sound servers that look unusual


class Nullish(Sound):
    """Says null where there is nothing to say."""

    def polled(self, job: Job) -> dict[str, Any]:
        return {"video": None, "error": None, **super().polled(job)}


class Hasty(Sound):
    """Every job has ended before anybody asks."""

    def status(self, job: Job) -> str:
        return self.end(job)


class Secretive(Sound):
    """Never says that it works: queued, then the end."""

    def status(self, job: Job) -> str:
        said = super().status(job)
        return "queued" if said == "generating" else said


class Busy(Sound):
    """Every seventh request comes too early, and the reply says when to come back."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self.count = 0

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Said:
        self.count += 1
        if self.count % 7 == 0:
            self.path, self.asked = path, headers
            said = self.refuse(429, "Too Many Requests")
            said.headers = {**(said.headers or {}), "retry-after": "2"}
            return said
        return super().answer(method, path, query, headers, body)


class Hiccuping(Sound):
    """Every eleventh request meets a fault that is gone when it is sent again."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self.count = 0

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Said:
        self.count += 1
        if self.count % 11 == 0:
            self.path, self.asked = path, headers
            return self.refuse(503, "Service Unavailable")
        return super().answer(method, path, query, headers, body)


class HostileIds(Sound):
    """Ids look like those of other vendors."""

    def new_id(self) -> str:
        return f"-{len(self.jobs) + 1:04}:vendor/model+é %2F?&=#"


class Talkative(Sound):
    """Says more than the schema asks for."""

    def polled(self, job: Job) -> dict[str, Any]:
        return {**super().polled(job), "progress": 50, "meta": {"usage": {"tokens_used": 1}}}


class PollCounting(Sound):
    """Counts polls instead of seconds."""

    def status(self, job: Job) -> str:
        return "queued" if job.polls < 2 else "generating" if job.polls < 5 else self.end(job)


class AtOnce(Sound):
    """The create's reply tells the result already, with less in it than a poll's."""

    def status(self, job: Job) -> str:
        return self.end(job)

    def created(self, job: Job) -> dict[str, Any]:
        told = {**super().created(job), "status": self.status(job)}
        if told["status"] == "error":
            return {**told, "error": {"name": "Failed", "message": "It failed."}}
        return {**told, "video": {"url": self.url(job)}}


class Dated(Busy):
    """Retry-After is a date."""

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Said:
        said = super().answer(method, path, query, headers, body)
        if said.status == 429:
            said.headers = {**(said.headers or {}), "retry-after": formatdate(self.now() + 2, usegmt=True)}
        return said


class Failing(Sound):
    """No job succeeds."""

    def end(self, job: Job) -> str:  # noqa: ARG002 - whatever the job
        return "error"


SOUND: tuple[type[Sound], ...] = (
    *(
        Sound,
        Nullish,
        Hasty,
        Secretive,
        Busy,
        Hiccuping,
        HostileIds,
        Talkative,
        PollCounting,
        Failing,
        AtOnce,
        Dated,
    ),
)


# Flaws of a job's life


class CompletedThenError(Sound):
    """Jobs fail some time after they were completed."""

    found_by = ("job-end-left",)

    def status(self, job: Job) -> str:
        late = self.now() - job.made > GENERATED + 20
        return "error" if late else super().status(job)


class ErrorThenCompleted(Sound):
    """A failed job is completed when it is asked again."""

    found_by = ("job-end-left",)

    def end(self, job: Job) -> str:
        if super().end(job) == "completed":
            return "completed"
        return "completed" if self.now() - job.made > GENERATED + 30 else "error"


class Backwards(Sound):
    """Jobs go back into the queue once."""

    found_by = ("job-backwards",)

    def status(self, job: Job) -> str:
        return "queued" if 25 < self.now() - job.made < 35 else super().status(job)


class BackwardsByPolls(Sound):
    """Every fourth poll of an unfinished job finds it in the queue."""

    found_by = ("job-backwards",)

    def status(self, job: Job) -> str:
        said = super().status(job)
        return "queued" if said == "generating" and job.polls % 4 == 0 else said


class Endless(Sound):
    """Jobs never end."""

    found_by = ("job-unending",)

    def status(self, job: Job) -> str:
        return "queued" if self.now() - job.made < QUEUED else "generating"


class EndlessNow(Sound):
    """Every third job stays where it is."""

    found_by = ("job-unending",)

    def status(self, job: Job) -> str:
        return (
            "generating" if job.number % 3 == 0 and super().status(job) != "queued" else super().status(job)
        )


class ChangingResult(Sound):
    """The result has another address whenever it is asked for."""

    found_by = ("job-result-changed",)

    def url(self, job: Job) -> str:
        return f"http://{self.asked['host']}{MEDIA}{job.id}.mp4/{job.polls}.mp4"

    def video(self, job: str) -> Said:
        return super().video(job.partition(".")[0])


class Forgetful(Sound):
    """A job is gone soon after its end."""

    found_by = ("job-lost",)

    def missing(self, job: str) -> Said:
        return super().missing(job)

    def poll(self, query: str) -> Said:
        named = parse_qs(query).get("generation_id", [""])[0]
        job = self.jobs.get(named)
        if job and self.now() - job.made > GENERATED + 30:
            return self.missing(named)
        return super().poll(query)


# Flaws of ids


class SameId(Sound):
    """Two jobs get the same id."""

    found_by = ("job-id-reused",)

    def new_id(self) -> str:
        return "job-1"


class SometimesSameId(Sound):
    """Ids are drawn from too few."""

    found_by = ("job-id-reused",)

    def new_id(self) -> str:
        return f"job-{next(self.numbers) % 20}"


class OtherId(Sound):
    """A poll answers with an id of its own."""

    found_by = ("job-id-not-echoed",)

    def polled(self, job: Job) -> dict[str, Any]:
        return {**super().polled(job), "id": "another"}


class ChangingId(Sound):
    """The id changes with the job's end."""

    found_by = ("job-id-not-echoed",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "id": f"{job.id}-done"} if told["status"] == "completed" else told


class TwoIds(Sound):
    """The two places of the id in a create's reply disagree."""

    found_by = ("job-ids-differ",)

    def created(self, job: Job) -> dict[str, Any]:
        return {**super().created(job), "generation_id": f"{job.id}x"}


class NoId(Sound):
    """A create does not tell the id."""

    found_by = ("job-id-missing", "reply-body-invalid")

    def created(self, job: Job) -> dict[str, Any]:
        return {"status": super().created(job)["status"]}


class KnowsEverything(Sound):
    """Every id is a job."""

    found_by = ("unknown-accepted",)

    def missing(self, job: str) -> Said:
        return self.tell(Job(job, 0, 0), {"id": job, "status": "queued"})


class Mixed(Sound):
    """When two jobs are open, a poll answers about the newest."""

    found_by = ("job-id-not-echoed",)

    def polled(self, job: Job) -> dict[str, Any]:
        newest = list(self.jobs.values())[-1]
        return super().polled(newest if self.now() - newest.made < GENERATED else job)


# Flaws of replies about jobs


class NoVideo(Sound):
    """Completed jobs lack their video."""

    found_by = ("job-promise-unkept",)

    def polled(self, job: Job) -> dict[str, Any]:
        return {name: value for name, value in super().polled(job).items() if name != "video"}


class VideoOfError(Sound):
    """Failed jobs have a video."""

    found_by = ("job-promise-excluded",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "video": {"url": self.url(job)}} if told["status"] == "error" else told


class EarlyVideo(Sound):
    """Jobs that are not done yet have a video already."""

    found_by = ("job-promise-excluded",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "video": {"url": self.url(job)}} if told["status"] == "generating" else told


class NoError(Sound):
    """Failed jobs do not say why."""

    found_by = ("job-promise-unkept",)

    def polled(self, job: Job) -> dict[str, Any]:
        return {name: value for name, value in super().polled(job).items() if name != "error"}


class UnknownStatus(Sound):
    """A status that is not in the schema."""

    found_by = ("job-status-unknown",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "status": "processing"} if told["status"] == "generating" else told


class NoStatus(Sound):
    """A required member is missing."""

    found_by = ("reply-body-invalid",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {
            name: value for name, value in told.items() if name != "status" or told["status"] == "completed"
        }


class WrongType(Sound):
    """The address of the video is no text."""

    found_by = ("reply-body-invalid",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "video": {"url": 7}} if "video" in told else told


class NullStatus(Sound):
    """Null where the schema has no null."""

    found_by = ("reply-body-invalid",)

    def polled(self, job: Job) -> dict[str, Any]:
        told = super().polled(job)
        return {**told, "status": None} if told["status"] == "queued" else told


class NoJson(Sound):
    """Replies are cut in the middle of the JSON."""

    found_by = ("reply-not-json",)

    def tell(self, job: Job, body: Any) -> Said:
        said = super().tell(job, body)
        return Said(said.status, headers=said.headers, content=said.bytes[:-1])


class CutReplies(Sound):
    """The connection is closed before a poll's reply is whole."""

    found_by = ("reply-cut",)

    def poll(self, query: str) -> Said:
        said = super().poll(query)
        whole = {"content-length": str(len(said.bytes))}
        return Said(said.status, content=said.bytes[:-4], headers={**(said.headers or {}), **whole})


class PageOfJson(Sound):
    """JSON is declared as a page."""

    found_by = ("reply-media-type",)

    def tell(self, job: Job, body: Any) -> Said:
        said = super().tell(job, body)
        return Said(said.status, said.body, {**(said.headers or {}), "content-type": "text/html"})


class Created201(Sound):
    """A create is answered with a status that is not documented."""

    found_by = ("reply-status-undocumented",)

    def create(self, body: bytes) -> Said:
        said = super().create(body)
        return Said(201, said.body, said.headers) if said.status == 200 else said


# Flaws of results


class GoneVideo(Sound):
    """The video is not there."""

    found_by = ("result-unfetchable",)

    def video(self, job: str) -> Said:  # noqa: ARG002 - whatever the job
        return Said(404, content=b"gone", headers={"content-type": "text/plain"})


class HtmlVideo(Sound):
    """A page in the place of the video."""

    found_by = ("result-kind",)

    def video(self, job: str) -> Said:  # noqa: ARG002 - whatever the job
        return Said(200, content=b"<!doctype html><p>Soon!", headers={"content-type": "text/html"})


class HtmlAsVideo(Sound):
    """A page that is called a video."""

    found_by = ("result-kind",)

    def video(self, job: str) -> Said:  # noqa: ARG002 - whatever the job
        return Said(200, content=b"\n<html>Soon!</html>", headers={"content-type": "video/mp4"})


class ShortVideo(Sound):
    """The video breaks off, and nothing says so but the video."""

    found_by = ("result-short",)

    def video(self, job: str) -> Said:
        said = super().video(job)
        return Said(said.status, content=said.bytes[:-9], headers=said.headers)


class CutVideo(Sound):
    """The connection is closed before the video's end."""

    found_by = ("result-cut",)

    def video(self, job: str) -> Said:
        said = super().video(job)
        return Said(
            said.status, content=said.bytes[:20], headers={**(said.headers or {}), "content-length": "56"}
        )


class EmptyVideo(Sound):
    """The video has no bytes."""

    found_by = ("result-kind",)

    def video(self, job: str) -> Said:  # noqa: ARG002 - whatever the job
        return Said(200, content=b"", headers={"content-type": "video/mp4"})


# Flaws of refusals


class ErrorsWith200(Sound):
    """Errors are sent with status 200."""

    found_by = ("unknown-accepted", "invalid-accepted")

    def refuse(self, status: int, message: str) -> Said:
        said = super().refuse(status, message)
        return Said(200, said.body, said.headers) if status != 401 else said


class OwnErrors(Sound):
    """Errors have a body of another shape."""

    found_by = ("reply-error-shape", "reply-body-invalid")

    def refuse(self, status: int, message: str) -> Said:
        said = super().refuse(status, message)
        return Said(status, {"error": {"code": status, "text": message}}, said.headers)


class TextErrors(Sound):
    """Errors are texts."""

    found_by = ("reply-media-type", "reply-error-shape")

    def refuse(self, status: int, message: str) -> Said:
        said = super().refuse(status, message)
        headers = {**(said.headers or {}), "content-type": "text/plain"}
        return Said(status, content=message.encode(), headers=headers)


class Unprocessable(Sound):
    """Invalid bodies are refused with a status that is not documented."""

    found_by = ("reply-status-undocumented",)

    def refuse(self, status: int, message: str) -> Said:
        return super().refuse(422 if status == 400 else status, message)


class OpenPolls(Sound):
    """A poll needs no key."""

    found_by = ("keyless-accepted",)

    def knows(self, authorization: str) -> bool:
        return self.method == "GET" or super().knows(authorization)


class OpenCreates(Sound):
    """A create needs no key."""

    found_by = ("keyless-accepted",)

    def knows(self, authorization: str) -> bool:
        return self.method == "POST" or super().knows(authorization)


class MisdeclaredVideo(Sound):
    """The video is declared as a text."""

    found_by = ("result-media-type",)

    def video(self, job: str) -> Said:
        said = super().video(job)
        return Said(said.status, content=said.bytes, headers={"content-type": "text/plain"})


class OwnTrace(Sound):
    """The tracing header names another job."""

    found_by = ("job-header-differs",)

    def traced(self, name: str) -> Headers:
        return super().traced(f"{name}-trace")


class AnyMethod(Sound):
    """Whatever is no POST is a poll."""

    found_by = ("method-accepted",)

    def not_allowed(self) -> Said:
        return Said(200, {}, {"content-type": "application/json", **self.traced("x")})


class NoAllow(Sound):
    """A wrong method is not told the right ones."""

    found_by = ("allow-missing",)

    def not_allowed(self) -> Said:
        return self.refuse(405, "Method not allowed")


class IncompletePolls(Sound):
    """A poll without an id is answered."""

    found_by = ("incomplete-accepted",)

    def poll(self, query: str) -> Said:
        return (
            super().poll(query)
            if query
            else Said(200, {"id": "x", "status": "queued"}, self.tell(Job("x", 0, 0), 0).headers)
        )


# Flaws of validation


class Gullible(Sound):
    """Everything is accepted that is JSON."""

    found_by = ("invalid-accepted",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:  # noqa: ARG002 - whatever is asked
        return ""


class LongPrompts(Sound):
    """Prompts may be a character too long."""

    found_by = ("invalid-accepted",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        prompt = asked.get("prompt")
        shorter = {**asked, "prompt": prompt[:LONGEST_PROMPT]} if isinstance(prompt, str) else asked
        return super().wrong_value(shorter)


class TruthyFlags(Sound):
    """Anything will do for a boolean."""

    found_by = ("invalid-accepted",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        return super().wrong_value({**asked, "enhance_prompt": bool(asked.get("enhance_prompt"))})


class AnyPicture(Sound):
    """Pictures are not looked at."""

    found_by = ("invalid-accepted",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        return super().wrong_value({name: value for name, value in asked.items() if name != "image_url"})


class ShortPrompts(Sound):
    """Prompts of the greatest length are refused."""

    found_by = ("valid-refused",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        prompt = asked.get("prompt")
        too_long = isinstance(prompt, str) and len(prompt) >= LONGEST_PROMPT
        return "prompt is too long" if too_long else super().wrong_value(asked)


class BytePrompts(Sound):
    """The length of prompts is counted in bytes."""

    found_by = ("valid-refused",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        prompt = asked.get("prompt")
        too_long = isinstance(prompt, str) and len(prompt.encode()) > LONGEST_PROMPT
        return "prompt is too long" if too_long else super().wrong_value(asked)


class AsciiOnly(Sound):
    """Emoji make it fail."""

    found_by = ("answer-failed",)

    def create(self, body: bytes) -> Said:
        if any(ord(character) > 0xFFFF for character in body.decode("utf-8", "replace")):
            return self.refuse(500, "Internal Server Error")
        return super().create(body)


class OneLine(Sound):
    """Prompts of several lines are refused."""

    found_by = ("valid-refused",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        several = isinstance(asked.get("prompt"), str) and "\n" in asked["prompt"]
        return "one line, please" if several else super().wrong_value(asked)


class Strict(Sound):
    """Members that the schema does not know are refused, which it allows."""

    found_by = ("valid-refused",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        extra = set(asked) - {"model", "prompt", "image_url", "enhance_prompt"}
        return "unknown members" if extra else super().wrong_value(asked)


class RaisesOnBadJson(Sound):
    """What is no JSON makes it fail."""

    found_by = ("answer-failed",)

    def problem(self, body: bytes) -> str:
        json.loads(body)
        return super().problem(body)


class RaisesOnWrongType(Sound):
    """A number in the place of a text makes it fail."""

    found_by = ("answer-failed",)

    def wrong_value(self, asked: Mapping[str, Any]) -> str:
        if "prompt" in asked:
            asked["prompt"].strip()
        return super().wrong_value(asked)


class RaisesOnOddIds(Sound):
    """Ids that are no ASCII make polls fail."""

    found_by = ("answer-failed",)

    def missing(self, job: str) -> Said:
        job.encode("ascii")
        return super().missing(job)


# Flaws of headers


class SilentMethods(Sound):
    """A wrong method is never answered."""

    found_by = ("answer-missing",)

    async def __call__(
        self, scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
    ) -> None:
        if scope["method"] in ("GET", "POST"):
            await super().__call__(scope, receive, send)


class Untraced(Sound):
    """The tracing header is missing on polls."""

    found_by = ("reply-header-missing",)

    def traced(self, name: str) -> Headers:
        headers = super().traced(name)
        if self.method == "GET":
            headers.pop("x-inference-id")
        return headers


class WrongEcho(Sound):
    """The client's own id comes back changed."""

    found_by = ("reply-header-echo",)

    def traced(self, name: str) -> Headers:
        return super().traced(name) | {"x-client-request-id": "bd"}


class OddPrice(Sound):
    """A header that the contract describes holds something else."""

    found_by = ("reply-header-invalid",)

    def traced(self, name: str) -> Headers:
        return {**super().traced(name), "x-aimlapi-usd-spent": "six cents"}


class OddRetryAfter(Busy):
    """Retry-After is no time."""

    found_by = ("retry-after-unreadable",)

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Said:
        said = super().answer(method, path, query, headers, body)
        if said.status == 429:
            said.headers = {**(said.headers or {}), "retry-after": "soon"}
        return said


FLAWED: tuple[type[Sound], ...] = (
    *(
        CompletedThenError,
        ErrorThenCompleted,
        Backwards,
        BackwardsByPolls,
        Endless,
        EndlessNow,
        ChangingResult,
    ),
    *(Forgetful, SameId, SometimesSameId, OtherId, ChangingId, TwoIds, NoId, KnowsEverything, Mixed),
    *(
        NoVideo,
        VideoOfError,
        EarlyVideo,
        NoError,
        UnknownStatus,
        NoStatus,
        WrongType,
        NullStatus,
        NoJson,
        CutReplies,
        PageOfJson,
    ),
    *(Created201, GoneVideo, HtmlVideo, HtmlAsVideo, ShortVideo, CutVideo, EmptyVideo, MisdeclaredVideo),
    *(ErrorsWith200, OwnErrors, TextErrors, Unprocessable, OpenPolls, OpenCreates, AnyMethod, NoAllow),
    *(
        IncompletePolls,
        Gullible,
        LongPrompts,
        TruthyFlags,
        AnyPicture,
        ShortPrompts,
        BytePrompts,
        AsciiOnly,
        OneLine,
    ),
    *(
        Strict,
        RaisesOnBadJson,
        RaisesOnWrongType,
        RaisesOnOddIds,
        SilentMethods,
        Untraced,
        OwnTrace,
        WrongEcho,
        OddPrice,
        OddRetryAfter,
    ),
)
