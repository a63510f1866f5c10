from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.jobs import Job
from bodydouble.mockserver.results import Results, link_of, refusal_of
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario
from bodydouble.mockserver.service import Service
from tests.apis import CLIPS, FAILS_WHILE_GENERATING, WALL, service

LONG = 1000.0
TTL = 3600.0


class Finished:
    """A service with one job that has ended, and the job's signed URL."""

    def __init__(self, scenario: Scenario = SUCCEEDS, seconds: float = 8.0) -> None:
        self.clock = ManualClock()
        self.playing: Service = service(clock=self.clock, url_ttl=TTL)
        submissions = self.playing.routes.routes[0].submissions
        assert submissions
        assert submissions.only
        self.job: Job = self.playing.world.submit(submissions.only.play, scenario, seconds, self.clock())
        self.clock.advance(LONG)
        link = urlsplit(link_of(self.playing.world, self.job, "http://h", self.clock())[0])
        self.path, self.query = link.path, link.query.encode()

    def refused(
        self, query: bytes | None = None, job_id: str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        wanted = job_id or self.job.id
        given = {name.encode(): value.encode() for name, value in headers.items()}
        world = self.playing.world
        asked = Request("GET", self.path, self.query if query is None else query, given)
        refusal = refusal_of(wanted, world.jobs.get(wanted), asked, world, world.clock())
        return (refusal.status, refusal.body) if refusal else (200, b"")


def test_a_signed_url_of_a_finished_job_gives_its_result() -> None:
    assert Finished().refused() == (200, b"")


def test_the_store_refuses_a_key_beside_the_signature() -> None:
    status, body = Finished().refused(authorization="Bearer key")
    assert status == 400
    assert b"Only one auth mechanism" in body


@pytest.mark.parametrize("query", [b"", b"expires=1", b"signature=a", b"expires=&signature=", b"x=1"])
def test_a_url_without_both_parameters_is_denied(query: bytes) -> None:
    status, body = Finished().refused(query)
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)


def test_any_change_to_the_query_is_a_wrong_signature() -> None:
    finished = Finished()
    fields = dict(parse_qsl(finished.query.decode()))
    for name, value in fields.items():
        for changed in (
            value[:-1],
            value + "0",
            "0" + value,
            value.swapcase() if value.swapcase() != value else "x",
        ):
            status, body = finished.refused(urlencode({**fields, name: changed}).encode())
            assert (status, b"SignatureDoesNotMatch" in body) == (403, True), (name, changed)


def test_of_a_parameter_that_stands_twice_the_first_is_the_one_that_is_verified() -> None:
    finished = Finished()
    assert finished.refused(finished.query + b"&expires=99999999")[0] == 200
    assert finished.refused(b"expires=99999999&" + finished.query)[0] == 403
    finished.clock.advance(3 * TTL)
    assert finished.refused(finished.query + b"&expires=99999999")[0] == 403


def test_the_signature_of_another_job_does_not_fit() -> None:
    finished = Finished()
    other = finished.playing.world.submit(finished.job.play, SUCCEEDS, 8.0, finished.clock() - LONG)
    assert finished.refused(job_id=other.id)[0] == 403


def test_a_url_is_good_for_a_lifetime_at_least_and_for_two_at_most() -> None:
    finished = Finished()
    ended = finished.job.submitted + finished.job.plan.queued + finished.job.plan.running
    finished.clock.now = ended + 2 * TTL - 0.01
    assert finished.refused()[0] == 200
    finished.clock.now = ended + 2 * TTL + 0.01
    status, body = finished.refused()
    assert (status, b"expired" in body) == (403, True)


@given(st.floats(0, 50 * TTL))
def test_whenever_a_poll_gives_a_url_it_is_good_for_a_lifetime(later: float) -> None:
    finished = Finished()
    finished.clock.advance(later)
    query = urlsplit(
        link_of(finished.playing.world, finished.job, "http://h", finished.clock())[0]
    ).query.encode()
    assert finished.refused(query)[0] == 200
    finished.clock.advance(TTL - 0.01)
    assert finished.refused(query)[0] == 200
    finished.clock.advance(TTL + 0.02)
    assert finished.refused(query)[0] == 403


@pytest.mark.parametrize("scenario", [SUCCEEDS, FAILS_WHILE_GENERATING])
def test_a_job_without_a_result_has_no_object(scenario: Scenario) -> None:
    finished = Finished(scenario)
    if scenario is SUCCEEDS:
        finished.clock.now = finished.job.submitted
    status, body = finished.refused()
    assert (status, b"<Code>NoSuchKey</Code>" in body) == (404, True)


