"""Every shipped scenario, walked end to end over a real socket: by raw bytes where the wire matters, by a client."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from msgspec.structs import replace

from bodydouble.client.async_client import AsyncClient
from bodydouble.client.client import Client
from bodydouble.client.errors import (
    JobFailed,
    LinkRefused,
    Refused,
    SubmissionUnknown,
    WaitTimeout,
)
from bodydouble.client.retry import Pace
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import Scenario
from bodydouble.mockserver.worlds import World

from .doubles import BODY, VIDEO, Hosted, Received, hosted, request

SCENARIOS = tuple(shipped())
PACE = Pace(first_poll=0.02, interval=0.02, longest=0.3, poll_timeout=60, create_timeout=120)
"""At this speed 0.02 s are 10 s of the world: as careful as two seconds are at the usual one."""
IN_TIME = 120.0
NEVER = 0.4
"""Seconds after which a job that never ends is given up."""
ENDS = {
    "fails-in-queue": JobFailed,
    "fails-while-generating": JobFailed,
    "fails-at-the-end": JobFailed,
    "content-refused": JobFailed,
    "stuck-queued": WaitTimeout,
    "stuck-generating": WaitTimeout,
    "out-of-credit": Refused,
    "lost-create": SubmissionUnknown,
    "expired-url": LinkRefused,
}
"""How a client that downloads once ends; all others end with the video."""
MAY_END: dict[str, type[Exception]] = {"url-not-ready": LinkRefused}
"""How one may end that finds a job at its end by chance, and asks for the result twice within eight seconds."""


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double
    assert [record.getMessage() for record in double.records] == []


# What each of them does, seen by a client that decides nothing


@dataclass
class Walk:
    """One job of one scenario, seen by a client that takes what comes."""

    double: Hosted
    scenario: str
    http: httpx2.Client
    replies: list[httpx2.Response] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        return f"walk-{self.scenario}"

    def clock(self) -> Any:
        """The world's clock, which stands still from now on unless it is moved."""
        clock = self.double.worlds.named(self.namespace).clock
        clock.scale(0)
        return clock

    def create(self) -> httpx2.Response:
        return self.http.post(VIDEO, json=dict(BODY), headers={"Prefer": f"scenario={self.scenario}"})

    def job(self) -> str:
        reply = self.create()
        assert reply.status_code == 200, reply.text
        assert reply.headers["preference-applied"] == f"scenario={self.scenario}"
        self.replies.append(reply)
        return str(reply.json()["id"])

    def poll(self, job: str) -> httpx2.Response:
        reply = self.http.get(VIDEO, params={"generation_id": job})
        self.replies.append(reply)
        return reply

    def raw_create(self) -> Received:
        return self.double.raw(
            request("POST", VIDEO, dict(BODY), f"test-{self.namespace}", Prefer=f"scenario={self.scenario}")
        )

    def raw_poll(self, job: str) -> Received:
        return self.double.raw(request("GET", f"{VIDEO}?generation_id={job}", None, f"test-{self.namespace}"))

    def raw_result(self, url: str) -> Received:
        parts = urlsplit(url)
        return self.double.raw(request("GET", f"{parts.path}?{parts.query}", None, ""))

    def statuses(self, times: tuple[float, ...] = (0, *(10,) * 40)) -> list[str]:
        """The words that are told while the clock is moved by hand, each once."""
        clock = self.clock()
        job = self.job()
        told = [self.replies[0].json()["status"]]
        for seconds in times:
            clock.advance(seconds)
            told.append(self.poll(job).json()["status"])
        return list(dict.fromkeys(told))

    def finished(self) -> str:
        """The URL of the result of a new job."""
        return self.url(self.job())

    def url(self, job: str) -> str:
        """The URL of a job's result, however often it has to be asked for."""
        self.clock().advance(1000)
        told: Any = {}
        while "video" not in told:
            with suppress(httpx2.TransportError, ValueError):
                told = self.poll(job).json()
        video = told["video"]
        return str(video[0] if isinstance(video, list) else video["url"])


