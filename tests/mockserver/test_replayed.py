"""Recorded lives played back: the same story, under new ids."""

import json
from math import inf
from typing import Any

import pytest

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.notes import resolving
from bodydouble.mockserver.recordings.recordings import Asked, Recording, Said, Turn
from bodydouble.mockserver.recordings.replaying import Unreplayable
from bodydouble.mockserver.replayed import ReplayedService, reels_of
from bodydouble.mockserver.results import PREFIX, Results
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Target
from bodydouble.mockserver.scenes.repertoire import Repertoire
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS
from bodydouble.mockserver.snapshots import SnapshotError, restore, snapshot_of
from bodydouble.mockserver.states import Forced
from bodydouble.mockserver.worlds import WorldSettings
from tests.apis import BUNDLED, CLIPS, polled, service, submitted, worlds

PATTERN = BUNDLED.patterns[0]
URL = "https://cdn.upstream.example/v/abc.mp4?sig=1"
FAILED: dict[str, Any] = {"error": {"name": "NSFW", "message": "job-1 was refused"}}
STAGES = {
    "queued": Stage.INITIAL,
    "generating": Stage.RUNNING,
    "completed": Stage.SUCCESS,
    "error": Stage.FAILURE,
}


def said(status: str, **more: Any) -> Said:
    headers = {
        "content-type": "application/json",
        "x-inference-id": "job-1",
        "x-upstream": "yes",
        "content-length": "7",
        "bad name": "x",
        "x-client-request-id": "theirs",
    }
    return Said(headers, {"id": "job-1", "generation_id": "job-1", "status": status, **more})


def recorded(*polls: tuple[float, str, dict[str, Any]], prompt: str = "prompt-1 (7 characters)") -> Recording:
    turns = [Turn("create", 0, 0.0, 201, "queued", said("queued", seen=True))]
    turns += [Turn("poll", at, 0.0, 200, status, said(status, **more)) for at, status, more in polls]
    asked = Asked("POST", PATTERN.submit.path, "", Said({}, {"model": "video-01", "prompt": prompt}))
    return Recording("job-1", "video-01", "https://up", STAGES, asked, tuple(turns))


WELL = recorded((10, "queued", {}), (20, "generating", {}), (40, "completed", {"video": {"url": URL}}))
BADLY = recorded((10, "queued", {}), (30, "error", FAILED), prompt="a kitten")


class Server:
    """A service that plays recordings, with a clock."""

    def __init__(self, *recordings: Recording) -> None:
        self.clock = ManualClock()
        settings = WorldSettings(self.clock, SUCCEEDS, 1)
        repertoire, wall = Repertoire(), (lambda: 0.0)
        self.service = ReplayedService(BUNDLED, worlds(settings), CLIPS, repertoire, wall, recordings)

    def create(self, prompt: str = "a boat", **headers: str) -> Response:
        body = {"model": "video-01", "prompt": prompt}
        return submitted(self.service, PATTERN, body, **headers)

    def job(self, prompt: str = "a boat") -> str:
        return str(json.loads(self.create(prompt).body)["id"])

    def poll(self, job: str, **headers: str) -> tuple[Response, dict[str, Any]]:
        reply = polled(self.service, PATTERN, job, **headers)
        return reply, json.loads(reply.body)


def test_a_job_lives_as_the_recorded_one_did() -> None:
    server = Server(WELL)
    created = server.create()
    told = json.loads(created.body)
    assert (created.status, told["status"], told["seen"]) == (201, "queued", True)
    story = []
    for _ in range(6):
        story.append(server.poll(told["id"])[1]["status"])
        server.clock.advance(8)
    assert story == ["queued", "queued", "generating", "generating", "completed", "completed"]


def test_ids_are_new_wherever_they_stand() -> None:
    server = Server(WELL, BADLY)
    first, other = server.job(), server.job()
    assert first != other
    reply, body = server.poll(first)
    assert body["id"] == body["generation_id"] == dict(reply.headers)[b"x-inference-id"].decode() == first
    failing = server.job("a kitten")
    server.clock.advance(31)
    assert server.poll(failing)[1]["error"]["message"] == f"{failing} was refused"


