"""Requests that miss, clients that leave: everything is answered in words and put down, and nothing is a traceback."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.distributions import Fixed
from bodydouble.mockserver.scenes.faults import Answer, Fault, Rule, Target, Wire
from bodydouble.mockserver.worlds import World

from .doubles import BODY, VIDEO, Hosted, Received, Settings, hosted, over_socket, request

ORIGIN = {"Origin": "https://app.example"}


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double
    assert {record.getMessage() for record in double.records} <= {"Invalid HTTP request received."}
    assert not [record for record in double.records if record.exc_info]


@pytest.fixture
def world(playing: Hosted) -> Iterator[World]:
    made = playing.worlds.named("m")
    made.clock.scale(0)
    yield made
    playing.worlds.end("m")


def job_of(playing: Hosted, world: World) -> str:
    playing.raw(request("POST", VIDEO, dict(BODY), "test-m"))
    return list(world.jobs)[-1].id


def result_of(playing: Hosted, world: World) -> str:
    job = job_of(playing, world)
    world.clock.advance(1000)
    told = playing.raw(request("GET", f"{VIDEO}?generation_id={job}", None, "test-m"))
    parts = urlsplit(json.loads(told.body)["video"]["url"])
    return f"{parts.path}?{parts.query}"


# Misses explain themselves


@pytest.mark.parametrize(
    ("method", "path", "differs"),
    [
        ("GET", "/v2/video/generation", "'generations' in place of 'generation'"),
        ("POST", "/v1/video/generations", "'v2' in place of 'v1'"),
        ("GET", "/v2/video/generations/abc", "nothing after /v2/video/generations"),
        ("POST", "/v2/video", "'generations' is missing at its end"),
        ("DELETE", "/v2/video/generationss", "the method is"),
        ("GET", "/", "is missing at its end"),
    ],
)
def test_a_path_that_nothing_has_is_told_the_nearest_and_what_differs(
    playing: Hosted, method: str, path: str, differs: str
) -> None:
    received = playing.raw(request(method, path, None))
    told = json.loads(received.body)
    assert (received.status, told["statusCode"], told["path"]) == (404, 404, path)
    assert VIDEO in told["message"]
    assert differs in told["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_method_that_a_path_does_not_have_is_told_those_it_has(playing: Hosted, method: str) -> None:
    received = playing.raw(request(method, VIDEO, None))
    assert (received.status, received.fields["allow"]) == (405, "GET, HEAD, POST")
    assert (
        f"{method} is not allowed on {VIDEO}; expected GET, HEAD, POST"
        in json.loads(received.body)["message"]
    )


@pytest.mark.parametrize("method", ["FOO", "get", "PROPFIND", "TRACE"])
def test_a_method_that_nobody_knows_is_refused(playing: Hosted, method: str) -> None:
    assert playing.raw(request(method, VIDEO, None)).status in (400, 405)


def test_a_head_is_answered_like_a_get_without_its_body(playing: Hosted, world: World) -> None:
    result = result_of(playing, world)
    poll = f"{VIDEO}?generation_id={list(world.jobs)[-1].id}"
    for target, key in (
        (poll, "test-m"),
        (result, ""),
        ("/nowhere", "test-m"),
        ("/_double/openapi.json", ""),
    ):
        got, head = (playing.raw(request(method, target, None, key)) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (got.status, b""), target
        told = int(head.fields["content-length"])
        assert target == "/nowhere" or told == len(got.body), "words of a miss name the method"


@pytest.mark.usefixtures("world")
def test_what_is_missed_is_in_the_journal_of_the_namespace_that_missed_it(playing: Hosted) -> None:
    before = len(playing.journal())
    playing.raw(request("GET", "/v2/nowhere", None, "test-m"))
    playing.raw(request("PUT", VIDEO, None, "", X_Double_Namespace="m"))
    playing.raw(request("GET", VIDEO, None, "", X_Double_Namespace="m"))
    found = [(each.operation, each.status, each.path) for each in playing.journal("m", 3)]
    assert found == [
        (Purpose.UNKNOWN, 404, "/v2/nowhere"),
        (Purpose.POLL, 405, VIDEO),
        (Purpose.POLL, 401, VIDEO),
    ]
    playing.raw(request("GET", "/v2/nowhere", None, "test-", X_Double_Namespace="no name"))
    assert len(playing.journal("", before + 1)) == before + 1


# Pages from elsewhere


def preflight(playing: Hosted, path: str, method: str = "POST") -> Received:
    asked = {"Origin": "https://app.example", "Access_Control_Request_Method": method}
    asked["Access_Control_Request_Headers"] = "authorization, content-type, prefer, x-double-namespace"
    return playing.raw(request("OPTIONS", path, None, "", **asked))


@pytest.mark.parametrize(
    "path",
    [VIDEO, "/_double/media/x.mp4", "/_double/openapi.json", "/_double/namespaces/m/clock", "/nowhere"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
def test_a_preflight_lets_a_page_from_anywhere_send_its_key_and_its_wishes(
    playing: Hosted, path: str, method: str
) -> None:
    received = preflight(playing, path, method)
    assert received.status == 200
    assert received.fields["access-control-allow-origin"] == "*"
    assert method in received.fields["access-control-allow-methods"]
    assert "prefer" in received.fields["access-control-allow-headers"].lower()


def test_every_reply_can_be_read_by_a_page_from_elsewhere(playing: Hosted, world: World) -> None:
    result = result_of(playing, world)
    poll = request("GET", f"{VIDEO}?generation_id={list(world.jobs)[-1].id}", None, "test-m", **ORIGIN)
    replies = [
        playing.raw(request("POST", VIDEO, dict(BODY), "test-m", **ORIGIN)),
        playing.raw(poll),
        playing.raw(request("GET", result, None, "", **ORIGIN)),
        playing.raw(request("GET", "/_double/media/nobody.mp4", None, "", **ORIGIN)),
        playing.raw(request("GET", "/nowhere", None, "", **ORIGIN)),
        playing.raw(request("GET", VIDEO, None, "", **ORIGIN)),
        playing.raw(request("GET", "/_double/openapi.json", None, "", **ORIGIN)),
        playing.raw(request("GET", "/_double/namespaces/m", None, "", **ORIGIN)),
        playing.raw(request("GET", "/_double/namespaces/nobody/clock", None, "", **ORIGIN)),
        playing.raw(request("PUT", "/_double/namespaces/m/clock/freeze", {"no": 1}, "", **ORIGIN)),
    ]
    world.faults = (Rule((Target.POLL,), Fault(answer=Answer(503, retry_after=1))),)
    replies.append(playing.raw(poll))
    world.faults = (Rule((Target.POLL,), Fault(wire=Wire.TRUNCATED)),)
    replies.append(playing.raw(poll))
    for received in replies:
        assert received.fields["access-control-allow-origin"] == "*", received.whole[:200]
        assert received.fields["access-control-expose-headers"] == "*"
        assert received.whole.lower().count(b"access-control-allow-origin") == 1


# Headers that are too large, or hardly any


@pytest.mark.parametrize("size", [1_000, 30_000, 200_000])
@pytest.mark.parametrize(
    "name", ["X-Filler", "Prefer", "Authorization", "X-Client-Request-Id", "X-Double-Namespace"]
)
def test_a_huge_header_is_refused_or_ignored_and_never_an_error_of_the_server(
    playing: Hosted, name: str, size: int
) -> None:
    headers = {
        "Authorization": "Bearer test-huge",
        name: ("Bearer " if name == "Authorization" else "") + "x" * size,
    }
    try:
        received = playing.raw(request("POST", VIDEO, dict(BODY), "", **headers))
    except (BrokenPipeError, ConnectionResetError):
        return  # the server would not read to the end
    assert received.whole == b"" or received.status in (200, 400, 401, 431)


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Prefer", "Authorization", "X-Double-Namespace", "Range", "Expect", "X-Client-Request-Id"]
    ),
    st.text(
        st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f\x85\xa0"), max_size=40
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
    path=st.text(max_size=20),
    headers=HEADERS,
)
def test_whatever_is_asked_there_is_an_answer_below_500(
    method: str, path: str, headers: dict[str, str]
) -> None:
    target = "/" + "".join(f"%{byte:02X}" for byte in path.encode())
    for place in (target, VIDEO + "?generation_id=" + target[1:], "/_double/media" + target):
        received = FUZZED.raw(request(method, place, None, "", **headers))
        assert received.whole
        assert received.status < 500


class _Fuzzed:
    """One server for all examples: Hypothesis takes no fixtures that are set up once for each."""

    def __init__(self) -> None:
        self._double: Hosted | None = None
        self._running = hosted()

    def raw(self, raw: bytes) -> Received:
        if self._double is None:
            self._double = self._running.__enter__()
        return self._double.raw(raw)

    def stop(self) -> list[str]:
        if self._double is None:
            return []
        self._running.__exit__(None, None, None)
        return [record.getMessage() for record in self._double.records if record.exc_info]


FUZZED = _Fuzzed()


@pytest.fixture(scope="module", autouse=True)
def fuzzed() -> Iterator[None]:
    yield
    assert FUZZED.stop() == []


# Clients that leave


def leaving(playing: Hosted, raw: bytes, *, read: int = 0, reset: bool = False) -> None:
    """Ask, read so many bytes, and go away without waiting for more."""
    address = urlsplit(playing.origin)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    connection.sendall(raw)
    got = b""
    while len(got) < read:
        got += connection.recv(read)
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("target", list(Target))
def test_a_client_that_leaves_during_a_delay_is_put_down_as_gone_at_once(
    playing: Hosted,
    world: World,
    target: Target,
    reset: bool,  # noqa: FBT001 - parametrised
) -> None:
    result = result_of(playing, world)
    job = list(world.jobs)[-1].id
    count = len(playing.journal("m", 2))
    world.faults = (Rule((target,), Fault(delay=Fixed(inf))),)
    asked = {
        Target.SUBMIT: request("POST", VIDEO, dict(BODY), "test-m"),
        Target.POLL: request("GET", f"{VIDEO}?generation_id={job}", None, "test-m"),
        Target.RESULT: request("GET", result, None, ""),
    }
    leaving(playing, asked[target], reset=reset)
    entry = playing.journal("m", count + 1)[-1]
    assert (entry.operation, entry.gone, entry.whole, entry.sent) == (target, True, False, 0)
    assert len(world.jobs) == (2 if target is Target.SUBMIT else 1), "the work was done"


@pytest.mark.parametrize("target", [Target.POLL, Target.RESULT])
def test_a_client_that_leaves_in_the_middle_of_a_drip_is_put_down_as_gone_with_what_it_got(
    playing: Hosted, world: World, target: Target
) -> None:
    result = result_of(playing, world)
    job = list(world.jobs)[-1].id
    count = len(playing.journal("m", 2))
    world.faults = (Rule((target,), Fault(wire=Wire.DRIP, rate=100)),)
    poll = request("GET", f"{VIDEO}?generation_id={job}", None, "test-m")
    leaving(playing, poll if target is Target.POLL else request("GET", result, None, ""), read=100)
    entry = playing.journal("m", count + 1)[-1]
    assert (entry.operation, entry.gone, entry.whole) == (target, True, False)
    assert entry.sent < entry.size or target is Target.POLL


def test_a_client_that_leaves_before_its_request_is_complete_has_asked_for_nothing(
    playing: Hosted, world: World
) -> None:
    whole = request("POST", VIDEO, dict(BODY), "test-m")
    for cut in (10, len(whole) // 2, len(whole) - 1):
        leaving(playing, whole[:cut])
    assert playing.raw(request("GET", f"{VIDEO}?generation_id=x", None, "test-m")).status == 404
    (entry,) = playing.journal("m", 1)
    assert (entry.status, len(world.jobs)) == (404, 0)


def test_many_that_leave_at_once_leave_nothing_behind(playing: Hosted, world: World) -> None:
    world.faults = (Rule((Target.SUBMIT,), Fault(delay=Fixed(inf))),)
    asked = request("POST", VIDEO, dict(BODY), "test-m")
    threads = [threading.Thread(target=leaving, args=(playing, asked)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = playing.journal("m", 40)
    assert len(entries) == 40
    assert all(entry.gone for entry in entries)
    assert {entry.job for entry in entries} == {job.id for job in world.jobs}


def test_what_happens_while_a_world_begins_anew_belongs_to_the_one_before(
    playing: Hosted, world: World
) -> None:
    world.faults = (Rule((Target.SUBMIT,), Fault(delay=Fixed(0.15))),)
    register = world.register
    asking = threading.Thread(target=playing.raw, args=(request("POST", VIDEO, dict(BODY), "test-m"),))
    asking.start()
    while not len(world.jobs):
        time.sleep(0.005)
    world.reset()
    asking.join()
    give_up = time.monotonic() + 60
    while not len(register.journal) and time.monotonic() < give_up:
        time.sleep(0.005)
    assert (len(register.journal), len(world.journal)) == (1, 0)


def test_a_server_that_is_stopped_does_not_wait_for_a_reply_that_never_comes(tmp_path: Path) -> None:
    never = {"name": "never", "faults": [{"on": ["submit"], "delay": "forever"}]}
    (tmp_path / "never.json").write_text(json.dumps(never))
    with over_socket(Settings(scenario=str(tmp_path / "never.json"))) as running:
        address = urlsplit(running.origin)
        with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
            connection.sendall(request("POST", VIDEO, dict(BODY)))
            assert running.poll("x").status_code == 404
            assert running.stop() == 0
        assert "Traceback" not in running.log()
