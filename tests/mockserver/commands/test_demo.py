import re
import subprocess
import sys
from pathlib import Path

import av
import pytest

from tests.limits import with_time

NOTING = """
import sys
log = open(sys.argv.pop(1), "w")
def note(event, arguments):
    if event in ("socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto"):
        log.write(f"{event} {(arguments[1] if event[7:] != 'getaddrinfo' else arguments)[:2]}\\n")
        log.flush()
sys.addaudithook(note)
from bodydouble.mockserver.cli import main
main()
"""
"""Runs the command line, and notes in a file which addresses are bound, called and looked up."""
LOOPBACK = "('127.0.0.1', "
Demo = tuple["subprocess.CompletedProcess[str]", Path]


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-c", NOTING, folder.with_suffix(".sockets"), "demo")
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=250)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "boat.mp4").write_bytes(b"mine")
    return run(folder), folder


def test_the_demo_ends_well(demo: Demo) -> None:
    done, _ = demo
    assert (done.returncode, done.stderr) == (0, "")


def test_the_demo_takes_a_free_port_and_calls_nobody_but_itself(demo: Demo) -> None:
    done, folder = demo
    (port,) = re.findall(r"listens on http://127\.0\.0\.1:(\d+)", done.stdout)
    noted = folder.with_suffix(".sockets").read_text().splitlines()
    assert {line for line in noted if line.startswith("socket.bind")} == {f"socket.bind {LOOPBACK}0)"}
    assert {line for line in noted if line.startswith("socket.connect")} == {
        f"socket.connect {LOOPBACK}{port})"
    }
    others = {line for line in noted if not line.startswith(("socket.bind", "socket.connect"))}
    assert all("'127.0.0.1'" in line for line in others), others


def test_the_timeline_shows_one_success_and_one_failure(demo: Demo, tmp_path: Path) -> None:
    runs = [demo[0]]

    def act(_: float) -> None:  # again if the machine stalls for as long as a job is generating
        told = (runs.pop() if runs else run(tmp_path)).stdout
        statuses = re.findall(r"\d s  (?:POST|GET ) +(\w+)", told)
        assert statuses == ["queued", "generating", "completed", "queued", "generating", "error"]
        assert "GenerationError" in told

    with_time(act)


def test_the_video_plays_and_nothing_is_overwritten(demo: Demo) -> None:
    _, folder = demo
    assert (folder / "boat.mp4").read_bytes() == b"mine"
    assert sorted(path.name for path in folder.iterdir()) == ["boat-2.mp4", "boat.mp4"]
    with av.open(str(folder / "boat-2.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) > 20


def test_a_seed_repeats_the_demo(demo: Demo, tmp_path: Path) -> None:
    jobs = [
        list(dict.fromkeys(re.findall(r"[0-9a-f-]{36}", done.stdout))) for done in (demo[0], run(tmp_path))
    ]
    assert jobs[0] == jobs[1]
    assert len(jobs[0]) == 2
