"""What ``serve --report`` says about clients: the careless one fails with the sum, the careful one passes."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bodydouble.client import Progress
from bodydouble.client.client import Client
from bodydouble.client.errors import SubmissionUnknown
from bodydouble.client.retry import Pace
from bodydouble.contracts.bundle import bundled_contract
from bodydouble.mockserver.scenes.faults import Answer, Fault, Retry, Rule, Span, Target

from .doubles import BODY, VIDEO, Hosted, OverSocket, Settings, hosted, over_socket, request

CARELESS = """
import http.client, json, sys, time, urllib.request

origin = sys.argv[1]
body = json.dumps({"model": "video-01", "prompt": "a boat"}).encode()
headers = {"Authorization": "Bearer test-careless", "Content-Type": "application/json"}

def create():
    asked = urllib.request.Request(origin + "/v2/video/generations", body, headers)
    return json.load(urllib.request.urlopen(asked, timeout=60))

try:
    job = create()
except (http.client.HTTPException, OSError):
    job = create()
while job["status"] not in ("completed", "error"):
    time.sleep(0.05)
    asked = urllib.request.Request(origin + "/v2/video/generations?generation_id=" + job["id"], headers=headers)
    job = json.load(urllib.request.urlopen(asked, timeout=60))
urllib.request.urlopen(job["video"]["url"], timeout=60).read()
"""
"""A client of the standard library alone, which sends a create again when no reply comes."""
PACE = Pace(first_poll=0.02, interval=0.02, longest=0.1)
PRICE = bundled_contract().conventions.price


@pytest.fixture
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double


# serve --report


LOSES_THE_FIRST = {"name": "loses-the-first", "faults": [{"on": ["submit"], "nth": [1, 1], "wire": "lost"}]}


@pytest.fixture
def losing(tmp_path: Path) -> str:
    """A file with a scenario of one's own: the reply to the first create is lost."""
    (tmp_path / "scenes.json").write_text(json.dumps(LOSES_THE_FIRST))
    return str(tmp_path / "scenes.json")


def reported(use: Callable[[OverSocket], object], scenario: str, *options: str) -> tuple[int, str]:
    """Exit code and report of a server that a client has used."""
    with over_socket(Settings(scenario=scenario, options=("--report", *options))) as running:
        use(running)
        code = running.stop()
        assert running.process.stdout
        told = running.process.stdout.read()
        assert running.log() == ""
    return code, told.removeprefix("stopped\n")


def careless(running: OverSocket) -> None:
    subprocess.run([sys.executable, "-c", CARELESS, running.origin], check=True, timeout=120)


def careful(running: OverSocket, folder: Path) -> None:
    with Client("test-careful", base_url=running.origin, pace=PACE, environ={}) as client:
        with pytest.raises(SubmissionUnknown):
            client.create("a boat")
        client.download(client.generate("another boat"), folder / "video.mp4")


def test_a_client_that_sends_creates_again_fails_with_the_sum_that_was_paid_twice(losing: str) -> None:
    code, told = reported(careless, losing, "json")
    assert code == 1
    report = json.loads(told)
    assert report["failed"] is True
    (finding,) = report["findings"]
    assert (finding["rule"], finding["severity"]) == ("create-sent-again", "error")
    assert f"one job for {PRICE.usd:g} USD or {PRICE.credits} credits" in finding["expected"]
    assert f"2 jobs for {2 * PRICE.usd:g} USD or {2 * PRICE.credits} credits" in finding["got"]


def test_the_same_client_passes_where_no_reply_is_lost() -> None:
    code, told = reported(careless, "succeeds", "json")
    assert (code, json.loads(told)["findings"]) == (0, [])


def test_the_reference_client_passes_though_a_reply_was_lost(losing: str, tmp_path: Path) -> None:
    code, told = reported(lambda running: careful(running, tmp_path), losing, "text")
    assert (code, told.partition(" in ")[0]) == (0, "no findings")


def test_the_report_goes_to_a_file_as_junit(losing: str, tmp_path: Path) -> None:
    code, told = reported(careless, losing, "junit", "--report-file", str(tmp_path / "report.xml"))
    assert (code, told) == (1, "")
    assert "create-sent-again" in (tmp_path / "report.xml").read_text()


# Clocks that stand still, run fast or slowly, or are set forward


def polling(caller: httpx2.Client, pause: Callable[[], object], polls: int = 12) -> str:
    job = str(caller.post(VIDEO, json=dict(BODY)).json()["id"])
    for _ in range(polls):
        caller.get(VIDEO, params={"generation_id": job})
        pause()
    return job


def test_polls_of_a_frozen_world_are_no_haste(playing: Hosted) -> None:
    playing.worlds.named("frozen").clock.scale(0)
    with playing.calling("frozen") as caller:
        polling(caller, lambda: None)
    assert playing.rules("frozen") == []


def test_a_steady_client_of_a_world_that_is_set_forward_is_careful(playing: Hosted) -> None:
    clock = playing.worlds.named("jumped").clock
    clock.scale(0)
    with playing.calling("jumped") as caller:
        job = polling(caller, lambda: clock.advance(1.5), 10)
        clock.advance(1e4)
        url = caller.get(VIDEO, params={"generation_id": job}).json()["video"]["url"]
        assert raw(playing, url).status == 200
    assert playing.rules("jumped") == []


