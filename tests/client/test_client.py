"""The public client against real sockets; what holds for both kinds of client is tested with both."""

import gzip
import inspect
import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.client import (
    AsyncClient,
    Client,
    ClientError,
    ConfigurationError,
    Job,
    JobFailed,
    JobNotFound,
    Kind,
    NoAnswer,
    NotSent,
    Pace,
    PollRefused,
    Progress,
    Refused,
    ResultMissing,
    SubmissionUnknown,
    WaitTimeout,
    default_api,
)
from bodydouble.client.parsing import object_in
from tests.limits import FOR_EVER, with_time

from .conftest import FAST, KEY, Either
from .faults import (
    VIDEO,
    Act,
    Connection,
    FaultServer,
    Script,
    Seen,
    done,
    dribble,
    drop,
    error_body,
    html,
    in_turn,
    job,
    ranged,
    raw,
    reply,
    reset,
    serving,
    silence,
    truncated,
    whole,
)
from .simulation import BODIES, OWN

Serve = Callable[[Script], FaultServer]
ClientOf = Callable[..., Either]

ACCEPTED = whole(b'{"id": "job-1", "status": "queued"}', 200, {"X-Inference-Id": "job-1"})
ENDLESS_HEAD = whole(b"{}", 200, {"X-Long": "x" * FOR_EVER})
ENDLESS_BODY = whole(b" " * FOR_EVER)

LOST_ANSWERS = {
    "dropped after sending": drop,
    "reset after sending": reset,
    "head cut off": truncated(ACCEPTED, 30),
    "body cut off": truncated(ACCEPTED, len(ACCEPTED) - 5),
    "body cut off by a reset": truncated(ACCEPTED, len(ACCEPTED) - 5, abruptly=True),
    "announced to be shorter": raw(whole(b'{"id": "job-1", "status": "queued"}', length=10)),
    "longer than announced to be": truncated(whole(b"{}", length=100), 10_000),
    "408": reply(error_body(408), 408),
    "a gateway's 500": html(500),
    "a gateway's 502": html(502),
    "a gateway's 503 with Retry-After": raw(whole(b"busy", 503, {"Retry-After": "0"})),
    "a gateway's JSON 500": reply({"error": "upstream connect error"}, 500),
    "a 500 that tells of another status": reply(error_body(502), 500),
    "a page with 200": html(200),
    "not JSON": raw(whole(b"accepted!")),
    "not an object": reply(["job-1"]),
    "no id": reply({"status": "queued"}),
    "204": raw(whole(b"", 204, {"Content-Length": ""})),
    "not HTTP": raw(b"220 ready to serve mail\r\n", then_close=True),
    "a redirect that may follow work": raw(whole(b"", 303, {"Location": "/v2/elsewhere"})),
}


FAILED_POLLS = {
    "dropped": drop,
    "reset": reset,
    "cut off": truncated(ACCEPTED, len(ACCEPTED) - 5),
    "408": reply(error_body(408), 408),
    "425": reply(error_body(425), 425),
    "429": reply(error_body(429), 429),
    "500": html(500),
    "502": html(502),
    "503": reply(error_body(503), 503),
    "504": reply({}, 504),
    "a page with 200": html(200),
    "bad JSON": raw(whole(b'{"id": "job-1", "status": ')),
    "not an object": reply("completed"),
    "announced to be shorter": raw(whole(b'{"id": "job-1", "status": "completed"}', length=10)),
    "announced to be longer": raw(
        whole(b'{"id": "job-1", "status": "completed"}', length=100), then_close=True
    ),
    "a portal's redirect": raw(whole(b"", 302, {"Location": "http://127.0.0.1:9/login"})),
    "not HTTP": raw(b"220 ready to serve mail\r\n", then_close=True),
}


@pytest.mark.parametrize("act", LOST_ANSWERS.values(), ids=LOST_ANSWERS.keys())
def test_a_create_whose_fate_is_unknown_is_sent_once(act: Act, serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[act]))
    with pytest.raises(SubmissionUnknown) as caught:
        client_of(server).create("a paper boat", timeout=60)
    (post,) = server.seen("POST")
    assert caught.value.client_request_id == post.headers["x-client-request-id"]
    assert caught.value.client_request_id in caught.value.how_to_look
    assert f"GET {server.url}/v2/logs?period=24h" in caught.value.how_to_look
    assert caught.value.how_to_look in str(caught.value)


