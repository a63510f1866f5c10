"""What is wrong with a request is told, all of it and in words; nothing a client sends is an error of the server."""

import base64
import json
import socket
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from tests.drawing import base64_png, chunk, png

from .doubles import BODY, KEY, LEGACY, VIDEO, Double

JSON = KEY | {"Content-Type": "application/json"}
LIMIT = 32 * 1024 * 1024


def told(reply: httpx2.Response, status: int = 400) -> dict[str, Any]:
    body: dict[str, Any] = reply.json()
    assert (reply.status_code, body["statusCode"]) == (status, status), reply.text
    return body


def pointers(body: dict[str, Any]) -> set[str]:
    return {violation["pointer"] for violation in body["violations"]}


# Everything that is wrong


@pytest.mark.parametrize("path", [VIDEO, LEGACY])
def test_everything_that_is_wrong_is_told_at_once(double: Double, path: str) -> None:
    wrong = {"prompt": "x" * 2001, "enhance_prompt": "yes", "image_url": "ftp://example.com/a.png"}
    body = told(double.create(wrong, path))
    assert {"/model", "/prompt", "/enhance_prompt", "/image_url"} <= pointers(body)
    assert body["path"] == path
    assert body["message"].startswith("Body validation error: ")
    for violation in body["violations"]:
        assert violation.keys() == {"pointer", "message", "expected", "got"}
        assert all(violation[part] for part in ("message", "expected", "got"))


@pytest.mark.parametrize(
    ("change", "pointer", "expected", "got"),
    [
        ({"model": "video-1"}, "/model", "video-01", "video-1"),
        ({"prompt": 7}, "/prompt", "string", "7"),
        ({"prompt": None}, "/prompt", "string", "null"),
        ({"prompt": "x" * 2001}, "/prompt", "2000", "2001"),
        ({"enhance_prompt": "true"}, "/enhance_prompt", "true or false", "true"),
        ({"image_url": 7}, "/image_url", "string", "7"),
    ],
)
def test_a_violation_says_what_was_expected_and_what_was_received(
    double: Double, change: dict[str, Any], pointer: str, expected: str, got: str
) -> None:
    body = told(double.create(BODY | change))
    (violation,) = (each for each in body["violations"] if each["pointer"] == pointer)
    assert expected in violation["expected"]
    assert got in violation["got"]
    assert expected in body["message"]


@pytest.mark.parametrize("missing", ["model", "prompt"])
def test_a_missing_member_is_named_where_it_should_be(double: Double, missing: str) -> None:
    body = told(double.create({name: value for name, value in BODY.items() if name != missing}))
    assert pointers(body) == {f"/{missing}"}


@pytest.mark.parametrize("body", [[], [BODY], "text", 7, None, True, 1.5, {}])
def test_a_body_that_is_no_create_is_invalid(double: Double, body: Any) -> None:
    reply = double.http.post(VIDEO, content=json.dumps(body).encode(), headers=JSON)
    assert told(reply)["violations"]


def test_members_that_the_contract_does_not_name_are_no_error(double: Double) -> None:
    assert double.create({**BODY, "seed": 7, "constructor": {}, "__proto__": 1, "": None}).status_code == 200


# What is no JSON