def test_results_are_served_from_here() -> None:
    server = Server(WELL)
    job = server.job()
    server.clock.advance(60)
    url = server.poll(job)[1]["video"]["url"]
    assert "upstream" not in url
    path, _, query = url[url.index(PREFIX) :].partition("?")
    results = Results(server.service.worlds, CLIPS, lambda: 0.0)
    assert results.answer(Request("GET", path, query.encode())).status == 200


def test_recorded_headers_are_sent_but_for_what_belongs_to_another_request() -> None:
    server = Server(WELL)
    reply, _ = server.poll(server.job(), x_client_request_id="mine")
    sent = dict(reply.headers)
    assert (sent[b"x-upstream"], sent[b"x-client-request-id"]) == (b"yes", b"mine")
    assert int(sent[b"content-length"]) == len(reply.body)
    assert b"bad name" not in sent
    assert len(sent) == len(reply.headers)


def test_the_likest_request_is_played_and_of_equals_the_least_used() -> None:
    server = Server(WELL, BADLY)
    failing, well = server.job("a kitten"), server.job("a dog")
    server.clock.advance(100)
    assert [server.poll(job)[1]["status"] for job in (failing, well)] == ["error", "completed"]
    twins = Server(WELL, recorded((5, "completed", {})))
    jobs = [twins.job() for _ in range(4)]
    twins.clock.advance(6)
    assert [twins.poll(job)[1]["status"] for job in jobs] == ["queued", "completed", "queued", "completed"]


def test_a_request_of_no_recorded_model_is_told_what_is_recorded() -> None:
    other = Recording("job-1", "other-model", "", STAGES, WELL.request, WELL.turns)
    reply = Server(other).create()
    assert reply.status == 404
    assert b"recorded are 1 jobs of other-model" in reply.body


def test_what_asks_for_a_scenario_gets_it() -> None:
    server = Server(WELL)
    told = json.loads(server.create(prefer="scenario=instant").body)
    assert told["status"] == "completed"
    server.service.world.scenario = server.service.repertoire.find("instant")
    assert json.loads(server.create().body)["status"] == "completed"


def test_faults_come_on_top_and_what_is_forced_happens() -> None:
    server = Server(WELL)
    job = server.job()
    world = server.service.world
    world.faults = (Rule((Target.POLL,), Fault(answer=Answer(503))),)
    assert server.poll(job)[0].status == 503
    world.faults = ()
    kept = world.jobs.get(job)
    assert kept is not None
    world.jobs.force(kept, Forced(Stage.FAILURE, world.clock()))
    assert server.poll(job)[1]["status"] == "error"


def test_a_life_whose_end_was_not_seen_goes_on() -> None:
    server = Server(recorded((10, "generating", {})))
    job = server.job()
    server.clock.advance(1e6)
    assert server.poll(job)[1]["status"] == "generating"
    kept = server.service.world.jobs.get(job)
    assert kept is not None
    assert kept.ends == inf


def test_what_cannot_be_played_is_left_out_and_none_at_all_is_refused() -> None:
    blind = Recording("job-1", "video-01")
    assert len(reels_of((blind, WELL))) == 1
    with pytest.raises(Unreplayable, match=r"none of 2 recordings.*the create was not recorded"):
        reels_of((blind, blind))


def test_replayed_worlds_can_be_written_down_and_go_on_where_the_recordings_are() -> None:
    first, other = Server(WELL, BADLY), Server(BADLY, WELL)
    job = first.job("a kitten")
    first.clock.advance(12)
    raw = snapshot_of(first.service.world, BUNDLED)
    other.clock.now = first.clock.now
    restore(raw, other.service.world, resolving(other.service))
    for server in (first, other):
        server.clock.advance(20)
    assert other.poll(job)[0].body == first.poll(job)[0].body
    assert [other.job("x") for _ in range(3)] == [first.job("x") for _ in range(3)]
    plain = service()
    with pytest.raises(SnapshotError, match="recording"):
        restore(raw, plain.world, resolving(plain))