def test_a_create_that_is_not_answered_in_time_is_sent_once(serve: Serve, client_of: ClientOf) -> None:
    def act(limit: float) -> None:
        server = serve(in_turn(POST=[silence]))
        with pytest.raises(SubmissionUnknown, match="no answer in time"):
            client_of(server).create("a paper boat", timeout=limit)
        assert len(server.seen("POST")) == 1

    with_time(act)


def test_dribbled_bytes_do_not_extend_a_create(serve: Serve, client_of: ClientOf) -> None:
    def act(limit: float) -> None:
        server = serve(in_turn(POST=[dribble(ENDLESS_HEAD, 0.05)]))
        with pytest.raises(SubmissionUnknown):
            client_of(server).create("a paper boat", timeout=limit)
        assert len(server.seen("POST")) == 1

    with_time(act)


def test_a_lost_answer_whose_head_arrived_names_the_job(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[truncated(ACCEPTED, len(ACCEPTED) - 5)]))
    with pytest.raises(SubmissionUnknown) as caught:
        client_of(server).create("a paper boat")
    assert caught.value.inference_id == "job-1"
    assert caught.value.status == 200
    assert "job-1" in caught.value.how_to_look


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, b"<html>bad gateway</html>"), (408, b"{}"), (303, b""), (200, b"<html>"), (200, b"")],
)
def test_the_job_that_a_head_names_is_told_whatever_is_wrong_with_the_rest(
    status: int, body: bytes, serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(POST=[raw(whole(body, status, {"X-Inference-Id": "job-1"}))]))
    with pytest.raises(SubmissionUnknown, match="job-1") as caught:
        client_of(server).create("a paper boat")
    assert (caught.value.inference_id, caught.value.status) == ("job-1", status)


def test_the_job_that_a_head_names_is_told_though_the_body_never_ends(
    serve: Serve, client_of: ClientOf
) -> None:
    endless = whole(b" " * FOR_EVER, 200, {"X-Inference-Id": "job-1"})

    def act(limit: float) -> None:
        server = serve(in_turn(POST=[dribble(endless, 0.02, step=1000)]))
        with pytest.raises(SubmissionUnknown, match="job-1") as caught:
            client_of(server).create("a paper boat", timeout=limit)
        assert caught.value.inference_id == "job-1"

    with_time(act)


def test_a_kept_connection_that_the_server_resets_under_a_create_is_ambiguous(
    serve: Serve, client_of: ClientOf
) -> None:
    def act(_: float) -> None:  # again if the machine stops until an idle connection is too old to be used
        server = serve(in_turn(GET=[reply(job("generating"))], POST=[reset]))
        client = client_of(server)
        client.look("job-1")
        with pytest.raises(SubmissionUnknown):
            client.create("a paper boat")
        assert len(server.seen("POST")) == 1
        assert server.accepted == 1

    with_time(act)


def test_a_create_that_cannot_connect_is_retried_and_then_surely_not_sent(client_of: ClientOf) -> None:
    import socket  # noqa: PLC0415 - only here, to find a port that refuses

    pace = Pace(connect_attempts=3, longest=0.01)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and nobody listens; nor can anybody else while it is bound
        with pytest.raises(NotSent, match="after 3 attempts"):
            client_of(f"http://127.0.0.1:{deaf.getsockname()[1]}", pace=pace).create("a paper boat")


def test_a_create_gets_through_once_the_server_is_up(client_of: ClientOf) -> None:
    import socket  # noqa: PLC0415 - only here, to hold a port back

    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    posts = []

    def listen_late() -> None:
        time.sleep(0.3)
        holder.listen()
        sock, _ = holder.accept()
        with sock:
            posts.append(sock.recv(65536))
            sock.sendall(ACCEPTED)

    thread = threading.Thread(target=listen_late)
    thread.start()
    with holder:
        created = client_of(
            f"http://127.0.0.1:{holder.getsockname()[1]}", pace=Pace(connect_attempts=1000, longest=0.1)
        ).create("a paper boat")
        thread.join()
    assert created.id == "job-1"
    assert len(posts) == 1


def test_a_host_name_that_does_not_resolve_is_surely_not_sent(client_of: ClientOf) -> None:
    with pytest.raises(NotSent):
        client_of("http://no-such-host.invalid", pace=Pace(connect_attempts=1)).create("x")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 413, 422, 425])
