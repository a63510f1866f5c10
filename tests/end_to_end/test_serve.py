"""``bodydouble serve`` as a process: what it prints, how it ends, and what it makes of bytes that are hardly HTTP."""

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.apis import TEXT, jobs, record, words

from .doubles import BODY, COMMAND, KEY, VIDEO, OverSocket, Settings, over_socket

VALID = json.dumps(dict(BODY)).encode()


@pytest.fixture(scope="module")
def serving() -> Iterator[OverSocket]:
    with over_socket(Settings()) as running:
        yield running


def serve(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a server that should not start."""
    done = subprocess.run(
        [COMMAND, "serve", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout, done.stderr


# What it prints


def test_it_says_what_it_serves(serving: OverSocket) -> None:
    assert re.fullmatch(r"bodydouble plays .+ on http://127\.0\.0\.1:\d+", serving.announced[0])
    listed = "\n".join(serving.announced)
    for line in (f"GET   {VIDEO}", f"POST  {VIDEO}  (video-01)", "/v2/generate/video/minimax/generation"):
        assert line in listed


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_lines_it_prints_work_when_they_are_pasted(serving: OverSocket) -> None:
    submit, poll = (line for line in serving.announced if line.startswith("  curl "))
    created = json.loads(_pasted(submit))
    assert created["status"] == "queued"
    assert json.loads(_pasted(poll.replace("=ID", f"={created['id']}")))["id"] == created["id"]


def _pasted(line: str) -> str:
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=True).stdout


# How it ends


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with over_socket(Settings()) as running:
        running.create()
        assert running.stop(number) == 0
        assert running.process.stdout
        assert running.process.stdout.read() == "stopped\n"
        assert running.log() == ""


def test_a_taken_port_is_one_clear_line(serving: OverSocket) -> None:
    port = str(urlsplit(serving.origin).port)
    code, output, errors = serve("--port", port)
    assert (code, output) == (1, "")
    assert errors.startswith(f"Error: cannot listen on 127.0.0.1 port {port}: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", ""),
        ("not json at all", ""),
        (json.dumps({"openapi": "3.0.0", "paths": {"/x": {"get": {"responses": {}}}}}), "nothing"),
    ],
)
def test_a_contract_that_cannot_be_played_is_an_error_in_words(
    tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "api.json").write_text(content)
    code, output, errors = serve("--port", "0", "--contract", str(tmp_path / "api.json"))
    assert (code, output) == (1, "")
    assert errors.startswith("Error: ")
    assert words in errors
    assert "api.json" in errors
    assert "Traceback" not in errors


def test_a_contract_whose_replies_cannot_be_made_is_an_error_that_says_where(tmp_path: Path) -> None:
    never = TEXT | {"minLength": 2, "maxLength": 1}
    reply = record(["id", "status", "x"], id=TEXT, status=words("queued", "done"), x=never)
    (tmp_path / "api.json").write_text(json.dumps(jobs(reply=reply)))
    code, output, errors = serve("--port", "0", "--contract", str(tmp_path / "api.json"))
    assert (code, output) == (1, "")
    assert "nothing can be played" in errors
    assert "/x" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("--contract", "/nowhere/at/all"),
        ("--overlay", "/nowhere/at/all"),
        ("--host", "no-such-host.invalid"),
        ("--host", "a" * 70),
    ],
)
def test_what_is_not_there_is_one_clear_line(arguments: tuple[str, ...]) -> None:
    code, output, errors = serve("--port", "0", *arguments)
    assert (code, output) == (1, "")
    assert errors.startswith("Error: ")
    assert "Traceback" not in errors


# What it makes of bytes


def exchanged(serving: OverSocket, raw: bytes, patience: float = 60) -> bytes:
    """Everything that is answered to these bytes until the server closes, or has been silent for so long."""
    address = urlsplit(serving.origin)
    answered = b""
    with (
        socket.create_connection((address.hostname, address.port), timeout=patience) as client,
        suppress(TimeoutError),
    ):
        client.sendall(raw)
        while part := client.recv(65536):
            answered += part
    return answered


HEAD = b"Host: x\r\nAuthorization: Bearer k\r\n"
POST = b"POST %b HTTP/1.1\r\n" % VIDEO.encode() + HEAD + b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET http://other/x HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET / HTTP/1.1\r\nBroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\0b\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        POST + b"Content-Length: -1\r\n\r\n{}",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
        POST + b"Content-Length: 100\r\n\r\n" + VALID,
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
        POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_bytes_that_are_hardly_http_are_no_error_of_the_server(serving: OverSocket, raw: bytes) -> None:
    answer = exchanged(serving, raw, patience=0.3)
    assert answer == b"" or re.match(rb"HTTP/1\.1 [234]\d\d ", answer), answer[:200]
    assert serving.create().status_code == 200
    assert "Traceback" not in serving.log()


def test_a_request_without_a_host_gets_the_address_of_the_server(serving: OverSocket) -> None:
    job = serving.create().json()["id"]
    serving.ended(job)
    request = f"GET {VIDEO}?generation_id={job} HTTP/1.0\r\nAuthorization: Bearer k\r\n\r\n"
    answer = exchanged(serving, request.encode())
    assert answer.startswith(b"HTTP/1.1 200")
    assert f'"url":"{serving.origin}/_double/'.encode() in answer


def test_two_requests_in_one_packet_are_answered_in_order(serving: OverSocket) -> None:
    one = b"GET /one HTTP/1.1\r\n" + HEAD + b"\r\n"
    two = b"GET /two HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"
    answer = exchanged(serving, one + two)
    assert answer.index(b'"path":"/one"') < answer.index(b'"path":"/two"')


UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"


@pytest.mark.parametrize(
    "framed",
    [
        b"Content-Length: %d\r\n\r\n" % len(VALID) + VALID,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(VALID), VALID),
    ],
    ids=["whole", "in chunks"],
)
def test_a_client_that_offers_http_2_is_answered_in_http_1(serving: OverSocket, framed: bytes) -> None:
    """Java's HttpClient offers it with every request; a server may ignore that (RFC 9110 section 7.8)."""
    close = b"GET /next HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"
    answer = exchanged(serving, POST + UPGRADE + framed + close)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"status":"queued"' in answer
    assert b'"path":"/next"' in answer


@pytest.mark.parametrize("path", [VIDEO, "/anything"])
def test_a_websocket_is_answered_as_any_request(serving: OverSocket, path: str) -> None:
    handshake = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    answer = exchanged(serving, f"GET {path} HTTP/1.1\r\n".encode() + HEAD + handshake + key)
    assert re.match(rb"HTTP/1\.1 40[04] ", answer)


# Many at once


def test_ten_pollers_at_once_see_the_same_job(serving: OverSocket) -> None:
    order = ["queued", "generating", "completed"]

    async def watch(http: httpx2.AsyncClient, job: str) -> list[str]:
        seen = []
        while "completed" not in seen[-1:]:
            reply = await http.get(VIDEO, params={"generation_id": job}, headers=KEY)
            assert (reply.status_code, reply.json()["id"]) == (200, job)
            seen.append(reply.json()["status"])
        return seen

    async def main() -> None:
        async with httpx2.AsyncClient(base_url=serving.origin, trust_env=False, timeout=60) as http:
            created = await asyncio.gather(
                *(http.post(VIDEO, json=dict(BODY), headers=KEY) for _ in range(3))
            )
            made = [reply.json()["id"] for reply in created]
            seen = await asyncio.gather(*(watch(http, job) for job in made for _ in range(10)))
        assert all(statuses == sorted(statuses, key=order.index) for statuses in seen)

    asyncio.run(main())
