"""The command as users run it: a process of its own, in front of an upstream of the standard library or the double."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from bodydouble.mockserver.commands.proxy import proxy
from bodydouble.mockserver.recordings.recording_files import read_folder
from bodydouble.mockserver.recordings.replaying import life_of
from tests.mockserver.upstreams import Link, answering, get, raw, split, upstream

COMMAND = (sys.executable, "-c", "from bodydouble.mockserver.commands.proxy import proxy; proxy()")
SERVE = (sys.executable, "-c", "from bodydouble.mockserver.commands.serve import serve; serve()")
KEY = "sk-live-0123456789"
PATH = "/v2/video/generations"
MEGA = 1024 * 1024


@dataclass
class Run:
    process: "subprocess.Popen[str]"
    url: str
    second: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self, number: int = signal.SIGINT) -> tuple[str, str]:
        self.process.send_signal(number)
        return self.process.communicate(timeout=120)


@contextmanager
def running(command: tuple[str, ...], *options: str) -> Iterator[Run]:
    process = subprocess.Popen(
        [*command, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        words, second = process.stdout.readline().split(), process.stdout.readline()
        yield Run(process, next((word for word in words if word.startswith("http://")), ""), second)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_life_is_passed_through_checked_and_recorded(tmp_path: Path) -> None:
    options = ("--record", str(tmp_path))
    with (
        running(SERVE, "--speed", "200", "--seed", "5") as double,
        httpx2.Client(trust_env=False, timeout=60, headers={"Authorization": f"Bearer {KEY}"}) as client,
        running(COMMAND, "--upstream", double.url, *options) as run,
    ):
        body = {"model": "video-01", "prompt": "a paper boat at dusk"}
        job = client.post(run.url + PATH, json=body).json()
        told = job
        while told["status"] not in ("completed", "error"):
            time.sleep(0.05)
            told = client.get(run.url + PATH, params={"generation_id": job["id"]}).json()
        assert told["status"] == "completed"
        out, err = run.stop()
    assert "stopped" in out
    assert "checked: no findings" in err
    (recording,) = read_folder(tmp_path)
    text = (tmp_path / "job-0001.json").read_text()
    assert not [secret for secret in (KEY, job["id"], body["prompt"], "signature=" + "0") if secret in text]
    assert "secret-" in text
    assert life_of(recording).ended < 60


def test_findings_are_printed_while_it_runs_and_alter_nothing() -> None:
    body = b'{"id": "abcdef", "status": "boom"}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with upstream(answering(head + body)) as served, running(COMMAND, "--upstream", served.url) as run:
        told = raw(run.port, get(f"{PATH}?generation_id=abcdef", f"Authorization: Bearer {KEY}"))
        assert split(told)[2] == body
        assert run.process.stderr
        lines = [run.process.stderr.readline() for _ in range(2)]
        assert lines[0].startswith(f"warning: reply 1, GET {PATH}: the header ")
        assert lines[1].startswith(f"error: reply 1, GET {PATH} /status: ")
        assert lines[1].endswith("[job-status-unknown]\n")
        _, err = run.stop(signal.SIGTERM)
    assert "1 exchanges, 1 checked: 1 error, 1 warning" in err
    assert KEY not in "".join(lines) + err
    assert run.process.returncode == 0


def test_a_kill_loses_no_recorded_turn(tmp_path: Path) -> None:
    with (
        running(SERVE, "--seed", "5") as double,
        running(COMMAND, "--upstream", double.url, "--record", str(tmp_path)) as run,
        httpx2.Client(trust_env=False, timeout=60, headers={"Authorization": f"Bearer {KEY}"}) as client,
    ):
        job = client.post(run.url + PATH, json={"model": "video-01", "prompt": "a boat"}).json()
        for _ in range(5):
            client.get(run.url + PATH, params={"generation_id": job["id"]})
        deadline = time.monotonic() + 60
        while len(_turns(tmp_path)) < 6 and time.monotonic() < deadline:
            time.sleep(0.02)
        run.process.kill()
        run.process.wait()
    assert len(_turns(tmp_path)) == 6


def _turns(folder: Path) -> list[object]:
    paths = list(folder.glob("job-*.json"))
    return list(json.loads(paths[0].read_text())["turns"]) if paths else []


def test_what_the_contract_does_not_have_passes_and_is_told_as_unchecked() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>"
    with upstream(answering(page)) as served, running(COMMAND, "--upstream", served.url) as run:
        assert split(raw(run.port, get("/any/thing")))[2] == b"<p>"
        _, err = run.stop()
    assert "1 exchanges, 0 checked" in err
    assert "1 were of no operation of the contract and were not checked" in err


def test_an_own_contract_is_checked_against(tmp_path: Path) -> None:
    fragment = {
        "openapi": "3.0.3",
        "info": {"title": "Invented", "version": "7"},
        "paths": {
            "/jobs": {
                method: {
                    **more,
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/json": {
                                    "schema": {
                                        "type": "object",
                                        "required": ["id", "status"],
                                        "properties": {
                                            "id": {"type": "string"},
                                            "status": {"type": "string", "enum": ["queued", "done"]},
                                        },
                                    }
                                }
                            },
                        }
                    },
                }
                for method, more in (
                    (
                        "post",
                        {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}},
                    ),
                    ("get", {"parameters": [{"name": "id", "in": "query", "required": True}]}),
                )
            }
        },
    }
    (tmp_path / "fragment.json").write_text(json.dumps(fragment))
    reply = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"id": "a"}'
    with (
        upstream(answering(reply)) as served,
        running(COMMAND, "--upstream", served.url, "--contract", str(tmp_path / "fragment.json")) as run,
    ):
        raw(run.port, get("/jobs?id=a"))
        _, err = run.stop()
    assert run.second == "checks against Invented 7: 2 operations\n"
    assert "reply-body-invalid" in err


def test_stopping_while_upstream_hangs_takes_seconds_not_minutes() -> None:
    def hang(link: Link) -> None:
        link.head()
        link.rest()

    with upstream(hang) as served, running(COMMAND, "--upstream", served.url) as run:
        with socket.create_connection(("127.0.0.1", run.port)) as client:
            client.sendall(get())
            while not served.heads:
                time.sleep(0.01)
            out, _ = run.stop()
        assert "stopped" in out


def test_200_megabytes_each_way_are_never_held() -> None:
    def both_ways(link: Link) -> None:
        head = link.head()
        if head.startswith(b"POST"):
            left = 200 * MEGA
            while left and (piece := link.socket.recv(min(MEGA, left))):
                left -= len(piece)
        link.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (200 * MEGA)
        )
        for _ in range(200):
            link.say(b"x" * MEGA)

    with upstream(both_ways) as served, running(COMMAND, "--upstream", served.url) as run:
        before = _memory(run.process.pid)
        for method in ("GET", "POST"):
            body = (b"x" * MEGA for _ in range(200)) if method == "POST" else None
            headers = {"Content-Length": str(200 * MEGA)} if body else {}
            with httpx2.stream(
                method, run.url + PATH, content=body, headers=headers, trust_env=False, timeout=60
            ) as reply:
                assert sum(map(len, reply.iter_raw())) == 200 * MEGA
        grown = _memory(run.process.pid) - before
    assert grown < 100 * MEGA  # 32 of them are kept for a while to be looked at, before they prove too many


def _memory(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the system does not tell how much memory a process has had")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Missing option '--upstream'"),
        (("--upstream", "api.example"), "expected http://HOST or https://HOST"),
        (("--upstream", "https://u:geheim@api.example"), "user or password"),
        (("--upstream", "https://a.example?key=geheim"), "query or fragment"),
        (
            ("--upstream", "http://a.example", "--keep", "keys"),
            "keys cannot be kept; known are ids and prompts",
        ),
        (("--upstream", "http://a.example", "--timeout", "0"), "--timeout"),
    ],
)
def test_a_wrong_option_is_a_usage_error(options: tuple[str, ...], words: str) -> None:
    result = CliRunner().invoke(proxy, options)
    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())
    assert "geheim" not in result.output


def test_a_proxy_in_front_of_itself_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = CliRunner().invoke(proxy, ["--upstream", f"http://localhost:{port}", "--port", str(port)])
    assert result.exit_code == 2
    assert "is this proxy itself" in result.output


def test_a_folder_or_contract_that_cannot_be_used_ends_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for option, value in (("--record", tmp_path / "file" / "x"), ("--contract", tmp_path / "none.json")):
        result = CliRunner().invoke(proxy, ["--upstream", "http://a.example", option, str(value)])
        assert result.exit_code == 1
        assert "Error: " in result.output