@pytest.fixture
def walk(playing: Hosted) -> Iterator[Callable[[str], Walk]]:
    callers = []

    def walking(scenario: str) -> Walk:
        callers.append(playing.calling(f"walk-{scenario}"))
        playing.worlds.end(f"walk-{scenario}")
        return Walk(playing, scenario, callers[-1])

    yield walking
    for caller in callers:
        caller.close()


Walking = Callable[[str], Walk]
THROUGH_ALL = ["queued", "generating", "completed"]


def test_succeeds(walk: Walking) -> None:
    assert walk("succeeds").statuses() == THROUGH_ALL


def test_slow(walk: Walking) -> None:
    slow = walk("slow")
    assert slow.statuses((59, 182, 358)) == ["queued", "generating"], "runs for ten minutes at least"
    assert slow.statuses((59, 1382, 0)) == ["queued", "completed"], "ends within 24 minutes"


@pytest.mark.parametrize(
    ("scenario", "statuses", "name"),
    [
        ("fails-in-queue", ["queued", "error"], "QueueError"),
        ("fails-while-generating", ["queued", "generating", "error"], "GenerationError"),
        ("fails-at-the-end", ["queued", "generating", "error"], "DeliveryError"),
        ("content-refused", ["queued", "error"], "ContentPolicyViolation"),
    ],
)
def test_those_that_fail(walk: Walking, scenario: str, statuses: list[str], name: str) -> None:
    failing = walk(scenario)
    assert failing.statuses((0, 1, *(3,) * 70)) == statuses
    told = failing.replies[-1].json()
    assert (told["error"]["name"], told.get("video")) == (name, None)
    assert told["error"]["message"] == shipped()[scenario].outcome.error_message


@pytest.mark.parametrize(
    ("scenario", "statuses"),
    [("stuck-queued", ["queued"]), ("stuck-generating", ["queued", "generating"])],
)
def test_those_that_never_end(walk: Walking, scenario: str, statuses: list[str]) -> None:
    assert walk(scenario).statuses((0, 30, 1e3, 1e6, 1e9)) == statuses


def test_instant(walk: Walking) -> None:
    instant = walk("instant")
    assert instant.statuses((0,)) == ["completed"]


def test_skips_generating(walk: Walking) -> None:
    assert walk("skips-generating").statuses((0, *(0.5,) * 55)) == ["queued", "completed"]


def test_out_of_credit(walk: Walking) -> None:
    reply = walk("out-of-credit").create()
    assert (reply.status_code, reply.json()["statusCode"]) == (403, 403)
    assert "Out of credit" in reply.json()["message"]


def test_rate_limited(walk: Walking) -> None:
    limited = walk("rate-limited")
    before = datetime.now(UTC)
    first, second = limited.create(), limited.create()
    after = datetime.now(UTC)
    assert [first.status_code, second.status_code] == [429, 429]
    assert first.headers["retry-after"] == "2"
    until = parsedate_to_datetime(second.headers["retry-after"])
    pause, second_more = timedelta(seconds=2), timedelta(seconds=1)
    assert before + pause - second_more <= until <= after + pause + second_more, "a date of the wall clock"
    assert [reply.json()["message"] for reply in (first, second)] == ["Too Many Requests"] * 2
    job = limited.job()
    polls = [limited.poll(job) for _ in range(7)]
    assert [reply.status_code for reply in polls] == [429, 200, 200, 429, 200, 200, 429]


def test_flaky(walk: Walking) -> None:
    flaky = walk("flaky")
    flaky.clock()
    job = flaky.job()
    seen = {_kind(flaky.raw_poll(job)) for _ in range(60)}
    assert seen == {"200 application/json", "500 application/json", "502 text/html", "reset"}
    url = flaky.url(flaky.job())
    cut = [got for got in (flaky.raw_result(url) for _ in range(30)) if len(got.body) < _announced(got)]
    assert 2 <= len(cut) <= 20


