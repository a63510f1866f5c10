import asyncio
import email
import email.policy
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import av
import httpx2
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from bodydouble.mockserver import media
from bodydouble.mockserver.http.sending import combined, reply
from bodydouble.mockserver.media import Clip, Refusal, clips, nearest_clip

CLIPS = clips()
CLIP = nearest_clip(CLIPS, 6)
CONTENT = CLIP.path.read_bytes()
SIZE = len(CONTENT)

every_clip = pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.path.name)


# The files


def boxes(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the boxes of an ISO base media file (ISO/IEC 14496-12 section 4.2) with their bodies."""
    position = 0
    while position < len(content):
        size = int.from_bytes(content[position : position + 4], "big")
        assert 8 <= size <= len(content) - position
        yield content[position + 4 : position + 8].decode(), content[position + 8 : position + size]
        position += size


def test_the_clips_have_the_lengths_that_people_ask_for() -> None:
    assert [clip.seconds for clip in CLIPS] == [2, 4, 5, 6, 8, 10]


@every_clip
def test_the_name_of_a_clip_is_its_true_duration(clip: Clip) -> None:
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert stream.average_rate
        assert stream.time_base
        assert stream.duration
        step = 1 / stream.average_rate
        moments = [(frame.pts or 0) * stream.time_base for frame in frames]
        assert moments == [index * step for index in range(len(frames))]
        assert len(frames) * step == clip.seconds
        assert stream.duration * stream.time_base == clip.seconds
        assert container.duration == clip.seconds * av.time_base
        assert not any(frame.is_corrupt for frame in frames)


@every_clip
def test_a_clip_is_what_every_browser_plays(clip: Clip) -> None:
    with av.open(str(clip.path)) as container:
        (stream,) = container.streams
        assert isinstance(stream, av.VideoStream)
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.codec_context.profile in {"Constrained Baseline", "Main", "High"}
        assert stream.codec_context.width % 2 == stream.codec_context.height % 2 == 0


@every_clip
def test_the_index_comes_before_the_data(clip: Clip) -> None:
    names = [name for name, _ in boxes(clip.path.read_bytes())]
    assert names[0] == "ftyp"
    assert names.index("moov") < names.index("mdat")


@every_clip
def test_the_duration_in_the_header_is_exact(clip: Clip) -> None:
    movie = dict(boxes(clip.path.read_bytes()))["moov"]
    header = dict(boxes(movie))["mvhd"]
    assert header[0] == 0, "version 0: 32 bits each"
    assert int.from_bytes(header[16:20], "big") == clip.seconds * int.from_bytes(header[12:16], "big")


@every_clip
def test_a_clip_moves(clip: Clip) -> None:
    with av.open(str(clip.path)) as container:
        pictures = [bytes(frame.planes[0]) for frame in container.decode(video=0)]
    assert all(one != other for one, other in itertools.pairwise(pictures[::6]))


@every_clip
def test_a_clip_is_small(clip: Clip) -> None:
    assert len(clip.path.read_bytes()) <= 25_000


def test_clips_differ_in_their_tags_and_the_same_clip_never_does() -> None:
    assert len({clip.etag for clip in CLIPS}) == len(CLIPS)
    assert clips() == CLIPS


def test_a_tag_tells_the_content_and_not_the_moment_of_installation(tmp_path: Path) -> None:
    (tmp_path / "6s.mp4").write_bytes(CONTENT)
    os.utime(tmp_path / "6s.mp4", (0, 0))
    (copy,) = clips(tmp_path)
    assert (copy.etag, copy.modified) == (CLIP.etag, "Thu, 01 Jan 1970 00:00:00 GMT")


def test_only_files_named_after_a_duration_are_clips(tmp_path: Path) -> None:
    for name in ("1.5s.mp4", "12s.mp4", "3s.webm", "trailer.mp4", "xs.mp4", "1.s.mp4"):
        (tmp_path / name).write_bytes(b"x")
    assert [clip.seconds for clip in clips(tmp_path)] == [1.5, 12]


def test_a_folder_without_clips_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no clip in .*: expected names like 6s\.mp4"):
        clips(tmp_path)


# Choosing one


@pytest.mark.parametrize(
    ("seconds", "nearest"),
    [(6, 6), (5.4, 5), (5.6, 6), (7, 6), (3, 2), (0, 2), (-1e300, 2), (11, 10), (float("inf"), 2)],
)
def test_the_nearest_clip_is_chosen_and_of_two_the_shorter(seconds: float, nearest: float) -> None:
    assert nearest_clip(CLIPS, seconds).seconds == nearest


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_clip_is_nearer_than_the_nearest(seconds: float) -> None:
    chosen = nearest_clip(CLIPS, seconds)
    assert all(abs(chosen.seconds - seconds) <= abs(clip.seconds - seconds) for clip in CLIPS)


def test_there_is_no_nearest_of_no_clips() -> None:
    with pytest.raises(ValueError, match="empty"):
        nearest_clip((), 6)


def element(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own reply


# Serving one


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await reply(media.answer(CLIP, scope["method"], combined(scope["headers"])), send)


def request(
    method: str = "GET", headers: list[tuple[str, str]] | dict[str, str] | None = None
) -> httpx2.Response:
    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, "/", headers=headers)

    return asyncio.run(ask())


def test_a_clip_is_served_whole() -> None:
    response = request()
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["content-type"] == "video/mp4"
    assert response.headers["content-length"] == str(SIZE)
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["etag"] == CLIP.etag
    assert response.headers["etag"].startswith('"')
    assert response.headers["last-modified"] == CLIP.modified


def test_head_is_get_without_a_body() -> None:
    head, get = request("HEAD"), request()
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-", slice(0, SIZE)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=-10", slice(SIZE - 10, SIZE)),
        (f"bytes={SIZE - 1}-99999999", slice(SIZE - 1, SIZE)),
        ("bytes=5-9,99999999-", slice(5, 10)),
        ("bytes=0-99,50-149", slice(0, 150)),
    ],
)
def test_a_single_range_is_that_part(field: str, part: slice) -> None:
    response = request(headers={"range": field})
    assert (response.status_code, response.content) == (206, CONTENT[part])
    assert response.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/{SIZE}"
    assert response.headers["content-length"] == str(part.stop - part.start)
    assert (response.headers["content-type"], response.headers["etag"]) == ("video/mp4", CLIP.etag)


def test_several_ranges_are_parts_of_one_message() -> None:
    response = request(headers={"range": "bytes=100-109, 0-9, -5"})
    assert response.status_code == 206
    assert response.headers["content-length"] == str(len(response.content))
    head = f"Content-Type: {response.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + response.content, policy=email.policy.HTTP)
    parts = [(part["content-range"], part.get_payload(decode=True)) for part in message.iter_parts()]
    assert parts == [
        (f"bytes 100-109/{SIZE}", CONTENT[100:110]),
        (f"bytes 0-9/{SIZE}", CONTENT[:10]),
        (f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}", CONTENT[-5:]),
    ]
    assert {part["content-type"] for part in message.iter_parts()} == {"video/mp4"}
    assert request(headers={"range": "bytes=100-109, 0-9, -5"}).content == response.content


@every_clip
def test_no_clip_holds_the_text_that_separates_its_parts(clip: Clip) -> None:
    assert clip.etag.strip('"').encode() not in clip.content


@pytest.mark.parametrize("field", [f"bytes={SIZE}-", "bytes=-0", "bytes=99999999-,88888888-"])
def test_ranges_beyond_the_end_are_a_416_that_tells_the_size(field: str) -> None:
    response = request(headers={"range": field})
    assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert element(response.content).findtext("Code") == "InvalidRange"


@pytest.mark.parametrize(
    "headers",
    [
        [("range", "seconds=1-2")],
        [("range", "bytes=9-1")],
        [("range", "bytes=")],
        [("range", "bytes=0-1"), ("range", "bytes=2-3")],
        [("range", "bytes=0-1"), ("if-range", '"other"')],
        [("range", "bytes=0-1"), ("if-range", f"W/{CLIP.etag}")],
        [("range", "bytes=99999999-"), ("if-range", '"other"')],
    ],
)
def test_a_range_that_does_not_count_leaves_the_whole(headers: list[tuple[str, str]]) -> None:
    response = request(headers=headers)
    assert (response.status_code, response.content) == (200, CONTENT)


@pytest.mark.parametrize("validator", [CLIP.etag, CLIP.modified])
def test_a_range_counts_if_the_client_has_the_same_clip(validator: str) -> None:
    response = request(headers={"range": "bytes=0-1", "if-range": validator})
    assert (response.status_code, response.content) == (206, CONTENT[:2])


def test_head_knows_no_ranges() -> None:
    response = request("HEAD", {"range": "bytes=0-1"})
    assert (response.status_code, response.headers["content-length"]) == (200, str(SIZE))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_clip_that_the_client_has_is_not_sent_again(method: str) -> None:
    response = request(method, {"if-none-match": CLIP.etag, "range": "bytes=0-1"})
    assert (response.status_code, response.content) == (304, b"")
    assert (response.headers["etag"], response.headers["last-modified"]) == (CLIP.etag, CLIP.modified)
    assert "content-length" not in response.headers


def test_a_precondition_that_fails_is_told() -> None:
    response = request(headers={"if-match": '"other"'})
    assert response.status_code == 412
    assert element(response.content).findtext("Code") == "PreconditionFailed"


@given(st.integers(0, SIZE + 10), st.integers(0, SIZE + 10))
def test_any_range_is_the_slice_that_it_names(first: int, last: int) -> None:
    response = request(headers={"range": f"bytes={first}-{last}"})
    match response.status_code:
        case 206:
            assert response.content == CONTENT[first : last + 1]
        case 416:
            assert first >= SIZE
        case 200:
            assert last < first
        case status:
            pytest.fail(f"{status} for bytes={first}-{last}")


# Over a socket


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """Serve ``app`` with uvicorn in a thread, and give the port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(60)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(app) as port:
        yield port


def ask(port: int, raw: bytes) -> bytes:
    """Send ``raw`` and return all that comes back before the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("bytes=" + ",".join(f"{i}-{i}" for i in range(0, 6000, 2)), 200),
        ("bytes=" + ",".join(["0-"] * 3000), 200),
        ("bytes=" + ",".join(["0-"] * 100), 206),
        ("bytes=" + ",".join(f"{i}-{i}" for i in range(0, 200, 2)), 206),
        ("bytes=" + "," * 60_000, 200),
        ("bytes=-" + "9" * 60_000, 206),
        ("bytes=" + "9" * 60_000 + "-", 416),
        ("bytes=0-" + "9" * 60_000, 206),
        (f"bytes=0-{2**63}", 206),
        (f"bytes={2**64}-", 416),
        (f"bytes=-{2**64}", 206),
        ("bytes=--1", 200),
        ("bytes=-1--1", 200),
        ("bytes=0-0\xff", 200),
        ("bytes=\xb2-", 200),
    ],
)
def test_a_hostile_range_costs_no_more_than_the_file(port: int, field: str, status: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nRange: "
    reply = ask(port, head + field.encode("latin-1") + b"\r\n\r\n")
    assert reply.startswith(f"HTTP/1.1 {status} ".encode())
    assert len(reply) < SIZE + 20_000
    length = int(reply.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert len(reply.partition(b"\r\n\r\n")[2]) == length


def test_a_client_that_leaves_early_harms_nobody(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert httpx2.get(f"http://127.0.0.1:{port}/", timeout=60).content == CONTENT


def test_a_clip_survives_being_read_piece_by_piece(port: int) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        pieces = [
            client.get("/", headers={"range": f"bytes={start}-{start + 999}", "if-range": CLIP.etag}).content
            for start in range(0, SIZE, 1000)
        ]
    assert b"".join(pieces) == CONTENT


# Refusing


@pytest.mark.parametrize(
    ("refusal", "status", "code", "says"),
    [
        (media.expired(), 403, "AccessDenied", "Request has expired"),
        (media.tampered(), 403, "SignatureDoesNotMatch", "does not match"),
        (media.missing_query(), 403, "AccessDenied", "must be signed"),
        (media.foreign_key(), 400, "InvalidArgument", "Only one auth mechanism allowed"),
        (media.missing("a.mp4"), 404, "NoSuchKey", "does not exist"),
    ],
)
def test_a_refusal_speaks_as_an_object_store(refusal: Refusal, status: int, code: str, says: str) -> None:
    error = element(refusal.body)
    assert (refusal.status, refusal.content_type, error.tag) == (status, "application/xml", "Error")
    assert error.findtext("Code") == code
    assert says in (error.findtext("Message") or "")


@given(st.text())
def test_any_key_is_repeated_as_xml_can_hold_it(key: str) -> None:
    found = element(media.missing(key).body).findtext("Key")
    assert found == "".join(character if character.isprintable() else "\ufffd" for character in key[:200])


def test_a_long_key_is_repeated_in_part() -> None:
    assert len(media.missing("<" * 100_000).body) < 1000
