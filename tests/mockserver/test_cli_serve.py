import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from bodydouble.mockserver.cli import main

SERVE = (sys.executable, "-c", "from bodydouble.mockserver.cli import main; main()", "serve")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """Yield the process, its origin and the lines it printed up to the last of the announcement."""
    process = subprocess.Popen((*SERVE, "--port", "0", *arguments), stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                break
        origin = re.search(r"http://[^ ]+$", lines[0])
        assert origin
        yield process, origin[0], lines
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with serving() as (process, _, _):
        process.send_signal(number)
        rest, _ = process.communicate(timeout=10)
        assert (process.returncode, rest) == (0, "stopped\n")


def test_a_signal_ends_it_although_a_connection_is_open() -> None:
    with serving() as (process, origin, _), httpx2.Client() as client:
        client.get(origin)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_the_lines_it_prints_work_when_they_are_pasted() -> None:
    with serving("--speed", "1000") as (_, _, lines):
        submit, poll = (line.strip() for line in lines if line.strip().startswith("curl"))
        made = subprocess.run(shlex.split(submit), capture_output=True, text=True, check=True).stdout
        job_id = re.search(r'"id":"([^"]+)"', made)
        assert job_id
        seen = subprocess.run(
            shlex.split(poll.replace("ID", job_id[1])), capture_output=True, text=True, check=True
        )
        assert '"status":"' in seen.stdout


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    with serving() as (_, origin, _):
        assert origin.startswith("http://127.0.0.1:")


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            (*SERVE, "--port", port), capture_output=True, text=True, check=False, timeout=20
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {port}: address already in use; try --port 0 for a free one\n"
    )


def test_a_good_key_from_option_or_environment_is_asked_for_and_never_printed() -> None:
    environment = {**os.environ, "BODYDOUBLE_API_KEY": "sesame-from-environment"}
    for arguments, extra in ((("--api-key", "sesame-from-option"), None), ((), environment)):
        process = subprocess.Popen(
            (*SERVE, "--port", "0", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=extra,
        )
        try:
            first = (process.stdout.readline() if process.stdout else "").split()
            url = f"{first[-1]}/v2/video/generations?generation_id=x"
            statuses = [
                httpx2.get(url, headers={"Authorization": f"Bearer {key}"}).status_code
                for key in ("wrong", "sesame-from-option", "sesame-from-environment")
            ]
        finally:
            process.terminate()
        rest, _ = process.communicate(timeout=10)
        assert sorted(statuses) == [401, 401, 404]
        assert statuses[0] == 401
        assert "sesame" not in rest


def test_a_page_folder_and_overlay_are_played(upstream: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
        "- target: $.paths['/v2/video/generations']\n  update: {x-bodydouble-aliases: [{path: /mine}]}\n"
    )
    with serving("--contract", str(upstream / "pages"), "--overlay", str(overlay)) as (_, origin, lines):
        assert any("POST  /mine" in line for line in lines)
        reply = httpx2.post(f"{origin}/mine", json={"model": "video-01", "prompt": "x"})
        assert reply.json()["status"] == "queued"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--contract", "missing.json"), "missing.json"),
        (("--overlay", "missing.yaml"), "missing.yaml"),
        (("--host", "no.such.host.invalid"), "no.such.host.invalid"),
    ],
)
def test_what_cannot_be_played_is_one_clear_error(arguments: tuple[str, ...], words: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert words in result.output
    assert "Traceback" not in result.output