def _kind(received: Received) -> str:
    if received.reset:
        assert received.whole == b""
        return "reset"
    return f"{received.status} {received.fields['content-type'].partition(';')[0]}"


def _announced(received: Received) -> int:
    return int(received.fields["content-length"])


def test_outage(walk: Walking) -> None:
    outage = walk("outage")
    clock = outage.clock()
    job = outage.job()
    told = []
    for seconds in (9, 1, 30, 1):
        clock.advance(seconds)
        told.append(outage.poll(job).status_code)
    assert told == [200, 503, 503, 200], "9, 10, 40 and 41 s after the create"


def test_maintenance(walk: Walking) -> None:
    maintenance = walk("maintenance")
    job = maintenance.job()
    polls = [maintenance.poll(job) for _ in range(3)]
    assert [reply.status_code for reply in polls] == [503, 503, 200]
    for reply in polls[:2]:
        assert reply.headers["content-type"].startswith("text/html")
        assert b"<html>" in reply.content
        assert parsedate_to_datetime(reply.headers["retry-after"])


def test_lost_create(walk: Walking) -> None:
    lost = walk("lost-create")
    received = lost.raw_create()
    assert (received.whole, received.reset) == (b"", False), "the connection is closed without a byte"
    (job,) = lost.double.worlds.named(lost.namespace).jobs
    assert lost.poll(job.id).json()["id"] == job.id, "the job exists"
    entry = next(each for each in lost.double.journal(lost.namespace, 2) if each.operation == "submit")
    assert (entry.job, entry.whole, entry.gone) == (job.id, False, False)


def test_not_yet_visible(walk: Walking) -> None:
    hidden = walk("not-yet-visible")
    clock = hidden.clock()
    job = hidden.job()
    told = []
    for seconds in (0, 3, 0.001):
        clock.advance(seconds)
        told.append(hidden.poll(job).status_code)
    assert told == [404, 404, 200]


def test_new_status(walk: Walking) -> None:
    assert walk("new-status").statuses() == ["queued", "moderating", "completed"]


def test_extra_fields(walk: Walking) -> None:
    extra = walk("extra-fields")
    assert extra.statuses() == THROUGH_ALL
    assert all("x_double_extra" in reply.json() for reply in extra.replies)
    assert "x_double_extra" in extra.replies[-1].json()["video"]


def test_nulls(walk: Walking) -> None:
    nulls = walk("nulls")
    assert nulls.statuses() == THROUGH_ALL
    assert nulls.replies[1].json()["video"] is None
    assert nulls.replies[-1].json()["error"] is None
    assert nulls.replies[-1].json()["video"]["url"]


def test_absent(walk: Walking) -> None:
    absent = walk("absent")
    assert absent.statuses() == THROUGH_ALL
    assert absent.replies[1].json().keys() == {"id", "status"}
    assert absent.replies[-1].json().keys() == {"id", "status", "video"}


def test_wide(walk: Walking) -> None:
    wide = walk("wide")
    url = wide.finished()
    assert wide.replies[-1].json()["video"] == [url]
    assert wide.raw_result(url).body[4:8] == b"ftyp"


def test_expired_url(walk: Walking) -> None:
    expired = walk("expired-url")
    url = expired.finished()
    got = [expired.raw_result(url) for _ in range(3)]
    assert [each.status for each in got] == [403, 403, 200]
    assert b"Request has expired" in got[0].body
    assert got[0].fields["content-type"] == "application/xml"


def test_url_not_ready(walk: Walking) -> None:
    early = walk("url-not-ready")
    clock = early.clock()
    job = early.job()
    (kept,) = early.double.worlds.named(early.namespace).jobs
    clock.jump(kept.ends + 0.5)
    url = early.poll(job).json()["video"]["url"]
    told = [early.raw_result(url)]
    clock.advance(8)
    told.append(early.raw_result(url))
    assert [each.status for each in told] == [403, 200]
    assert b"<Message>Access Denied</Message>" in told[0].body