def test_an_evicted_job_has_no_object() -> None:
    finished = Finished()
    world = finished.playing.world
    refusal = refusal_of(finished.job.id, None, Request("GET", "", finished.query), world, world.clock())
    assert refusal
    assert refusal.status == 404


@given(st.binary(max_size=80), st.text(max_size=20))
def test_any_query_for_any_object_is_answered(query: bytes, job_id: str) -> None:
    world = ANY.playing.world
    refusal = refusal_of(job_id, world.jobs.get(job_id), Request("GET", "", query), world, world.clock())
    assert refusal
    assert refusal.status == 403


ANY = Finished()


def served(finished: Finished, method: str, query: bytes, path: str = "") -> Response:
    playing = finished.playing
    results = Results(playing.worlds, CLIPS, lambda: WALL)
    return results.answer(Request(method, path or finished.path, query))


@pytest.mark.parametrize("seconds", [clip.seconds for clip in CLIPS])
def test_the_clip_is_as_long_as_the_job_says(seconds: float) -> None:
    finished = Finished(seconds=seconds)
    reply = served(finished, "GET", finished.query)
    assert reply.status == 200
    assert reply.body == next(clip.content for clip in CLIPS if clip.seconds == seconds)


def test_a_refusal_has_its_type_and_length() -> None:
    reply = served(ANY, "GET", b"")
    assert reply.status == 403
    headers = dict(reply.headers)
    assert headers[b"content-type"] == b"application/xml"
    assert headers[b"content-length"] == str(len(reply.body)).encode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_result_can_only_be_read(method: str) -> None:
    reply = served(ANY, method, ANY.query)
    assert (reply.status, dict(reply.headers)[b"allow"], reply.body) == (405, b"GET, HEAD", b"")


@given(st.floats(0, TTL * 0.99))
def test_a_link_names_the_origin_and_repeats_however_fast_it_is_polled(later: float) -> None:
    finished = Finished()
    job, world = finished.job, finished.playing.world
    first, until = link_of(world, job, "https://double.example:1", job.ends)
    assert first.startswith(f"https://double.example:1/_double/media/{job.id}.mp4?expires=")
    assert link_of(world, job, "https://double.example:1", job.ends + later) == (first, until)
    assert until == pytest.approx(job.ends + 2 * TTL)


@pytest.mark.parametrize(
    ("asked", "status", "first", "length"),
    [
        ("", 200, 0, None),
        ("bytes=10-19", 206, 10, 10),
        ("bytes=0-1,5-6", 206, 0, 0),
        ("bytes=99999999-", 416, 0, 0),
    ],
)
def test_the_journal_is_told_which_part_of_the_result_was_sent(
    asked: str, status: int, first: int, length: int | None
) -> None:
    finished = Finished()
    results = Results(finished.playing.worlds, CLIPS, lambda: WALL)
    headers = {b"range": asked.encode()} if asked else {}
    reply = results.answer(Request("GET", finished.path, finished.query, headers))
    assert reply.status == status
    assert reply.about
    size = len(next(clip.content for clip in CLIPS if clip.seconds == 8.0))
    sent = size if length is None else length
    assert (reply.about.first, reply.about.sent, reply.about.size) == (first, sent, size if sent else 0)


def test_a_url_of_one_namespace_is_of_no_use_in_another_even_with_the_same_seed() -> None:
    finished = Finished()
    worlds = finished.playing.worlds
    one, other = worlds.named("one"), worlds.named("other")
    other.secret = one.secret
    for each in (one, other):
        each.jobs.add(finished.job)
    link = urlsplit(link_of(one, finished.job, "http://h", finished.clock())[0])
    store = Results(worlds, CLIPS, lambda: WALL)
    moved = link.path.replace("/one/", "/other/")
    told = [store.answer(Request("GET", path, link.query.encode())).status for path in (link.path, moved)]
    assert told == [200, 403]


def test_a_method_that_no_result_has_is_put_down_where_the_result_is() -> None:
    finished = Finished()
    finished.playing.worlds.named("one")
    store = Results(finished.playing.worlds, CLIPS, lambda: WALL)
    refused = store.answer(Request("DELETE", "/_double/media/one/x.mp4"))
    assert (refused.status, refused.about.namespace if refused.about else "") == (405, "one")