BAD_JSON = {
    "nothing": b"",
    "blanks": b" \r\n\t ",
    "half an object": b'{"model": "video-01"',
    "two values": b"{} {}",
    "quotes that are none": b"{'model': 'video-01'}",
    "a form": b"model=video-01&prompt=x",
    "a comment": b"{} // x",
    "a comma too many": b'{"model": "video-01",}',
    "not UTF-8": b'{"model": "video-01", "prompt": "\xe9"}',
    "UTF-16": '{"model": "video-01"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a surrogate in UTF-8": b'{"prompt": "\xed\xa0\x80"}',
    "half a surrogate pair": b'{"model": "video-01", "prompt": "\\ud800"}',
    "half a pair as a name": b'{"model": "video-01", "prompt": "x", "\\udc00": 1}',
    "a name twice": b'{"model": "video-01", "prompt": "x", "prompt": "y"}',
    "a name twice deep down": b'{"model": "video-01", "prompt": "x", "a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"model": "video-01", "prompt": "x", "duration": NaN}',
    "infinity": b'{"model": "video-01", "prompt": "x", "duration": -Infinity}',
    "a number beyond all floats": b'{"model": "video-01", "prompt": "x", "duration": 1e999}',
    "a number of 5000 digits": b'{"model": "video-01", "prompt": "x", "duration": ' + b"9" * 5000 + b"}",
    "brackets": b"[" * 100_000,
    "objects in objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a control character": b'{"model": "video-01", "prompt": "\x01"}',
    "zero bytes": b"\0" * 100,
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("raw", BAD_JSON.values(), ids=BAD_JSON)
def test_a_body_that_is_no_json_to_rely_on_is_invalid_in_words(double: Double, raw: bytes) -> None:
    body = told(double.http.post(VIDEO, content=raw, headers=JSON))
    assert pointers(body) == {""}
    assert body["violations"][0]["expected"]
    assert len(body["message"]) < 300


@pytest.mark.parametrize(
    "raw",
    [
        b'{"model": "video-01", "prompt": "x", "duration": 123456789012345678901234567890}',
        b'{"model": "video-01", "prompt": "x", "duration": 1e308}',
        b'{"model": "video-01", "prompt": "x", "duration": -0.0}',
        b'{"model": "video-01", "prompt": "x", "seed": ' + b"9" * 4000 + b"}",
        b'{"model": "video-01", "prompt": "\\ud83d\\ude80 \\u0000 \\\\ud800"}',
        b'\n{"model":\t"video-01", "prompt": "' + "é🚀".encode() + b'"}\r\n',
        b'{"model": "video-01", "prompt": "", "a": ' + b"[" * 60 + b"]" * 60 + b"}",
    ],
)
def test_a_body_that_only_looks_dangerous_is_taken(double: Double, raw: bytes) -> None:
    assert double.http.post(VIDEO, content=raw, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "declared",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"],
)
def test_a_body_that_is_not_declared_as_json_is_an_unsupported_media_type(
    double: Double, declared: str | None
) -> None:
    headers = KEY if declared is None else KEY | {"Content-Type": declared}
    body = told(double.http.post(VIDEO, content=json.dumps(dict(BODY)).encode(), headers=headers), 415)
    assert "expected application/json" in body["message"]


@pytest.mark.parametrize(
    "declared", ["application/json", "APPLICATION/JSON;charset=UTF-8", "application/x+json"]
)
def test_json_may_be_declared_in_any_of_its_forms(double: Double, declared: str) -> None:
    headers = KEY | {"Content-Type": declared}
    assert double.http.post(VIDEO, content=json.dumps(dict(BODY)), headers=headers).status_code == 200


# What is too large


def _in_parts(size: int) -> Iterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("path", [VIDEO, LEGACY, "/unknown"])
def test_a_body_over_the_limit_is_too_large(double: Double, path: str) -> None:
    reply = double.http.post(path, content=b" " * (LIMIT + 1), headers=JSON)
    assert str(LIMIT) in told(reply, 413)["message"]


def test_a_body_over_the_limit_is_too_large_also_if_it_does_not_say_so(double: Double) -> None:
    reply = double.http.post(VIDEO, content=_in_parts(LIMIT), headers=JSON)
    assert told(reply, 413)["message"]
    assert double.create().status_code == 200


def test_a_body_of_the_limit_is_read(double: Double) -> None:
    content = json.dumps(dict(BODY)).encode().ljust(LIMIT)
    assert double.http.post(VIDEO, content=content, headers=JSON).status_code == 200


# Pictures


@pytest.fixture
def bystander() -> Iterator[socket.socket]:
    """A server that would notice any connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def test_a_link_to_an_image_is_taken_as_it_is_and_never_fetched(
    double: Double, bystander: socket.socket
) -> None:
    link = f"http://127.0.0.1:{bystander.getsockname()[1]}/image.png"
    for image in (link, link.replace("127.0.0.1", "localhost"), link.replace("http://", "HTTP://user:pass@")):
        created = double.create(BODY | {"image_url": image})
        assert created.status_code == 200, created.text
        assert double.ended(created.json()["id"]).json()["status"] == "completed"
    assert not _was_called(bystander)


def test_the_bystander_notices_a_call(bystander: socket.socket) -> None:
    """That nobody called would otherwise prove nothing."""
    with socket.create_connection(bystander.getsockname()):
        assert _was_called(bystander)


def _was_called(listener: socket.socket) -> bool:
    with suppress(BlockingIOError):
        listener.accept()[0].close()
        return True
    return False


SMALL = png(301, 301)


@pytest.mark.parametrize(
    "image",
    [
        "https://example.com",
        "https://example.com/a.png?x=1#y",
        "http://[::1]:8080/a",
        base64_png(301, 301),
        base64_png(302, 754),
        base64_png(752, 301),
        "data:image/png;base64," + base64_png(400, 400),
        "data:;base64," + base64_png(400, 400),
        "DATA:IMAGE/PNG;BASE64," + base64_png(400, 400),
        base64_png(301, 301).rstrip("="),
    ],
    ids=lambda image: image[:40],
)
def test_an_image_within_the_rules_is_taken(double: Double, image: str) -> None:
    reply = double.create(BODY | {"image_url": image})
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ("", "image"),
        ("ftp://example.com/a.png", "ftp"),
        ("file:///etc/passwd", "file"),
        ("javascript:alert(1)", "javascript"),
        ("https://", "host"),
        ("https:// a/b", "host"),
        ("https://a:99999/", "65535"),
        ("not an image", "Base64"),
        (base64_png(300, 301), "300 pixels"),
        (base64_png(301, 300), "300 pixels"),
        (base64_png(301, 753), "2:5"),
        (base64_png(753, 301), "5:2"),
        (base64.b64encode(b"GIF89a" + bytes(100)).decode(), "GIF"),
        (base64.b64encode(b"hello, world").decode(), "JPEG or PNG"),
        ("data:image/png;base64,!!!!", "data"),
        ("data:image/png,hello", "JPEG or PNG"),
        ("data:image/jpeg;base64," + base64_png(301, 301), "labelled image/jpeg"),
        ("data:text/plain;base64," + base64_png(301, 301), "labelled text/plain"),
        (base64.b64encode(SMALL[:-20]).decode(), "damaged"),
    ],
    ids=lambda value: value[:40],
)
def test_an_image_that_breaks_a_rule_is_refused_with_that_rule(double: Double, image: str, rule: str) -> None:
    body = told(double.create(BODY | {"image_url": image}))
    assert pointers(body) == {"/image_url"}
    assert rule.lower() in json.dumps(body["violations"]).lower()


def test_an_image_may_have_twenty_million_bytes_and_no_more(double: Double) -> None:
    most = 20_000_000
    for size, status in ((most, 200), (most + 1, 400)):
        image = base64.b64encode(_padded(SMALL, size)).decode()
        reply = double.create(BODY | {"image_url": image})
        assert reply.status_code == status, reply.text[:500]
    assert "20000000 bytes" in reply.json()["message"]


def _padded(picture: bytes, size: int) -> bytes:
    """The same picture with a chunk that decoders pass over (PNG section 5.4: ancillary, private)."""
    end = picture.index(b"IEND") - 4
    body = bytes(size - len(picture) - 12)
    return picture[:end] + chunk(b"paDd", body) + picture[end:]


def test_a_picture_of_seventy_bytes_is_not_believed_to_have_four_thousand_million_pixels(
    double: Double,
) -> None:
    header = struct.pack(">IIBBBBB", 65535, 65535, 8, 0, 0, 0, 0)
    picture = SMALL[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    body = told(double.create(BODY | {"image_url": base64.b64encode(picture).decode()}))
    assert "65535x65535 pixels" in body["message"]
