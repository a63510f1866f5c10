"""A video is whole or not there: the conversation alone, and over sockets, and when the process is killed."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import (
    Client,
    ClientError,
    DownloadError,
    Incomplete,
    Job,
    JobNotFound,
    LinkRefused,
    NotAVideo,
    Pace,
    ResultMissing,
    StorageError,
    TooLarge,
    Video,
)
from bodydouble.client.downloading import Order, downloading
from bodydouble.client.heads import Note
from bodydouble.client.steps import Answer, Failed, Open, Piece, Read, Reply, Send, Shut, Sleep, Step, Tick
from tests.limits import with_time

from .conftest import FAST, KEY, Either
from .faults import (
    VIDEO,
    Act,
    FaultServer,
    Script,
    Seen,
    done,
    dribble,
    drop,
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
from .simulation import Behaviour, asking

Serve = Callable[[Script], FaultServer]
ClientOf = Callable[..., Either]

LINK = "https://store.example/v.mp4?sig=1"
TOLD = Behaviour(delay=0, status=200, body=json.dumps(done(LINK)).encode())
COMPLETE = Job(id="job-1", videos=(Video(url=LINK),))
DATA = b"\x00\x00\x00\x20ftyp" + bytes(range(200))


@dataclass
class Memory:
    """A part file in memory, as a former process may have left it."""

    data: bytearray = field(default_factory=bytearray)
    note: Note | None = None
    saved: bytes | None = None
    destination: str = "boat.mp4"

    @property
    def size(self) -> int:
        return len(self.data)

    @size.setter
    def size(self, value: int) -> None:
        raise NotImplementedError  # the protocol names an attribute; nobody may set this one

    def restart(self, note: Note | None) -> None:
        self.data.clear()
        self.note = note

    def append(self, data: bytes) -> None:
        self.data += data

    def head(self, length: int) -> bytes:
        return bytes(self.data[:length])

    def finish(self) -> None:
        self.saved = bytes(self.data)


@dataclass(frozen=True)
class Mood:
    """How a store treats one request."""

    status: int | None = None  # None: as the request deserves
    etag: str = '"v1"'
    ranges: bool = True
    stops_after: int | None = None
    quietly: bool = False  # stops as if that were the end
    lies: int = 0  # added to the announced length
    shift: int = 0  # added to the start of a 206
    piece: int = 16
    delay: float = 0.01
    retry_after: str = ""


@dataclass
class Store:
    """A host of videos that does its worst, and the API beside it, whose first answers may be given."""

    moods: Iterator[Mood]
    api: list[Behaviour] = field(default_factory=list)
    now: float = 0.0
    body: bytes = b""
    stops: int | None = None
    quietly: bool = False
    opened: list[Open] = field(default_factory=list)
    limits: list[tuple[float, float]] = field(default_factory=list)

    def run(self, part: Memory, timeout: float = 1000, limit: int = 10_000, job_seen: Job = COMPLETE) -> Any:
        order = Order(index=0, timeout=timeout, limit=limit)
        conversation = downloading(job_seen, part, order, asking(), Tick(now=0, wall=0))
        answer: Answer | None = None
        try:
            while True:
                answer = self.perform(conversation.send(answer))
        except StopIteration as stop:
            return stop.value
        except ClientError as error:
            return error

    def perform(self, step: Step) -> Answer:
        if isinstance(step, Open | Read | Send):
            self.limits.append((self.now, step.timeout))
        match step:
            case Open():
                self.opened.append(step)
                return self.open(step, next(self.moods))
            case Read():
                return self.read()
            case Send():
                return self.tell(self.api.pop(0) if self.api else TOLD)
            case Sleep():
                self.now += step.seconds
            case Shut():
                self.body = b""
        return Tick(now=self.now, wall=0)

    def tell(self, said: Behaviour) -> Reply | Failed:
        if said.status is None:
            return Failed(now=self.now, wall=0, reason="broken", sent=True)
        return Reply(now=self.now, wall=0, status=said.status, headers=said.headers, body=said.body)

    def open(self, step: Open, mood: Mood) -> Reply | Failed:
        self.now += mood.delay
        if mood.status == 0:
            return Failed(now=self.now, wall=0, reason="broken", sent=True)
        asked = dict(step.request.headers)
        etag, start, status = mood.etag, 0, 200
        if "Range" in asked and mood.ranges and asked["If-Range"] == etag:
            start = int(asked["Range"].removeprefix("bytes=").rstrip("-"))
            status = 206 if start < len(DATA) else 416
        status = mood.status or status
        # A part that is called the whole, of the right type and length, is a lie nobody can see through.
        start = 0 if status == 200 else start
        self.body = DATA[start:] if status in (200, 206) else b""
        self.stops, self.quietly = mood.stops_after, mood.quietly
        length = len(self.body) + mood.lies
        headers = [("content-type", "video/mp4"), ("etag", etag), ("content-length", str(length))]
        headers += [("retry-after", mood.retry_after)] if mood.retry_after else []
        if status == 206:
            first = start + mood.shift
            headers.append(("content-range", f"bytes {first}-{len(DATA) - 1}/{len(DATA)}"))
        return Reply(now=self.now, wall=0, status=status, headers=tuple(headers))

    def read(self) -> Piece | Failed:
        piece = self.body[:16]
        if self.stops is not None:
            if self.stops <= 0 and self.quietly:
                return Piece(now=self.now, wall=0, data=b"")
            if self.stops <= 0:
                return Failed(now=self.now, wall=0, reason="lost", sent=True)
            piece = piece[: self.stops]
            self.stops -= len(piece)
        self.body = self.body[len(piece) :]
        return Piece(now=self.now, wall=0, data=piece)


MOODS = st.builds(
    Mood,
    status=st.none() | st.none() | st.none() | st.sampled_from([0, 200, 206, 302, 403, 416, 500, 503]),
    etag=st.sampled_from(['"v1"', '"v1"', '"v2"', 'W/"v1"', ""]),
    ranges=st.booleans(),
    stops_after=st.none() | st.integers(0, 300),
    quietly=st.booleans(),
    lies=st.sampled_from([0, 0, 0, 5, -5]),
    shift=st.sampled_from([0, 0, 0, 1, -1]),
)
LEFT = st.sampled_from(
    [
        Memory(),
        Memory(bytearray(DATA[:50]), Note(source="job-1 0", validator='"v1"', total=len(DATA))),
        Memory(bytearray(DATA[:50]), Note(source="job-1 0", validator='"v1"', total=None)),
        Memory(bytearray(b"x" * 50), Note(source="job-2 0", validator='"v1"', total=len(DATA))),
        Memory(bytearray(b"x" * 50), Note(source="job-1 0", validator='"v0"', total=len(DATA))),
        Memory(bytearray(b"x" * 50), Note(source="job-1 0", validator="", total=len(DATA))),
        Memory(bytearray(b"x" * 50), None),
        Memory(bytearray(DATA), Note(source="job-1 0", validator='"v1"', total=len(DATA))),
        Memory(bytearray(b"x" * 50), Note(source="job-2 0", validator='"v1"', total=50)),
        Memory(bytearray(b"x" * 50), Note(source="job-1 1", validator='"v1"', total=50)),
    ]
)


def moods_then_good(moods: list[Mood]) -> Iterator[Mood]:
    yield from moods
    while True:
        yield Mood()


@given(st.lists(MOODS, max_size=8), LEFT)
def test_whatever_the_host_does_the_file_is_absent_or_whole(moods: list[Mood], left: Memory) -> None:
    part = Memory(bytearray(left.data), left.note)
    outcome = Store(moods_then_good(moods)).run(part)
    if isinstance(outcome, Job):
        assert part.saved == DATA
    else:
        assert isinstance(outcome, DownloadError)
        assert outcome.job.id == "job-1"
        assert part.saved is None


@given(st.lists(MOODS, max_size=8), LEFT)
def test_no_request_for_a_video_is_given_the_key(moods: list[Mood], left: Memory) -> None:
    store = Store(moods_then_good(moods))
    store.run(Memory(bytearray(left.data), left.note))
    assert not any(step.request.authorized for step in store.opened)


@given(st.lists(st.integers(1, 300), max_size=4))
def test_a_connection_that_breaks_is_taken_up_where_it_broke(breaks: list[int]) -> None:
    store, part = Store(moods_then_good([Mood(stops_after=length) for length in breaks])), Memory()
    assert isinstance(store.run(part), Job)
    assert part.saved == DATA
    reached = 0
    for step, length in zip(store.opened, breaks, strict=False):
        asked = dict(step.request.headers).get("Range")
        assert asked == (f"bytes={reached}-" if reached else None)
        reached += length


def test_a_body_that_ends_early_without_a_word_is_not_whole() -> None:
    store, part = Store(moods_then_good([Mood(stops_after=50, quietly=True)])), Memory()
    store.run(part)
    assert part.saved == DATA
    assert dict(store.opened[1].request.headers)["Range"] == "bytes=50-"


def test_a_connection_that_breaks_after_the_last_byte_has_done_its_work() -> None:
    store, part = Store(moods_then_good([Mood(stops_after=len(DATA))])), Memory()
    store.run(part)
    assert part.saved == DATA
    assert len(store.opened) == 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RuntimeError("cancelled")])
def test_an_interrupted_download_is_noted_with_the_id(stop: BaseException) -> None:
    order = Order(index=0, timeout=60, limit=1000)
    conversation = downloading(COMPLETE, Memory(), order, asking(), Tick(now=0, wall=0))
    next(conversation)
    with pytest.raises(type(stop)) as caught:
        conversation.throw(stop)
    assert any("job-1" in note and "download it again" in note for note in caught.value.__notes__)


def test_a_redirect_from_a_protected_to_an_unprotected_host_is_refused() -> None:
    start = Tick(now=0, wall=0)
    order = Order(index=0, timeout=60, limit=1000)
    conversation = downloading(COMPLETE, Memory(), order, asking(), start)
    assert isinstance(next(conversation), Open)
    away = Reply(now=0, wall=0, status=302, headers=(("location", "http://store.example/v.mp4"),))
    with pytest.raises(LinkRefused, match="unprotected"):
        conversation.send(away)


def test_bytes_of_another_job_are_not_gone_on_with() -> None:
    for total in (len(DATA), 50):  # the other video was cut off, or died before its rename
        part = Memory(bytearray(b"x" * 50), Note(source="job-2 0", validator='"v1"', total=total))
        store = Store(moods_then_good([]))
        store.run(part)
        assert not store.opened[0].request.headers
        assert part.saved == DATA


def test_a_download_that_died_before_the_rename_is_finished_without_a_request() -> None:
    part = Memory(bytearray(DATA), Note(source="job-1 0", validator='"v1"', total=len(DATA)))
    store = Store(moods_then_good([]))
    store.run(part)
    assert part.saved == DATA
    assert not store.opened


@pytest.mark.parametrize(("left", "limit"), [(b"<html>login</html>", 10_000), (DATA, 10)])
def test_bytes_that_would_not_have_been_taken_are_not_finished_either(left: bytes, limit: int) -> None:
    part = Memory(bytearray(left), Note(source="job-1 0", validator='"v1"', total=len(left)))
    outcome = Store(moods_then_good([])).run(part, limit=limit)
    assert part.saved == DATA if limit > 10 else isinstance(outcome, TooLarge)


@given(st.lists(MOODS, max_size=8), LEFT, st.floats(0.01, 60))
def test_no_step_of_a_download_may_take_longer_than_what_is_left_or_than_a_silence(
    moods: list[Mood], left: Memory, timeout: float
) -> None:
    store = Store(moods_then_good(moods))
    store.run(Memory(bytearray(left.data), left.note), timeout, job_seen=Job(id="job-1"))
    assert all(0 < limit <= min(timeout - at, Pace().stall) for at, limit in store.limits)


def test_an_api_that_tells_no_fresh_link_this_time_is_asked_again_after_the_pause_it_wants() -> None:
    busy = Behaviour(delay=0, status=429, headers=(("retry-after", "7"),))
    broken, page = Behaviour(delay=0, status=None), Behaviour(delay=0, status=200, body=b"<html>")
    store, part = Store(moods_then_good([Mood(status=403)]), api=[broken, page, busy]), Memory()
    assert isinstance(store.run(part), Job)
    assert part.saved == DATA
    asked = [at for at, _ in store.limits][1:5]
    assert asked[3] - asked[2] >= 7
    assert not store.api


def test_a_host_that_is_busy_is_asked_again_after_the_pause_it_wants() -> None:
    store, part = Store(moods_then_good([Mood(status=503, retry_after="7")])), Memory()
    assert isinstance(store.run(part), Job)
    assert store.limits[1][0] >= 7


def test_a_pause_beyond_the_time_ends_a_download_without_another_request() -> None:
    store = Store(moods_then_good([Mood(status=503, retry_after="3600")]))
    assert isinstance(store.run(Memory(), timeout=60), Incomplete)
    assert len(store.opened) == 1
    assert store.now < 60


def test_a_host_that_never_delivers_is_given_up() -> None:
    outcome = Store(moods_then_good([Mood(stops_after=0)] * 100)).run(Memory())
    assert isinstance(outcome, Incomplete)


def test_a_download_ends_within_its_time() -> None:
    store = Store(moods_then_good([Mood(stops_after=1, delay=3)] * 1000))
    outcome = store.run(Memory(), timeout=20)
    assert isinstance(outcome, Incomplete)
    assert store.now <= 20 + 3


def store_and_api(file: Callable[[Seen], Act]) -> Script:
    """Return a script for a server that is the API and the store: the job is complete."""

    def script(seen: Seen) -> Act:
        if seen.path == "/v2/video/generations":
            return reply(done(f"http://{seen.headers['host']}/v.mp4?sig=2"))
        return file(seen)

    return script


def test_a_video_is_saved_whole(serve: Serve, client_of: ClientOf, tmp_path: Path) -> None:
    server = serve(store_and_api(lambda seen: ranged(VIDEO, seen)))
    target = tmp_path / "boat.mp4"
    target.write_bytes(b"an older boat")
    assert client_of(server).download("job-1", target) == target
    assert target.read_bytes() == VIDEO
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("fault", ["drop", "reset", "dribble"])
def test_a_broken_connection_is_resumed_with_range_and_if_range(
    fault: str, serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    head = whole(VIDEO, 200, {"Content-Type": "video/mp4", "ETag": '"v1"'})
    acts: dict[str, Act] = {
        "drop": truncated(head, 50_000),
        "reset": truncated(head, 50_000, abruptly=True),
        "dribble": truncated(head, 50_000),
    }
    first = iter([acts[fault]])
    server = serve(store_and_api(lambda seen: next(first, None) or ranged(VIDEO, seen)))
    client_of(server).download("job-1", tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO
    *_, last = [seen for seen in server.requests if seen.path == "/v.mp4"]
    if fault != "reset":  # a reset may take bytes with it that had arrived
        assert last.headers["range"].startswith("bytes=")
        assert last.headers["if-range"] == '"v1"'


def test_a_changed_video_is_fetched_anew(serve: Serve, client_of: ClientOf, tmp_path: Path) -> None:
    old = whole(b"\x00old" * 50_000, 200, {"Content-Type": "video/mp4", "ETag": '"v0"'})
    first = iter([truncated(old, 50_000)])
    server = serve(store_and_api(lambda seen: next(first, None) or ranged(VIDEO, seen)))
    client_of(server).download("job-1", tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO


def test_an_expired_link_is_replaced_by_one_more_poll(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    expired = raw(whole(b"<Error>expired</Error>", 403, {"Content-Type": "application/xml"}))
    server = serve(
        store_and_api(lambda seen: ranged(VIDEO, seen) if seen.target.endswith("sig=2") else expired)
    )
    old = Job(id="job-1", videos=(Video(url=f"{server.url}/v.mp4?sig=1"),))
    client_of(server).download(old, tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO
    assert [seen.path for seen in server.requests] == ["/v.mp4", "/v2/video/generations", "/v.mp4"]


def test_a_link_that_is_refused_also_when_fresh_is_an_error(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    server = serve(store_and_api(lambda _: raw(whole(b"no", 403))))
    with pytest.raises(LinkRefused, match="fresh link") as caught:
        client_of(server).download("job-1", tmp_path / "boat.mp4")
    assert caught.value.status == 403
    assert caught.value.job.id == "job-1"
    assert not list(tmp_path.iterdir())


PAGE = b"<!doctype html><html>please log in</html>"
UNWANTED = {
    "a web page": (raw(whole(PAGE, 200, {"Content-Type": "text/html"})), NotAVideo),
    "a web page under a false name": (raw(whole(PAGE, 200, {"Content-Type": "video/mp4"})), NotAVideo),
    "XML under no name": (raw(whole(b"<?xml version='1.0'?><Error/>", 200, {"Content-Type": ""})), NotAVideo),
    "JSON": (raw(whole(b"{}", 200)), NotAVideo),
    "too large": (raw(whole(VIDEO, 200, {"Content-Type": "video/mp4"}, length=10**9)), TooLarge),
    "too large, in chunks": (
        raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: video/mp4\r\n\r\n"
            + b"".join(b"10000\r\n" + b"x" * 0x10000 + b"\r\n" for _ in range(20))
            + b"0\r\n\r\n"
        ),
        TooLarge,
    ),
    "empty": (raw(whole(b"", 200, {"Content-Type": "video/mp4"})), NotAVideo),
    "empty, in chunks": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: video/mp4\r\n\r\n0\r\n\r\n"),
        NotAVideo,
    ),
    "of unknown length": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + VIDEO, then_close=True),
        Incomplete,
    ),
    "encoded": (
        raw(whole(VIDEO, 200, {"Content-Type": "video/mp4", "Content-Encoding": "gzip"})),
        Incomplete,
    ),
    "shorter than announced": (
        raw(whole(VIDEO, 200, {"Content-Type": "video/mp4"}, length=len(VIDEO) + 9), then_close=True),
        Incomplete,
    ),
    "dropped": (drop, Incomplete),
    "reset": (reset, Incomplete),
    "a redirect in a circle": (raw(whole(b"", 302, {"Location": "/v.mp4"})), LinkRefused),
    "a redirect to a file": (raw(whole(b"", 302, {"Location": "file:///etc/passwd"})), LinkRefused),
    "500": (raw(whole(b"", 500)), Incomplete),
}


@pytest.mark.parametrize(("act", "error"), UNWANTED.values(), ids=UNWANTED.keys())
def test_what_is_no_whole_video_leaves_the_destination_alone(
    act: Act, error: type[DownloadError], serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    server = serve(store_and_api(lambda _: act))
    target = tmp_path / "boat.mp4"
    target.write_bytes(b"an older boat")
    client = client_of(server, pace=Pace(longest=0.01, stall=1))
    with pytest.raises(error, match=r"job-1|redirect"):
        client.download("job-1", target, limit=1_000_000)
    assert target.read_bytes() == b"an older boat"
    left = {path.name for path in tmp_path.iterdir()} - {"boat.mp4"}
    assert left <= ({"boat.mp4.part", "boat.mp4.part.json"} if error is Incomplete else set())


def test_a_chunked_video_is_saved(serve: Serve, client_of: ClientOf, tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: video/mp4\r\n\r\n"
    body = b"%x\r\n" % len(VIDEO) + VIDEO + b"\r\n0\r\n\r\n"
    server = serve(store_and_api(lambda _: raw(chunked + body)))
    client_of(server).download("job-1", tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO


@pytest.mark.parametrize(
    "link", ["file:///etc/passwd", "javascript:alert(1)", "//x/y", "http://", "http://a b/", "ftp://x/y"]
)
def test_a_link_that_is_no_web_address_is_refused(link: str, client_of: ClientOf, tmp_path: Path) -> None:
    found = Job(id="job-1", videos=(Video(url=link),))
    with pytest.raises(LinkRefused, match="no http"):
        client_of("http://127.0.0.1:9").download(found, tmp_path / "boat.mp4")


def test_a_job_that_is_not_complete_has_nothing_to_save(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    server = serve(in_turn(GET=[reply(job("generating")), reply(job("completed")), reply({}, 404)]))
    client = client_of(server)
    with pytest.raises(DownloadError, match="generating"):
        client.download("job-1", tmp_path / "boat.mp4")
    with pytest.raises(ResultMissing):
        client.download("job-1", tmp_path / "boat.mp4")
    with pytest.raises(JobNotFound):
        client.download("job-1", tmp_path / "boat.mp4")
    assert not list(tmp_path.iterdir())


def test_a_host_that_dribbles_or_is_silent_does_not_hold_a_download(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    def act(limit: float) -> None:
        for speak in (silence, dribble(whole(VIDEO, 200, {"Content-Type": "video/mp4"}), 0.05)):
            server = serve(store_and_api(lambda _, speak=speak: speak))  # type: ignore[misc]  # bound per turn
            client = client_of(server, pace=Pace(stall=limit, longest=0.05))
            with pytest.raises(Incomplete):  # or else it never ends: neither of these does
                client.download("job-1", tmp_path / "boat.mp4", timeout=limit * 3)

    with_time(act)


def test_a_directory_and_a_missing_directory_are_refused_before_any_request(
    serve: Serve, client_of: ClientOf, tmp_path: Path
) -> None:
    server = serve(store_and_api(lambda seen: ranged(VIDEO, seen)))
    client = client_of(server)
    for target in (tmp_path, tmp_path / "missing" / "boat.mp4", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(StorageError, match="job-1"):
            client.download("job-1", target)
    assert not server.requests


def test_two_downloads_to_one_path_do_not_mix(serve: Serve, tmp_path: Path) -> None:
    started = threading.Event()
    release = threading.Event()

    def slow(connection: Any) -> None:
        data = whole(VIDEO, 200, {"Content-Type": "video/mp4", "ETag": '"v1"'})
        connection.send(data[:70_000])
        started.set()
        release.wait(60)
        connection.send(data[70_000:])

    server = serve(store_and_api(lambda _: slow))
    with Client(KEY, base_url=server.url, pace=FAST) as client:
        first = threading.Thread(target=client.download, args=("job-1", tmp_path / "boat.mp4"))
        first.start()
        assert started.wait(60)
        with pytest.raises(StorageError, match="another download"):
            client.download("job-1", tmp_path / "boat.mp4")
        release.set()
        first.join()
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO
    assert [path.name for path in tmp_path.iterdir()] == ["boat.mp4"]


@pytest.mark.skipif(
    not hasattr(signal, "SIGXFSZ"), reason="needs a limit on file sizes to stand for a full disk"
)
def test_a_full_disk_is_an_error_of_its_own_and_leaves_the_destination_alone(
    serve: Serve, tmp_path: Path
) -> None:
    server = serve(store_and_api(lambda seen: ranged(VIDEO, seen)))
    program = f"""
        import resource, signal
        from bodydouble.client import Client, StorageError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            Client("test", base_url={server.url!r}).download("job-1", {str(tmp_path / "boat.mp4")!r})
        except StorageError as error:
            print(error.job.id, error)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "job-1 cannot write" in run.stdout
    assert not (tmp_path / "boat.mp4").exists()
    assert (tmp_path / "boat.mp4.part").stat().st_size == 100_000