def test_a_refusal_is_raised_with_the_servers_words(status: int, serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[reply(error_body(status, "no more boats"), status)]))
    with pytest.raises(Refused, match=f"HTTP {status}: no more boats") as caught:
        client_of(server).create("a paper boat")
    assert caught.value.status == status
    assert json.loads(caught.value.body) == error_body(status, "no more boats")
    assert caught.value.request_id == "req-1"
    assert len(server.seen("POST")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("form", [int, str])
def test_a_5xx_in_the_apis_own_shape_is_a_refusal(
    status: int, form: Callable[[int], object], serve: Serve, client_of: ClientOf
) -> None:
    body = error_body(status) | {"statusCode": form(status)}
    server = serve(in_turn(POST=[reply(body, status)]))
    with pytest.raises(Refused):
        client_of(server).create("a paper boat")
    assert len(server.seen("POST")) == 1


@pytest.mark.parametrize(
    "busy",
    [
        reply(error_body(429), 429),
        reply(error_body(429), 429, {"Retry-After": "0"}),
        raw(whole(b"slow down", 429)),
        reply(error_body(503), 503, {"Retry-After": "0"}),
        reply(error_body(503), 503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    ],
)
def test_a_busy_server_is_asked_again_with_the_same_id_and_bytes(
    busy: Act, serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(POST=[busy, busy, raw(ACCEPTED)]))
    created = client_of(server, pace=Pace(longest=0.05)).create("a paper boat")
    posts = server.seen("POST")
    assert created.id == "job-1"
    assert len(posts) == 3
    assert len({(post.headers["x-client-request-id"], post.body) for post in posts}) == 1
    assert created.client_request_id == posts[0].headers["x-client-request-id"]


def test_the_pause_a_busy_server_asks_for_is_kept(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[reply(error_body(429), 429, {"Retry-After": "1"}), raw(ACCEPTED)]))
    client_of(server, pace=Pace(longest=0.05)).create("a paper boat")
    first, second = server.seen("POST")
    assert second.at - first.at >= 1


def test_a_pause_beyond_the_budget_ends_the_create(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[reply(error_body(429), 429, {"Retry-After": "3600"})]))
    with pytest.raises(Refused, match="429"):
        client_of(server).create("a paper boat")
    assert len(server.seen("POST")) == 1


def test_no_limit_is_a_limit_too(serve: Serve, client_of: ClientOf, tmp_path: Path) -> None:
    server = serve(
        lambda seen: (
            raw(ACCEPTED)
            if seen.method == "POST"
            else ranged(VIDEO, seen)
            if seen.path == "/v.mp4"
            else reply(done(f"http://{seen.headers['host']}/v.mp4"))
        )
    )
    client = client_of(server)
    created = client.create("x", timeout=math.inf)
    client.download(client.wait(created, math.inf), tmp_path / "v.mp4", timeout=math.inf)
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO


REFUSED = {
    "401": reply(error_body(401), 401),
    "its own 500": reply(error_body(500), 500),
    "404 page": html(404),
}
BUSY = {"429": reply(error_body(429), 429), "503": reply(error_body(503), 503, {"Retry-After": "0"})}
QUICK_LOST = {name: act for name, act in LOST_ANSWERS.items() if "longer" not in name}
ENDS = {
    "complete": reply(done("http://x/y")),
    "failed": reply(job("failed")),
    "gone": reply(error_body(403), 403),
}
polls = st.lists(st.sampled_from([*FAILED_POLLS.values(), reply(job("dreaming"))]), max_size=4)


@pytest.mark.parametrize("kind", ["sync", "async"])
@settings(max_examples=25)
@given(
    busy=st.lists(st.sampled_from(list(BUSY.values())), max_size=3),
    last=st.sampled_from([*QUICK_LOST.items(), *REFUSED.items(), ("accepted", raw(ACCEPTED))]),
    polls=polls,
    end=st.sampled_from(list(ENDS.values())),
)
def test_over_sockets_nothing_is_bought_twice_and_nothing_paid_for_is_lost(
    kind: str, busy: list[Act], last: tuple[str, Act], polls: list[Act], end: Act
) -> None:
    name, act = last
    with serving(in_turn(POST=[*busy, act], GET=[*polls, end])) as server:
        either = Either(kind, base_url=server.url, pace=replace(FAST, longest=0.01))
        try:
            outcome = either.generate("x", timeout=120)
        except ClientError as error:
            outcome = error
        finally:
            either.end()
    posts, gets = server.seen("POST"), server.seen("GET")
    assert len(posts) == len(busy) + 1
    assert len({(post.headers["x-client-request-id"], post.body) for post in posts}) == 1
    if name == "accepted":
        assert outcome.id == "job-1" if isinstance(outcome, Job) else outcome.job.id == "job-1"
        assert len(gets) == len(polls) + 1
    else:
        assert isinstance(outcome, Refused if name in REFUSED else SubmissionUnknown)
        assert outcome.client_request_id == posts[0].headers["x-client-request-id"]
        assert not gets