def test_truncated_video(walk: Walking) -> None:
    truncated = walk("truncated-video")
    url = truncated.finished()
    cut, whole = truncated.raw_result(url), truncated.raw_result(url)
    assert not cut.reset
    assert 0 < len(cut.body) < _announced(cut) == len(whole.body)
    assert whole.body.startswith(cut.body)
    first, second = (entry for entry in truncated.double.journal(truncated.namespace, 4) if entry.size)
    assert (first.sent, first.whole, second.sent, second.whole) == (len(cut.body), False, second.size, True)


def test_html_error(walk: Walking) -> None:
    html = walk("html-error")
    job = html.job()
    polls = [html.poll(job) for _ in range(3)]
    assert [reply.status_code for reply in polls] == [200] * 3
    assert [reply.headers["content-type"].partition(";")[0] for reply in polls] == [
        "application/json",
        "text/html",
        "application/json",
    ]


def test_slow_drip(walk: Walking) -> None:
    drip = walk("slow-drip")
    clock = drip.clock()
    job = drip.job()
    polled = drip.raw_poll(job)
    assert len(polled.pieces) >= 3, "the body comes in pieces after its head"
    assert json.loads(polled.body)["status"] == "queued"
    assert _announced(polled) == len(polled.body)
    clock.advance(1000)
    result = drip.raw_result(drip.poll(job).json()["video"]["url"])
    assert len(result.pieces) >= 3
    assert len(result.body) == _announced(result)


def test_every_scenario_is_walked_by_a_test_of_its_name() -> None:
    told = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    failing = {"fails-in-queue", "fails-while-generating", "fails-at-the-end", "content-refused"}
    assert set(SCENARIOS) <= told | failing | {"stuck-queued", "stuck-generating"}
    assert len(SCENARIOS) == 27


# How the reference client ends


def _outcome(error: BaseException | None) -> type[BaseException] | None:
    return type(error) if error else None


def _ended_well(scenario: str, error: BaseException | None, saved: Path) -> None:
    assert _outcome(error) in (ENDS.get(scenario), MAY_END.get(scenario)), error
    assert saved.exists() is (error is None)
    if error is None:
        assert saved.read_bytes()[4:8] == b"ftyp"


def _timeout(scenario: str) -> float:
    return NEVER if scenario.startswith("stuck-") else IN_TIME


async def _awaiting(origin: str, scenario: str, path: Path) -> None:
    async with AsyncClient(f"test-async-{scenario}", base_url=origin, pace=PACE, environ={}) as client:
        job = await client.create("a boat", headers={"Prefer": f"scenario={scenario}"})
        await client.download(await client.wait(job, _timeout(scenario)), path)


def _blocking(origin: str, scenario: str, path: Path) -> None:
    with Client(f"test-sync-{scenario}", base_url=origin, pace=PACE, environ={}) as client:
        job = client.create("a boat", headers={"Prefer": f"scenario={scenario}"})
        client.download(client.wait(job, _timeout(scenario)), path)


def _hurried(scenario: Scenario) -> Scenario:
    """A scenario that asks nobody to wait for more than a second: clients wait by the wall clock."""
    faults = tuple(
        replace(rule, fault=replace(rule.fault, answer=replace(rule.fault.answer, retry_after=1)))
        if rule.fault.answer and rule.fault.answer.retry_after
        else rule
        for rule in scenario.faults
    )
    return replace(scenario, faults=faults)