def test_a_process_killed_in_the_middle_leaves_a_part_file_that_is_gone_on_with(tmp_path: Path) -> None:
    arrived = threading.Event()
    first = iter([True])

    def slowly(connection: Any) -> None:
        connection.send(whole(VIDEO, 200, {"Content-Type": "video/mp4", "ETag": '"v1"'})[:100_000])
        arrived.set()
        silence(connection)

    script = store_and_api(lambda seen: slowly if next(first, False) else ranged(VIDEO, seen))
    target = tmp_path / "boat.mp4"
    with serving(script) as server:
        program = (
            "import sys; from bodydouble.client import Client; "
            "Client('test', base_url=sys.argv[1]).download('job-1', sys.argv[2])"
        )
        process = subprocess.Popen([sys.executable, "-c", program, server.url, str(target)])
        assert arrived.wait(60)
        deadline = time.monotonic() + 60
        part = tmp_path / "boat.mp4.part"
        while time.monotonic() < deadline and (not part.exists() or part.stat().st_size < 50_000):
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not target.exists()
        had = part.stat().st_size
        assert 50_000 <= had < len(VIDEO)
        with Client(KEY, base_url=server.url, pace=FAST) as client:
            client.download("job-1", target)
        assert target.read_bytes() == VIDEO
        assert server.requests[-1].headers["range"] == f"bytes={had}-"
    assert list(tmp_path.iterdir()) == [target]