@dataclass(frozen=True)
class Said:
    """What a generated server says to one request, after a moment."""

    status: int
    body: bytes
    headers: dict[str, str]
    moment: float

    def __call__(self, connection: Connection) -> None:
        connection.stopping.wait(self.moment)
        connection.send(whole(self.body, self.status, self.headers))

    @property
    def sends_again(self) -> bool:
        """Say in other words than the code does whether a create is sent again after this."""
        own = self.body == OWN[503] and self.status == 503
        return self.status == 429 or (own and "Retry-After" in self.headers)

    @property
    def ends_a_wait(self) -> bool:
        """Say the same of whether a wait may end with this."""
        if self.status < 300:
            word = (object_in(self.body) or {}).get("status")
            return isinstance(word, str) and word in default_api().kinds
        return self.status in (301, 308) or (400 <= self.status < 500 and self.status not in (408, 425, 429))


SAID = st.builds(
    Said,
    status=st.sampled_from([200, 200, 200, 201, 202, 301, 302, 303, 307, 308])
    | st.sampled_from([400, 401, 403, 404, 408, 409, 425, 429, 429, 500, 502, 503, 503, 504, 599]),
    body=BODIES,
    headers=st.sampled_from(
        [{}, {"Retry-After": "0"}, {"Content-Type": "text/html"}, {"X-Inference-Id": "job-1"}]
    ),
    moment=st.sampled_from([0.0, 0.0, 0.01]),
)


@pytest.mark.parametrize("kind", ["sync", "async"])
@settings(max_examples=15)
@given(creates=st.lists(SAID, min_size=1, max_size=4), polls=st.lists(SAID, max_size=4))
def test_over_sockets_no_answer_whatever_buys_twice_or_leaves_the_error_tree(
    kind: str, creates: list[Said], polls: list[Said]
) -> None:
    with serving(in_turn(POST=[*creates, raw(ACCEPTED)], GET=[*polls, ENDS["complete"]])) as server:
        either = Either(kind, base_url=server.url, pace=replace(FAST, longest=0.01))
        try:
            created = outcome_of(lambda: either.create("x", timeout=60))
            waited = outcome_of(lambda: either.wait("job-1", 120))
        finally:
            either.end()
    posts, gets = server.seen("POST"), server.seen("GET")
    assert len(posts) == [*(one.sends_again for one in creates), False].index(False) + 1
    assert isinstance(created, Job | Refused | SubmissionUnknown)
    assert created.client_request_id == posts[0].headers["x-client-request-id"]
    assert "job-1" in (waited.id if isinstance(waited, Job) else str(waited))
    assert len(gets) == len(polls) + 1 or polls[len(gets) - 1].ends_a_wait
    assert all(seen.headers["authorization"] == f"Bearer {KEY}" for seen in server.requests)


def outcome_of(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ClientError as error:
        return error


def test_two_creates_have_two_ids(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[raw(ACCEPTED)]))
    client = client_of(server)
    client.create("one")
    client.create("one")
    assert len({post.headers["x-client-request-id"] for post in server.seen("POST")}) == 2


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"id": "a", "generation_id": "b"}, {}, "a"),
        ({"generation_id": "b"}, {}, "b"),
        ({"id": None, "generation_id": "b"}, {}, "b"),
        ({"id": ""}, {"x-inference-id": "c"}, "c"),
        ({}, {"X-Inference-Id": "c"}, "c"),
        ({"id": 123456789012345}, {}, "123456789012345"),
    ],
)
def test_the_id_is_found_wherever_the_server_put_it(
    body: dict[str, Any], headers: dict[str, str], expected: str, serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(POST=[reply({"status": "queued", **body}, 200, headers)]))
    assert client_of(server).create("x").id == expected


