"""A zoo of clients: a sound one, and one for every flaw, each a small departure from it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx2

from bodydouble.mockserver.consumer.calling import Surroundings

PATH = "/v2/video/generations"
WAIT = 900.0


class Failed(Exception):
    """The client has no result and says so."""


class Sound:
    """Does everything right; what a flawed client does otherwise is a method of its own."""

    timeout: float | None = 10.0
    interval = 5.0
    retries = 3
    body: Mapping[str, Any] = {"model": "video-01", "prompt": "a paper boat"}

    def __init__(self, given: Surroundings) -> None:
        self.given = given
        self.key = {"Authorization": f"Bearer {given.api_key}"}
        self.seen = ""

    def run(self) -> Any:
        with httpx2.Client(
            transport=self.given.transport, base_url=self.given.base_url, timeout=self.timeout
        ) as self.http:
            created = self.create()
            return self.finish(self.follow(created), created)

    def finish(self, reply: Any, created: str) -> Any:
        return self.fetch(reply, created)

    # Creating

    def post(self) -> httpx2.Response:
        try:
            return self.http.post(PATH, json=dict(self.body), headers=self.key)
        except httpx2.TransportError as error:
            raise Failed(f"the create may have been accepted: {error}") from None

    def create(self) -> str:
        for _ in range(self.retries):
            response = self.post()
            if response.status_code != 429:
                break
            time.sleep(max(self.interval, self.retry_after(response)))
        return self.accepted(response)

    def accepted(self, response: httpx2.Response) -> str:
        if response.status_code >= 300:
            raise Failed(f"the create was refused with {response.status_code}")
        data = self.data(response)
        if data is None:
            raise Failed("the create may have been accepted")
        return self.id_in(data)

    def id_in(self, data: Any) -> str:
        return str(data.get("id") or data["generation_id"])

    # Polling

    def target(self, job: str) -> str:
        return f"{PATH}?generation_id={quote(job, safe='')}"

    def poll(self, job: str) -> httpx2.Response | None:
        try:
            return self.http.get(self.target(job), headers=self.key)
        except httpx2.TransportError:
            return None

    def pause(self, response: httpx2.Response | None) -> None:
        time.sleep(max(self.interval, self.retry_after(response) if response is not None else 0.0))

    def follow(self, job: str) -> Any:
        began, response = time.monotonic(), None
        while not self.is_over(time.monotonic() - began):
            self.pause(response)
            response = self.poll(job)
            reply = self.understood(response, time.monotonic() - began)
            if reply is not None and self.is_done(reply):
                return reply
        raise Failed(f"job {job} has not ended in time")

    def is_over(self, waited: float) -> bool:
        return waited > WAIT

    def understood(self, response: httpx2.Response | None, age: float) -> Any:
        if response is None:
            return None
        status = response.status_code
        if status in (408, 425, 429) or status >= 500 or (status == 404 and age < 30):
            return None
        if status >= 300:
            raise Failed(f"the poll was refused with {status}")
        return self.data(response)

    def data(self, response: httpx2.Response) -> Any:
        try:
            data = response.json()
        except ValueError:
            return None
        return data if isinstance(data, dict) else None

    def is_done(self, reply: Any) -> bool:
        word = reply.get("status")
        if word in ("error", "failed"):
            self.fails(reply)
        return word in ("completed", "succeeded")

    def fails(self, reply: Any) -> None:
        error = reply.get("error")
        raise Failed(f"the job failed: {error.get('message') if isinstance(error, dict) else error}")

    def retry_after(self, response: httpx2.Response) -> float:
        text = response.headers.get("retry-after", "")
        if text.isdigit():
            return float(text)
        try:
            return parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, TypeError):
            return 0.0

    # The result

    def fetch(self, reply: Any, job: str) -> Any:
        for _ in range(self.retries):
            content = self.content(self.link(reply))
            if content is not None:
                return content
            self.pause(None)
            fresh = self.understood(self.poll(job), WAIT)
            reply = fresh if fresh is not None else reply
        raise Failed("the result cannot be fetched")

    def link(self, reply: Any) -> str:
        video = reply.get("video")
        if isinstance(video, list):
            video = {"url": next(iter(video), None)}
        url = video.get("url") if isinstance(video, dict) else None
        if not isinstance(url, str):
            raise Failed("there is no video")
        return url

    def content(self, url: str) -> bytes | None:
        try:
            response = self.http.get(url, headers=self.result_headers())
        except httpx2.TransportError:
            return None
        return response.content if response.status_code == 200 else None

    def result_headers(self) -> Mapping[str, str]:
        return {}


@dataclass(frozen=True)
class Animal:
    """One client of the zoo.

    Attributes:
        flaw: What is wrong with it, and with nothing else.
        client: The client.
        level: How much it is asked to bear.
        rule: What it is found by.
    """

    flaw: str
    client: type[Sound]
    rule: str
    level: str = "faults"


def flawed(flaw: str, rule: str, level: str = "faults", **departures: Any) -> Animal:
    return Animal(flaw, type("Flawed", (Sound,), departures), rule, level)


def _kept_pieces(self: Sound, url: str) -> bytes | None:
    """Keeps what it has when the connection breaks."""
    pieces = []
    try:
        with self.http.stream("GET", url) as response:
            if response.status_code != 200:
                return None
            pieces.extend(response.iter_bytes())
    except httpx2.TransportError:
        pass
    return b"".join(pieces)


def _resend(self: Sound) -> httpx2.Response:
    for _ in range(3):
        try:
            return self.http.post(PATH, json=dict(self.body), headers=self.key)
        except httpx2.TransportError:
            time.sleep(2)
    raise Failed("three times nothing")


def _resend_unread(self: Sound, response: httpx2.Response) -> str:
    if response.status_code == 200 and self.data(response) is None:
        time.sleep(2)
        response = self.post()
    return Sound.accepted(self, response)


def _numeric(self: Sound, data: Any) -> str:
    try:
        return repr(float(Sound.id_in(self, data))).removesuffix(".0")
    except ValueError:
        return Sound.id_in(self, data)


def _and_again(self: Sound, reply: Any, created: str) -> Any:
    for _ in range(3):
        time.sleep(self.interval)
        self.poll(created)
    return self.fetch(reply, created)


def _buys_two(self: Sound) -> str:
    """Follows the second of two jobs."""
    return Sound.create(self) and Sound.create(self)


def _unheard_errors(self: Sound, response: httpx2.Response | None, age: float) -> Any:
    return self.data(response) if response is not None else Sound.understood(self, response, age)


def _dies_of(*statuses: int) -> Callable[[Sound, httpx2.Response | None, float], Any]:
    def understood(self: Sound, response: httpx2.Response | None, age: float) -> Any:
        if response is not None and response.status_code in statuses:
            raise Failed(f"the server answered {response.status_code}")
        return Sound.understood(self, response, age)

    return understood


def _after(check: Callable[[Any], object]) -> Callable[[Sound, Any], bool]:
    """Looks at every reply, and then goes on as it should."""

    def is_done(self: Sound, reply: Any) -> bool:
        check(reply)
        return Sound.is_done(self, reply)

    return is_done


def _on_success(check: Callable[[Any], object]) -> Callable[[Sound, Any, str], Any]:
    def finish(self: Sound, reply: Any, created: str) -> Any:
        check(reply)
        return self.fetch(reply, created)

    return finish


def _never_waits(self: Sound, _response: httpx2.Response | None) -> None:
    self.seen += "."


def _must_run_first(self: Sound, reply: Any) -> bool:
    self.seen = self.seen or ("yes" if reply.get("status") == "generating" else "")
    return Sound.is_done(self, reply) and bool(self.seen)


def _whoever_raises(self: Sound) -> Any:
    try:
        return Sound.run(self)
    except Exception:  # noqa: BLE001 - this is its flaw
        return None


@dataclass(frozen=True)
class _Reply:
    """All that this client thinks a reply has."""

    id: str
    status: str
    video: Any = None
    duration: Any = None
    error: Any = None
    meta: Any = None
    generation_id: str = ""


def _no_pause_in_words(_self: Sound, response: httpx2.Response) -> float:
    return float(int(response.headers.get("retry-after", "0")))


def _show(self: Sound, reply: Any) -> bool:
    print("poll", self.key, reply)  # noqa: T201 - this is its flaw
    return Sound.is_done(self, reply)


def _tell_all(self: Sound, reply: Any) -> None:
    raise Failed(f"failed: {reply} for {self.key}")


def _message_needed(_self: Sound, reply: Any) -> None:
    raise Failed(reply["error"]["message"])


def _raise_broken(self: Sound, job: str) -> httpx2.Response:
    return self.http.get(self.target(job), headers=self.key)


def _is_any(_word: object) -> bool:
    return True


KINDS = {"queued": 0, "generating": 0, "completed": 1, "error": 2}
FLAWED = (
    flawed(
        "returns failures as results",
        "failure-taken-for-success",
        fails=lambda _self, _reply: None,
        is_done=lambda _self, reply: reply.get("status") in ("completed", "error"),
        finish=lambda _self, reply, _job: reply,
    ),
    flawed("takes any exception for an end like another", "failure-taken-for-success", run=_whoever_raises),
    flawed(
        "is done when it has submitted",
        "success-untold",
        follow=lambda _self, _job: {},
        finish=lambda _self, _reply, job: job,
    ),
    flawed(
        "takes everything but the queue for success",
        "success-untold",
        is_done=lambda _self, reply: reply.get("status") != "queued",
        finish=lambda *_: "done",
    ),
    flawed(
        "takes an unknown status for success",
        "success-untold",
        "futures",
        is_done=lambda self, reply: (
            reply.get("status") not in ("queued", "generating") and _is_any(Sound.is_done(self, reply))
        ),
        finish=lambda *_: "done",
    ),
    flawed(
        "looks an unknown status up and crashes",
        "client-crashed",
        "futures",
        is_done=_after(lambda reply: KINDS[reply["status"]]),
    ),
    flawed(
        "crashes on a status that is no text",
        "client-crashed",
        "futures",
        is_done=_after(lambda reply: reply["status"].lower()),
    ),
    flawed(
        "crashes on a null video",
        "client-crashed",
        is_done=_after(lambda reply: reply.get("video", {}).get("url")),
    ),
    flawed("crashes on an absent meta", "client-crashed", finish=_on_success(lambda reply: reply["meta"])),
    flawed(
        "crashes on a null meta",
        "client-crashed",
        finish=_on_success(lambda reply: reply.get("meta", {}).get("usage")),
    ),
    flawed(
        "crashes on numbers as floats",
        "client-crashed",
        finish=_on_success(lambda reply: range(reply.get("duration") or 0)),
    ),
    flawed(
        "crashes on fields it does not know", "client-crashed", is_done=_after(lambda reply: _Reply(**reply))
    ),
    flawed(
        "crashes on a list of videos",
        "client-crashed",
        "futures",
        link=lambda _self, reply: reply["video"]["url"],
    ),
    flawed(
        "crashes on a failure in few words",
        "client-crashed",
        fails=_message_needed,
    ),
    flawed(
        "crashes on a failure of null",
        "client-crashed",
        is_done=_after(
            lambda reply: reply.get("status") != "error" or reply["error"].get("name", "").upper()
        ),
    ),
    flawed("polls without a limit", "client-hung", is_over=lambda _self, _waited: False),
    flawed("gives up after three polls", "success-missed", is_over=lambda _self, waited: waited > 14),
    flawed("polls too fast", "polls-too-fast", interval=0.2),
    flawed(
        "never waits between polls",
        "polls-too-fast",
        pause=_never_waits,
        is_over=lambda self, _waited: len(self.seen) > 500,
    ),
    flawed("does not hear Retry-After", "retry-after-ignored", retry_after=lambda _self, _response: 0.0),
    flawed("reads Retry-After as seconds only", "success-missed", retry_after=_no_pause_in_words),
    flawed("sends a lost create again", "create-sent-again", post=_resend),
    flawed("sends a create again whose reply it cannot read", "create-sent-again", accepted=_resend_unread),
    flawed("goes on polling after the end", "polls-after-end", finish=_and_again),
    flawed(
        "puts the id into the URL as it is",
        "unknown-id-polled",
        target=lambda _self, job: f"{PATH}?generation_id={job}",
    ),
    flawed("takes ids for numbers", "id-mangled", id_in=_numeric),
    flawed(
        "cuts ids at a colon", "id-mangled", id_in=lambda self, data: Sound.id_in(self, data).split(":")[0]
    ),
    flawed("reads generation_id only", "client-crashed", id_in=lambda _self, data: data["generation_id"]),
    flawed("sends its key to the video's host", "key-sent-with-result", result_headers=lambda self: self.key),
    flawed(
        "forgets its key when it polls", "key-missing", poll=lambda self, job: self.http.get(self.target(job))
    ),
    flawed("dies of a server error while polling", "success-missed", understood=_dies_of(500, 502, 503, 504)),
    flawed("dies of a rate limit while polling", "success-missed", understood=_dies_of(429)),
    flawed("takes 404 right after the create for final", "success-missed", understood=_dies_of(404)),
    flawed("dies of a broken connection while polling", "success-missed", poll=_raise_broken),
    flawed("dies of a reply that is no JSON", "client-crashed", data=lambda _self, response: response.json()),
    flawed(
        "looks for the status in errors",
        "client-crashed",
        understood=_unheard_errors,
        is_done=_after(lambda reply: reply["status"]),
    ),
    flawed("buys two jobs and follows one", "job-orphaned", create=_buys_two),
    flawed("keeps half a download", "result-incomplete", content=_kept_pieces),
    flawed("prints its key", "key-printed", is_done=_show),
    flawed("tells its key when it fails", "key-printed", fails=_tell_all),
    flawed("has no time limit for a request", "client-hung", timeout=None),
    flawed("needs to see the job run", "success-missed", is_done=_must_run_first),
    flawed(
        "polls for a job that was refused",
        "unknown-id-polled",
        accepted=lambda self, response: str((self.data(response) or {}).get("id")),
    ),
    flawed(
        "sends fields that nobody knows",
        "unknown-field-sent",
        body={"model": "video-01", "prompt": "a paper boat", "prompt_optimiser": True},
    ),
)


class Careful(Sound):
    """Gives up a create that is told to come back later."""

    retries = 1

    def fetch(self, reply: Any, job: str) -> Any:
        return self.link(reply) or job


class Patient(Sound):
    """Waits long, and asks seldom."""

    interval = 20.0


class Sleepy(Sound):
    """Uses the clock that it is given instead of the system's."""

    def pause(self, response: httpx2.Response | None) -> None:
        self.given.sleep(max(self.interval, self.retry_after(response) if response is not None else 0.0))


SOUND: tuple[type[Sound], ...] = (Sound, Careful, Patient, Sleepy)


def callable_of(kind: type[Sound]) -> Callable[[Surroundings], Any]:
    def client(given: Surroundings) -> Any:
        return kind(given).run()

    return client
