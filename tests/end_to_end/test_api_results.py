"""What a finished job gives: a signed URL to a playable file; and runs that repeat to the byte."""

import io
import socket
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as ET

import av
import httpx2
import pytest

from .doubles import BODY, KEY, LEGACY, LONG, VIDEO, Double, InProcess, OverSocket, Settings

Play = Callable[[Settings], Double]


def finished(double: Double, body: Any = None) -> str:
    """The URL of a new job's result."""
    reply = double.ended(double.create(body).json()["id"])
    return str(reply.json()["video"]["url"])


@pytest.fixture(scope="session")
def url(double: Double) -> str:
    """The URL of a result that stays as it is."""
    return finished(double)


def refusal(reply: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal in the object store's form."""
    assert reply.headers["content-type"] == "application/xml"
    return reply.status_code, ET.fromstring(reply.content).findtext("Code", "")  # noqa: S314 - our own reply


def changed(url: str, **fields: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | fields)).geturl()


# The file


@pytest.mark.parametrize("wanted", [2, 4, 5, 6, 8, 10])
def test_the_file_plays_as_long_as_the_reply_says(double: Double, wanted: int) -> None:
    reply = double.ended(double.create(BODY | {"duration": wanted}).json()["id"]).json()
    content = double.http.get(reply["video"]["url"]).content
    with av.open(io.BytesIO(content)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        frames = sum(1 for _ in container.decode(video))
        assert video.average_rate
        assert frames / video.average_rate == wanted
    assert reply["duration"] == reply["video"]["duration"] == wanted
    assert content.index(b"moov") < content.index(b"mdat"), "a player can begin before it has the whole file"


def test_the_url_leads_to_the_double_itself(double: Double, url: str) -> None:
    assert url.startswith(double.origin + "/_double/media/")
    assert urlsplit(url).path.endswith(".mp4")


def test_the_file_has_type_length_and_tag(double: Double, url: str) -> None:
    reply = double.http.get(url)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "video/mp4"
    assert reply.headers["content-length"] == str(len(reply.content))
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["etag"].strip('"')


def test_head_tells_the_same_without_the_file(double: Double, url: str) -> None:
    head, got = double.http.head(url), double.http.get(url)
    assert (head.status_code, head.content) == (200, b"")
    assert all(head.headers[name] == got.headers[name] for name in ("content-type", "content-length", "etag"))


def test_a_tag_that_is_known_saves_the_file(double: Double, url: str) -> None:
    tag = double.http.get(url).headers["etag"]
    again = double.http.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-100", slice(-100, None)),
        ("bytes=5-999999999", slice(5, None)),
    ],
)
def test_a_range_is_that_part_of_the_file(double: Double, url: str, asked: str, part: slice) -> None:
    whole = double.http.get(url)
    reply = double.http.get(url, headers={"Range": asked})
    wanted = whole.content[part]
    start = part.indices(len(whole.content))[0]
    assert (reply.status_code, reply.content) == (206, wanted)
    assert reply.headers["content-range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(whole.content)}"
    assert reply.headers["etag"] == whole.headers["etag"]


def test_a_range_beyond_the_end_cannot_be_satisfied(double: Double, url: str) -> None:
    reply = double.http.get(url, headers={"Range": "bytes=99999999-"})
    assert refusal(reply) == (416, "InvalidRange")
    assert reply.headers["content-range"].startswith("bytes */")


def test_if_range_gives_the_part_of_the_same_file_and_all_of_another(double: Double, url: str) -> None:
    whole = double.http.get(url)
    same = double.http.get(url, headers={"Range": "bytes=0-9", "If-Range": whole.headers["etag"]})
    other = double.http.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (same.status_code, same.content) == (206, whole.content[:10])
    assert (other.status_code, other.content) == (200, whole.content)


# Who may have it


def test_the_store_refuses_a_key_beside_the_signature(double: Double, url: str) -> None:
    assert refusal(double.http.get(url, headers=KEY)) == (400, "InvalidArgument")
    assert double.http.get(url).status_code == 200


def test_a_url_that_was_tampered_with_is_refused(double: Double) -> None:
    url, other = finished(double), finished(double)
    expires = float(dict(parse_qsl(urlsplit(url).query))["expires"])
    for wrong in (
        changed(url, expires=f"{expires + 1:.3f}"),
        changed(url, expires="inf"),
        changed(url, expires="nan"),
        changed(url, signature="0" * 64),
        changed(url, signature="é"),
        urlsplit(url)._replace(path=urlsplit(other).path).geturl(),
        url.replace(".mp4", "0.mp4"),
    ):
        assert refusal(double.http.get(wrong)) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("query", ["", "expires=1", "signature=0"])
def test_a_url_without_a_signature_is_denied(double: Double, url: str, query: str) -> None:
    bare = urlsplit(url)._replace(query=query).geturl()
    assert refusal(double.http.get(bare)) == (403, "AccessDenied")


def test_an_object_that_never_was_is_refused_like_any_unsigned_one(double: Double) -> None:
    for name in ("x", "%00", "é", "a%20b", "00000000-0000-4000-8000-000000000000"):
        assert refusal(double.http.get(f"/_double/media/{name}.mp4")) == (403, "AccessDenied")
    assert double.http.get("/_double/media/a/b.mp4").status_code == 404


def test_a_url_expires_and_a_new_poll_gives_another(play: Play) -> None:
    double = play(Settings(url_ttl=400))
    double.hold()
    job = double.create().json()["id"]
    url = double.ended(job).json()["video"]["url"]
    assert double.http.get(url).status_code == 200
    double.wait(1000)
    assert refusal(double.http.get(url)) == (403, "AccessDenied")
    later = double.poll(job).json()["video"]["url"]
    assert later != url
    assert double.http.get(later).status_code == 200


def test_a_result_can_only_be_read(double: Double, url: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        reply = double.http.request(method, url)
        assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


# Under which name


@pytest.mark.parametrize(
    "host", ["double.example", "double.example:8080", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"]
)
def test_the_url_names_the_host_that_the_client_named(double: Double, host: str) -> None:
    job = double.create().json()["id"]
    double.ended(job)
    url = double.poll(job, host=host).json()["video"]["url"]
    assert url.startswith(f"http://{host}/_double/media/")


@pytest.mark.parametrize(
    "host", ["a b", "user@evil.example", '"><script>alert(1)</script>', "evil.example/x?", "a:b:c"]
)
def test_a_hostile_host_is_not_repeated(double: Double, host: str) -> None:
    job = double.create().json()["id"]
    double.ended(job)
    url = double.poll(job, host=host).json()["video"]["url"]
    assert host not in url
    if isinstance(double, OverSocket):
        assert url.startswith(double.origin)
        assert double.http.get(url).status_code == 200


# Again


def run(double: Double) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    """Everything that a double answers to a fixed conversation, apart from the time of day."""
    replies = [
        double.create(),
        double.create(BODY | {"duration": 10}, LEGACY),
        double.create(prefer="scenario=fails-while-generating"),
    ]
    for job in [reply.json()["id"] for reply in replies]:
        ended = double.ended(job)
        replies.append(ended)
        if "video" in ended.json():
            replies.append(double.http.get(ended.json()["video"]["url"]))
    if isinstance(double, InProcess):
        replies += [double.poll("x"), double.create({}), double.http.get("/unknown"), double.http.post(VIDEO)]
    changing = {
        "date",
        "last-modified",
        "x-double-decision",
    }  # the last counts polls, and polling takes real time
    return [
        (
            reply.status_code,
            [each for each in reply.headers.items() if each[0] not in changing],
            reply.content,
        )
        for reply in replies
    ]


def ids(transcript: Sequence[tuple[int, object, bytes]]) -> set[bytes]:
    return {content[:60] for _, _, content in transcript if content.startswith(b'{"id"')}


def test_a_seed_repeats_a_whole_run_to_the_byte(kind: str, play: Play) -> None:
    port = 0 if kind == "in process" else free_port()
    first = play(Settings(seed=7, port=port))
    told = run(first)
    if isinstance(first, OverSocket):
        assert first.stop() == 0
    assert run(play(Settings(seed=7, port=port))) == told


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_another_seed_and_no_seed_give_another_run(play: Play) -> None:
    told = [ids(run(play(Settings(seed=seed)))) for seed in (7, 8, None, None)]
    assert all(not one & other for number, one in enumerate(told) for other in told[:number])


def test_how_often_a_job_is_polled_changes_nothing(play: Play) -> None:
    told = []
    for polls in (0, 50):
        double = play(Settings(seed=3))
        double.create()
        for _ in range(polls):
            double.poll("x")
        second = double.create().json()["id"]
        double.wait(LONG)
        url = double.ended(second).json()["video"]["url"]
        told.append((second, urlsplit(url).query))
    assert told[0] == told[1]