@pytest.mark.parametrize(
    "job_id", ["123456789012345", "0e1f:vendor/model", "-Xy_9", "a b&c=d#e?f%41+ü", "../.."]
)
def test_hostile_ids_arrive_as_they_are(job_id: str, serve: Serve, client_of: ClientOf) -> None:
    from urllib.parse import parse_qs, urlsplit  # noqa: PLC0415 - the reference reading of a query

    server = serve(in_turn(GET=[reply(done("http://x/y"))]))
    client_of(server).look(job_id)
    (get,) = server.seen("GET")
    assert parse_qs(urlsplit(get.target).query) == {"generation_id": [job_id]}
    assert urlsplit(get.target).path == "/v2/video/generations"


def test_what_is_sent_is_the_body_the_key_and_the_id(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[raw(ACCEPTED)]))
    client_of(server).create(
        "ein Boot ⛵", image="https://x/y.png", enhance_prompt=False, headers={"Prefer": "code=200"}
    )
    (post,) = server.seen("POST")
    assert json.loads(post.body) == {
        "model": "video-01",
        "prompt": "ein Boot ⛵",
        "image_url": "https://x/y.png",
        "enhance_prompt": False,
    }
    assert post.headers["authorization"] == f"Bearer {KEY}"
    assert post.headers["content-type"] == "application/json"
    assert post.headers["prefer"] == "code=200"
    assert post.target == "/v2/video/generations"


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v2", "/v2/"])
def test_the_base_url_may_end_with_a_version(suffix: str, serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[raw(ACCEPTED)]))
    client_of(server.url + suffix).create("x")
    assert server.seen("POST")[0].target == "/v2/video/generations"


def test_attach_asks_nobody(client_of: ClientOf) -> None:
    attached = client_of("http://127.0.0.1:9").attach("-abc")
    assert attached == Job(id="-abc")
    assert not attached.looked_at


def test_a_wait_follows_a_job_to_its_end(serve: Serve, client_of: ClientOf) -> None:
    server = serve(
        in_turn(
            POST=[raw(ACCEPTED)],
            GET=[reply(job("queued")), reply(job("generating")), reply(done("http://x/y.mp4"))],
        )
    )
    client = client_of(server)
    heard: list[Progress] = []
    result = client.wait(client.create("x"), 120, on_progress=heard.append)
    assert result.kind is Kind.SUCCESS
    assert result.video is not None
    assert result.video.url == "http://x/y.mp4"
    assert [entry.job.status for entry in heard if entry.changed] == ["generating", "completed"]
    assert [entry.next_poll is not None for entry in heard if not entry.changed] == [True] * 3
    time.sleep(0.2)
    assert len(server.seen("GET")) == 3


def test_a_create_that_is_complete_already_is_not_polled(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[reply(done("http://x/y.mp4"))]))
    client = client_of(server)
    assert client.wait(client.create("x")).video is not None
    assert [found.status for found in client.events(client.create("x"))] == ["completed"]
    assert not server.seen("GET")


def test_events_are_changes_and_end_with_the_end(serve: Serve, client_of: ClientOf) -> None:
    running = reply(job("generating"))
    server = serve(in_turn(GET=[reply(job("queued")), running, running, running, reply(done("http://x/y"))]))
    found = client_of(server).events("job-1", 120)
    assert [one.status for one in found] == ["queued", "generating", "completed"]


def test_events_of_a_failing_job_show_the_failure_and_raise_it(serve: Serve) -> None:
    server = serve(
        in_turn(GET=[reply(job("generating")), reply(job("error", error={"name": "E", "message": "m"}))])
    )
    seen: list[str] = []
    with Client(KEY, base_url=server.url, pace=FAST) as client, pytest.raises(JobFailed, match="E: m"):
        seen.extend(one.status for one in client.events("job-1"))
    assert seen == ["generating", "error"]


def test_a_hook_has_the_job_before_the_first_poll(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(POST=[raw(ACCEPTED)], GET=[reply(done("http://x/y"))]))
    polls_then: list[tuple[str, int]] = []
    result = client_of(server).generate(
        "x", on_created=lambda created: polls_then.append((created.id, len(server.seen("GET"))))
    )
    assert polls_then == [("job-1", 0)]
    assert result.kind is Kind.SUCCESS