def test_haste_is_haste_at_the_usual_speed(playing: Hosted) -> None:
    clock = playing.worlds.named("hasty").clock
    clock.scale(1)
    with playing.calling("hasty") as caller:
        caller.headers["Prefer"] = "scenario=stuck-queued"
        polling(caller, lambda: None, 60)  # so many that between some of them no machine stalls
    assert playing.rules("hasty") == ["polls-too-fast"]


def told_to_wait(form: Retry, seconds: int) -> Rule:
    return Rule(
        (Target.POLL,), Fault(answer=Answer(429, "", retry_after=seconds, retry_form=form)), Span(1, 1)
    )


CLOCKS = {"slow": (0.01, 0.0), "fast": (1e4, 0.0), "frozen": (0.0, 0.0), "in the future": (1.0, 1e9)}


class Enough(Exception):
    """So many polls are enough."""


def waiting(playing: Hosted, namespace: str, clock: str, form: Retry) -> None:
    speed, ahead = CLOCKS[clock]
    world = playing.worlds.named(namespace)
    world.faults = (told_to_wait(form, 1),)
    world.clock.scale(speed)
    world.clock.advance(ahead)

    def hear(_: Progress) -> None:
        if len(world.journal) > 3:
            raise Enough

    with Client(f"test-{namespace}", base_url=playing.origin, pace=PACE, environ={}) as client:
        job = client.create("a boat", headers={"Prefer": "scenario=stuck-queued"})
        with pytest.raises(Enough):
            client.wait(job, 120, on_progress=hear)


def test_who_waits_as_told_by_its_own_clock_is_careful_whatever_the_worlds_shows(playing: Hosted) -> None:
    scenes = {f"n{n}": scene for n, scene in enumerate((clock, form) for clock in CLOCKS for form in Retry)}
    with ThreadPoolExecutor(len(scenes)) as pool:
        list(pool.map(lambda name: waiting(playing, name, *scenes[name]), scenes))
    for name, scene in scenes.items():
        entries = playing.journal(name)
        (refused,) = (entry.retry_after for entry in entries if entry.retry_after is not None)
        assert 0 <= refused <= 1, scene
        assert len(entries) > 3, scene
        assert "retry-after-ignored" not in playing.rules(name), scene


@pytest.mark.parametrize("form", Retry)
@pytest.mark.parametrize("speed", [0.0, 0.01, 1.0, 1e4])
def test_who_does_not_wait_is_noticed_whatever_the_clock_shows(
    playing: Hosted, speed: float, form: Retry
) -> None:
    world = playing.worlds.named("impatient")
    world.faults = (told_to_wait(form, 100),)
    world.clock.scale(speed)
    with playing.calling("impatient") as caller:
        polling(caller, lambda: None, 2)
    assert "retry-after-ignored" in playing.rules("impatient")


def test_a_job_whose_end_came_by_a_jump_is_not_orphaned_while_its_client_may_still_come(
    playing: Hosted,
) -> None:
    with playing.calling("patient") as caller:
        job = polling(caller, lambda: None, 1)
        playing.worlds.named("patient").clock.advance(1e5)
        assert not playing.app.report("patient", over=False).failed
        assert playing.rules("patient") == ["job-orphaned"], "once the run is over it is"
        caller.get(VIDEO, params={"generation_id": job})
    assert "job-orphaned" not in playing.rules("patient")


# Careless in other ways


def finished(playing: Hosted, caller: httpx2.Client, namespace: str, scenario: str = "succeeds") -> str:
    """The URL of the result of a job that has ended."""
    job = caller.post(VIDEO, json=dict(BODY), headers={"Prefer": f"scenario={scenario}"}).json()["id"]
    playing.worlds.named(namespace).clock.advance(1e4)
    return str(caller.get(VIDEO, params={"generation_id": job}).json()["video"]["url"])


def raw(playing: Hosted, url: str, **headers: str) -> Any:
    return playing.raw(request("GET", url.removeprefix(playing.origin), None, "", **headers))


def test_a_partial_download_that_is_kept_is_noticed_and_one_that_is_completed_is_not(playing: Hosted) -> None:
    for namespace, again in (("partial", False), ("whole", True)):
        with playing.calling(namespace) as caller:
            url = finished(playing, caller, namespace, "truncated-video")
        received = raw(playing, url)
        if again:
            raw(playing, url, Range=f"bytes={len(received.body)}-")
        playing.journal(namespace, 4 if again else 3)
        assert playing.rules(namespace) == ([] if again else ["result-incomplete"])


def test_a_client_that_closes_its_connection_after_each_reply_has_not_gone_away(playing: Hosted) -> None:
    with playing.calling("closing") as caller:
        url = finished(playing, caller, "closing")
    assert raw(playing, url).status == 200
    (entry,) = (entry for entry in playing.journal("closing", 3) if entry.size)
    assert (entry.whole, entry.gone, entry.sent) == (True, False, entry.size)
    assert playing.rules("closing") == []


def test_a_key_that_goes_with_the_result_and_a_result_that_nobody_fetches_are_noticed(
    playing: Hosted,
) -> None:
    with playing.calling("keyed") as caller:
        url = finished(playing, caller, "keyed")
        assert caller.get(url).status_code == 400
    assert playing.rules("keyed") == ["key-sent-with-result"]
    with playing.calling("unfetched") as caller:
        finished(playing, caller, "unfetched")
    assert playing.rules("unfetched") == ["result-never-fetched"]
