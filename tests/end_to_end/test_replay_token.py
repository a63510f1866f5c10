"""``serve --replay-token``: a flaky run over a socket, and the same run once more."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from .doubles import BODY, COMMAND, VIDEO

pytestmark = pytest.mark.timeout(300)
NAMESPACES = ("default", "one", "two")


@contextmanager
def server(*options: str) -> Iterator[tuple[str, httpx2.Client]]:
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        lines = [process.stdout.readline()]
        while lines[-1] and not lines[-1].startswith("Ctrl-C"):
            lines.append(process.stdout.readline())
        told = "".join(lines)
        origin, token = (re.search(form, told) for form in (r"http://\S+", r"Replay token: (\S+)"))
        assert origin, "the server did not start"
        assert token
        with httpx2.Client(base_url=origin[0], trust_env=False, timeout=60) as http:
            yield token[1], http
    finally:
        process.kill()
        process.communicate()


def seen(http: httpx2.Client, method: str, key: str, **options: object) -> tuple[object, ...]:
    """What a client can tell of a reply, or of its failing to come; times aside."""
    try:
        reply = http.request(method, VIDEO, headers={"Authorization": f"Bearer test-{key}"}, **options)  # type: ignore[arg-type]
    except httpx2.TransportError as problem:
        return (type(problem).__name__,)
    named = reply.headers.get("x-double-decision"), reply.headers.get("retry-after")
    body = reply.json() if reply.headers["content-type"] == "application/json" else {"text": reply.text}
    told = {name: value for name, value in body.items() if name not in ("timestamp", "video", "meta")}
    return (reply.status_code, *named, told)


def run(http: httpx2.Client) -> list[tuple[object, ...]]:
    told = []
    for turn in range(24):
        key = NAMESPACES[turn % 3]
        created = seen(http, "POST", key, json=dict(BODY))
        told.append(created)
        body = created[-1]
        job = body.get("id", "none") if isinstance(body, dict) else "none"
        told += [seen(http, "GET", key, params={"generation_id": job}) for _ in range(4)]
    return told


def test_a_flaky_run_is_reproduced_exactly_from_its_token() -> None:
    with server("--scenario", "flaky", "--speed", "0.001") as (token, http):
        first = run(http)
    with server("--replay-token", token) as (again, http):
        assert again == token
        assert run(http) == first
    statuses = {each[0] for each in first}
    assert 200 in statuses
    assert statuses & {429, 500, 502, 503, "RemoteProtocolError", "ReadError"}, "nothing was flaky"
    with server("--scenario", "flaky", "--speed", "0.001") as (other, http):
        assert other != token
        assert run(http) != first