def test_a_hook_that_raises_does_not_hide_the_job(serve: Serve, client_of: ClientOf) -> None:
    def broken(_: Job) -> None:
        raise OSError("the database is gone")

    server = serve(in_turn(POST=[raw(ACCEPTED)]))
    with pytest.raises(OSError, match="database") as caught:
        client_of(server).generate("x", on_created=broken)
    assert "job-1" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("timeout", [-1, math.nan])
def test_nothing_is_bought_for_a_wait_that_cannot_be_made(
    timeout: float, serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(POST=[raw(ACCEPTED)]))
    with pytest.raises(ConfigurationError, match="timeout"):
        client_of(server).generate("x", timeout=timeout)
    assert not server.requests


def test_a_listener_that_raises_does_not_hide_the_job(serve: Serve, client_of: ClientOf) -> None:
    def broken(_: Progress) -> None:
        raise RuntimeError("the terminal is gone")

    server = serve(in_turn(GET=[reply(job("queued"))]))
    with pytest.raises(RuntimeError, match="terminal") as caught:
        client_of(server).wait("job-1", on_progress=broken)
    assert "job-1" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("act", FAILED_POLLS.values(), ids=FAILED_POLLS.keys())
def test_a_failed_poll_is_not_a_failed_job(act: Act, serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(GET=[act, reply(job("generating")), act, act, reply(done("http://x/y"))]))
    assert client_of(server).wait("job-1", 120).kind is Kind.SUCCESS
    assert len(server.seen("GET")) == 5


def test_a_poll_that_is_never_answered_is_not_a_failed_job(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(GET=[silence, reply(done("http://x/y"))]))
    pace = Pace(first_poll=0.01, interval=0.01, poll_timeout=0.2)
    assert client_of(server, pace=pace).wait("job-1", 120).kind is Kind.SUCCESS


def test_a_job_may_be_unknown_shortly_after_its_create(serve: Serve, client_of: ClientOf) -> None:
    server = serve(
        in_turn(POST=[raw(ACCEPTED)], GET=[reply(error_body(404), 404)] * 3 + [reply(done("http://x/y"))])
    )
    assert client_of(server).generate("x").kind is Kind.SUCCESS


def test_a_settled_404_raises_with_the_job(
    serve: Serve, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1.8e9]
    clock = SimpleNamespace(monotonic=time.monotonic, time=lambda: now[0])
    monkeypatch.setattr("bodydouble.client.exchange.time", clock)
    unknown = reply(error_body(404, "not here"), 404)

    def later(connection: Connection) -> None:
        now[0] += FAST.settle
        unknown(connection)

    server = serve(in_turn(POST=[raw(ACCEPTED)], GET=[unknown, later]))
    client = client_of(server)
    created = client.create("x")
    with pytest.raises(JobNotFound, match="not here") as caught:
        client.wait(created)
    assert caught.value.job == created
    assert len(server.seen("GET")) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_poll_raises_at_once_with_the_job(status: int, serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(GET=[reply(job("generating")), reply(error_body(status, "go away"), status)]))
    with pytest.raises(PollRefused, match="go away") as caught:
        client_of(server).wait("job-1")
    assert caught.value.status == status
    assert json.loads(caught.value.body) == error_body(status, "go away")
    assert (caught.value.job.id, caught.value.job.status) == ("job-1", "generating")
    assert len(server.seen("GET")) == 2