@pytest.fixture(scope="module")
def hurried() -> Iterator[Hosted]:
    with hosted(scenarios=[_hurried(scenario) for scenario in shipped().values()]) as double:
        yield double
    assert [record.getMessage() for record in double.records] == []


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_the_reference_client_ends_as_it_should_in_every_scenario_and_nothing_is_noticed(
    hurried: Hosted, tmp_path: Path, kind: str
) -> None:
    """All at once, each in a namespace of its own: the blocking client in threads, the other in one event loop."""
    paths = {scenario: tmp_path / f"{scenario}.mp4" for scenario in SCENARIOS}

    async def all_of_them() -> list[BaseException | None]:
        walks = (_awaiting(hurried.origin, scenario, path) for scenario, path in paths.items())
        return await asyncio.gather(*walks, return_exceptions=True)

    if kind == "async":
        ended = asyncio.run(all_of_them())
    else:
        with ThreadPoolExecutor(len(SCENARIOS)) as pool:
            made = [pool.submit(_blocking, hurried.origin, *each) for each in paths.items()]
            ended = [each.exception() for each in made]
    for (scenario, path), error in zip(paths.items(), ended, strict=True):
        _ended_well(scenario, error, path)
        assert hurried.rules(f"{kind}-{scenario}") == [], scenario
        assert not hurried.app.report(f"{kind}-{scenario}", over=False).failed, scenario


async def _moving(worlds: list[World], walking: "asyncio.Future[list[BaseException | None]]") -> None:
    """Set frozen worlds forward by leaps, some of them large, as long as somebody walks through them."""
    for step in count(1):
        if walking.done():
            return
        for world in worlds:
            world.clock.advance(600 if step % 40 == 0 else 9)
        await asyncio.sleep(0.02)


def test_nor_is_anything_noticed_where_clocks_stand_still_and_leap(hurried: Hosted, tmp_path: Path) -> None:
    paths = {scenario: tmp_path / f"{scenario}.mp4" for scenario in SCENARIOS}
    worlds = [hurried.worlds.named(f"async-{scenario}") for scenario in SCENARIOS]
    for world in worlds:
        world.reset()
        world.clock.scale(0)

    async def all_of_them() -> list[BaseException | None]:
        walks = (_awaiting(hurried.origin, scenario, path) for scenario, path in paths.items())
        walking = asyncio.ensure_future(asyncio.gather(*walks, return_exceptions=True))
        await _moving(worlds, walking)
        return await walking

    for scenario, error in zip(SCENARIOS, asyncio.run(all_of_them()), strict=True):
        assert _outcome(error) in (ENDS.get(scenario), MAY_END.get(scenario)), error
        assert hurried.rules(f"async-{scenario}") == [], scenario
        assert not hurried.app.report(f"async-{scenario}", over=False).failed, scenario


def test_after_a_refused_url_a_second_download_gets_the_video(playing: Hosted, tmp_path: Path) -> None:
    with Client("test-again", base_url=playing.origin, pace=PACE, environ={}) as client:
        job = client.create("a boat", headers={"Prefer": "scenario=expired-url"})
        done = client.wait(job, IN_TIME)
        with pytest.raises(LinkRefused):
            client.download(done, tmp_path / "video.mp4")
        client.download(done, tmp_path / "video.mp4")
    assert playing.rules("again") == []


def test_a_cut_download_is_gone_on_with_where_it_broke(playing: Hosted, tmp_path: Path) -> None:
    with Client("test-resumed", base_url=playing.origin, pace=PACE, environ={}) as client:
        job = client.create("a boat", headers={"Prefer": "scenario=truncated-video"})
        client.download(client.wait(job, IN_TIME), tmp_path / "video.mp4")
    first, second = (entry for entry in playing.journal("resumed") if entry.size)
    assert (first.first, second.first, first.sent + second.sent) == (0, first.sent, first.size)


def test_a_lost_create_tells_the_client_how_to_look(playing: Hosted) -> None:
    with (
        Client("test-looking", base_url=playing.origin, pace=PACE, environ={}) as client,
        pytest.raises(SubmissionUnknown) as caught,
    ):
        client.create("a boat", headers={"Prefer": "scenario=lost-create"}, request_id="mine-1")
    assert "mine-1" in caught.value.how_to_look
    (entry,) = playing.journal("looking", 1)
    assert (entry.client_request_id, entry.heard) == ("mine-1", False)