def test_an_unknown_status_keeps_polling_and_warns_once(
    serve: Serve, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    strange = reply(job("dreaming"))
    server = serve(in_turn(GET=[strange, strange, reply(job("queued")), strange, reply(done("http://x/y"))]))
    assert client_of(server).wait("job-1", 120).kind is Kind.SUCCESS
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "dreaming" in warnings[0].getMessage()
    assert "job-1" in warnings[0].getMessage()


@pytest.mark.parametrize("status", [None, 7, {}, [], "", "COMPLETED", "done", "error "])
def test_only_known_words_are_terminal(status: Any, serve: Serve, client_of: ClientOf) -> None:
    strange = reply({"id": "job-1", "status": status, "video": {"url": "http://x/y"}})
    server = serve(in_turn(GET=[strange, reply(job("failed"))]))
    with pytest.raises(JobFailed):
        client_of(server).wait("job-1", 120)
    assert len(server.seen("GET")) == 2


def test_complete_without_a_url_is_asked_once_more_and_then_an_error_of_its_own(
    serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(GET=[reply(job("completed", video=None))]))
    with pytest.raises(ResultMissing, match="job-1"):
        client_of(server).wait("job-1", 120)
    assert len(server.seen("GET")) == 2


def test_a_url_that_comes_late_is_a_result(serve: Serve, client_of: ClientOf) -> None:
    server = serve(in_turn(GET=[reply(job("completed", video=None)), reply(done("http://x/y"))]))
    assert client_of(server).wait("job-1", 120).video is not None


NEVER_ENDING = {
    "running": reply(job("generating")),
    "silent": silence,
    "dribbling a head": dribble(ENDLESS_HEAD, 0.03),
    "dribbling a body": dribble(ENDLESS_BODY, 0.03),
    "dropping": drop,
    "failing": html(502),
}


@pytest.mark.parametrize("act", NEVER_ENDING.values(), ids=NEVER_ENDING.keys())
@pytest.mark.parametrize("budget", [0.0, 0.5])
def test_a_wait_ends_within_its_budget_and_one_poll_whatever_the_server_does(
    act: Act, budget: float, serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(GET=[act]))
    client = client_of(server, pace=Pace(first_poll=0.05, interval=0.05, poll_timeout=0.3))
    heard: list[Progress] = []
    started = time.monotonic()
    with pytest.raises(WaitTimeout, match="job-1") as caught:  # or else it never ends: none of these does
        client.wait("job-1", budget, on_progress=heard.append)
    assert time.monotonic() - started >= budget
    assert caught.value.job.id == "job-1"
    time.sleep(0.2)
    assert len(server.seen("GET")) <= sum(entry.next_poll is not None for entry in heard)


def test_a_last_poll_is_made_at_the_deadline(serve: Serve, client_of: ClientOf) -> None:
    def act(limit: float) -> None:
        server = serve(in_turn(GET=[reply(job("generating")), reply(done("http://x/y"))]))
        client = client_of(server, pace=Pace(first_poll=3600, interval=3600, longest=3600))
        started = time.monotonic()
        assert client.wait("job-1", limit).kind is Kind.SUCCESS
        assert server.seen("GET")[1].at - started > limit * 0.9

    with_time(act)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_a_floor_for_the_next_poll(form: str, serve: Serve, client_of: ClientOf) -> None:
    headers = {
        "seconds": {"Retry-After": "1"},
        "date": {"Retry-After": "Wed, 21 Oct 2015 07:28:01 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"},
    }[form]
    server = serve(in_turn(GET=[reply(error_body(429), 429, headers), reply(done("http://x/y"))]))
    client_of(server).wait("job-1", 120)
    first, second = server.seen("GET")
    assert second.at - first.at >= 1


def test_a_pause_beyond_the_budget_ends_the_wait_without_another_poll(
    serve: Serve, client_of: ClientOf
) -> None:
    server = serve(in_turn(GET=[reply(job("generating"), 200, {"Retry-After": "3600"})]))
    with pytest.raises(WaitTimeout, match=r"asked not to be polled for another 3[56]\d\d s"):
        client_of(server).wait("job-1", 5)
    assert len(server.seen("GET")) == 1


def test_a_reply_without_end_is_cut(serve: Serve, client_of: ClientOf) -> None:
    huge = raw(whole(b'{"id": "' + b"x" * 6_000_000 + b'"}'))
    server = serve(in_turn(GET=[huge, reply(done("http://x/y"))]))
    client = client_of(server)
    with pytest.raises(NoAnswer, match="more than 4194304 bytes"):
        client.look("job-1")
    assert client.look("job-1").kind is Kind.SUCCESS


@cache
def bomb() -> bytes:
    """Return 100 MB as 100 kB."""
    return gzip.compress(b" " * 100_000_000)


def test_a_gzip_bomb_does_not_fill_the_memory(serve: Serve, client_of: ClientOf) -> None:
    import tracemalloc  # noqa: PLC0415 - only here

    server = serve(in_turn(GET=[raw(whole(bomb(), 200, {"Content-Encoding": "gzip"}))]))
    client = client_of(server)
    tracemalloc.start()
    with pytest.raises(NoAnswer, match="more than"):
        client.look("job-1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_redirects_are_not_followed_with_the_key(serve: Serve, client_of: ClientOf) -> None:
    thief = serve(in_turn(GET=[reply(done("http://x/y"))], POST=[raw(ACCEPTED)]))
    for status in (301, 302, 303, 307, 308):
        away = raw(whole(b"", status, {"Location": f"{thief.url}/v2/video/generations"}))
        server = serve(in_turn(POST=[away], GET=[away]))
        client = client_of(server)
        with pytest.raises((Refused, SubmissionUnknown)):
            client.create("x")
        with pytest.raises((NoAnswer, PollRefused)):
            client.look("job-1")
        assert len(server.requests) == 2
    assert not thief.requests


def test_a_video_is_downloaded_without_the_key_from_whatever_host(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    store = serve(lambda seen: ranged(VIDEO, seen))
    hop = serve(in_turn(GET=[raw(whole(b"", 302, {"Location": f"{store.url}/boat.mp4?sig=1"}))]))

    def api(seen: Seen) -> Act:
        return ranged(VIDEO, seen) if seen.path == "/own.mp4" else reply(done(f"{hop.url}/x"))

    server = serve(api)
    client = client_of(server)
    assert client.download("job-1", tmp_path / "boat.mp4").read_bytes() == VIDEO
    own = Job(id="job-1", videos=client.look("job-1").videos)
    assert client.download(own, tmp_path / "again.mp4").read_bytes() == VIDEO
    for seen in [*store.requests, *hop.requests]:
        assert KEY not in str(seen)
    assert all(KEY in str(seen) for seen in server.requests)


def test_a_video_on_the_apis_own_origin_is_fetched_without_the_key(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    def api(seen: Seen) -> Act:
        return (
            ranged(VIDEO, seen)
            if seen.path == "/f.mp4"
            else reply(done(f"http://{seen.headers['host']}/f.mp4"))
        )

    server = serve(api)
    client_of(server).download("job-1", tmp_path / "boat.mp4")
    fetched = [seen for seen in server.requests if seen.path == "/f.mp4"]
    assert fetched
    assert not any("authorization" in seen.headers for seen in fetched)


def test_a_key_that_the_server_echoes_is_not_shown(serve: Serve, client_of: ClientOf) -> None:
    echo = reply(error_body(401, f"Incorrect key provided: {KEY}"), 401, {"X-Echo": f"Bearer {KEY}"})
    server = serve(in_turn(POST=[echo], GET=[echo]))
    client = client_of(server)
    for call in (lambda: client.create("x"), lambda: client.wait("job-1", 1)):
        with pytest.raises((Refused, PollRefused)) as caught:
            call()
        assert KEY not in str(caught.value) + repr(caught.value) + str(vars(caught.value))


def chain(error: BaseException | None) -> str:
    """Return everything an exception and those behind it show or hold."""
    shown = ""
    while error is not None:
        shown += f"{error!s} {error!r} {vars(error)!r} {getattr(error, '__notes__', '')}"
        error = error.__cause__ or error.__context__
    return shown


@pytest.mark.parametrize(
    "act", [drop, reset, html(500), silence, raw(b"nonsense " + KEY.encode(), then_close=True)]
)
def test_the_key_is_in_no_exception_chain_no_repr_and_no_log(
    act: Act, serve: Serve, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def act_out(limit: float) -> None:
        server = serve(in_turn(POST=[act], GET=[act]))
        client = client_of(server, pace=Pace(poll_timeout=limit))
        with pytest.raises(SubmissionUnknown) as created:
            client.create("x", timeout=limit)
        with pytest.raises(WaitTimeout) as waited:
            client.wait("job-1", 0)
        assert created.value.__cause__ is None
        assert created.value.__context__ is None
        shown = chain(created.value) + chain(waited.value) + repr(client.client) + caplog.text
        assert KEY not in shown

    with_time(act_out)


def test_both_clients_have_the_same_surface() -> None:
    def surface(kind: type) -> dict[str, list[str]]:
        members = inspect.getmembers(kind, inspect.isfunction)
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in members
            if not name.startswith("_") or name == "__init__"
        }

    assert surface(Client) == surface(AsyncClient)


def test_one_client_serves_many_threads(serve: Serve) -> None:
    server = serve(in_turn(GET=[reply(done("http://x/y"))]))
    results: list[Kind] = []
    with Client(KEY, base_url=server.url, pace=FAST) as client:
        threads = [
            threading.Thread(target=lambda: results.append(client.wait("job-1", 120).kind)) for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [Kind.SUCCESS] * 16
