"""The client against the double, both as programs: a playable file, and a Ctrl-C that loses nothing."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import httpx2
import pytest

from bodydouble.client import AsyncClient, JobFailed, JobNotFound, Pace, Refused
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ScaledClock
from bodydouble.mockserver.control.client import Control
from bodydouble.mockserver.scenes.scenario_files import read
from tests.limits import with_time

from ..client.faults import (  # noqa: TID252 - the tests' own server
    VIDEO,
    Act,
    Connection,
    Seen,
    done,
    ranged,
    reply,
    serving,
    silence,
    whole,
)

SHIM = (
    f'bodydouble() {{ "{sys.executable}" -c "from bodydouble.mockserver.cli import main; main()" "$@"; }}\n'
)
SETTINGS = (
    "AIMLAPI_API_KEY",
    "AIML_API_KEY",
    "AIMLAPI_KEY",
    "AIMLAPI_BASE_URL",
    "AIMLAPI_API_BASE",
    "AIML_API_BASE",
)


def program(*arguments: str) -> list[str]:
    """Return the command; where tests run in the background, a signal that programs would ignore is heeded."""
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    return [sys.executable, "-c", f"{heed}; from bodydouble.mockserver.cli import main; main()", *arguments]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, "TERM": "xterm", "COLUMNS": "120"}


@contextlib.contextmanager
def double(*arguments: str) -> Iterator[str]:
    """Run ``bodydouble serve`` on a free port; yield its base URL."""
    process = subprocess.Popen(
        program("serve", "--port", "0", "--seed", "7", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment(), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        seen = ""
        for line in process.stdout:
            seen += line
            if match := re.search(r"http://127\.0\.0\.1:[0-9]+", line):
                yield match[0]
                break
        else:
            pytest.fail(f"serve ended without a URL:\n{seen}")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.fixture
def counted(tmp_path: Path) -> str:
    """A scenario that goes on with every poll: nobody can be too slow to see a status."""
    path = tmp_path / "counted.json"
    path.write_text(json.dumps({"name": "counted", "polls": {"queued": 1, "running": 1}}))
    return str(path)


def assert_playable(path: Path) -> None:
    with av.open(path) as video:
        frames = sum(1 for _ in video.decode(video=0))
        assert frames > 10
        assert video.streams.video[0].codec_context.name == "h264"


def test_generate_leaves_a_playable_file(tmp_path: Path, counted: str) -> None:
    (tmp_path / "here").mkdir()
    with double("--scenario", counted) as url:
        run = subprocess.run(
            program(
                "generate", "a paper boat", "-o", "boat.mp4", "--base-url", url, "--interval", "0.3", "--json"
            ),
            cwd=tmp_path / "here",
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
    assert run.returncode == 0, run.stderr
    assert_playable(tmp_path / "here" / "boat.mp4")
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["boat.mp4"]
    told = json.loads(run.stdout)
    assert (told["outcome"], told["file"], told["job"]["status"]) == ("done", "boat.mp4", "completed")
    assert run.stderr.splitlines()[0] == "queued"
    assert {"generating", "completed", "downloading"} <= set(run.stderr.splitlines())


def test_the_client_plays_with_the_double_in_process(tmp_path: Path, counted: str) -> None:
    scenarios = read(json.loads(Path(counted).read_text()), counted)

    async def scenario() -> list[str]:
        transport = httpx2.ASGITransport(
            create_app(seed=7, clock=ScaledClock(400), scenario="counted", scenarios=scenarios, url_ttl=1e6)
        )
        pace = Pace(first_poll=0.02, interval=0.02, longest=0.05)
        async with AsyncClient("any-key", base_url="http://double", transport=transport, pace=pace) as client:
            job = await client.create("a paper boat", enhance_prompt=False)
            statuses = [job.status] + [seen.status async for seen in client.events(job, 120)]
            await client.download(job.id, tmp_path / "boat.mp4")
            failing = {"Prefer": "scenario=fails-while-generating"}
            with pytest.raises(JobFailed) as caught:
                await client.generate("a paper boat", timeout=120, headers=failing)
            assert caught.value.job.error is not None
            with pytest.raises(Refused, match="prompt"):
                await client.create("x" * 3000)
            with pytest.raises(JobNotFound):
                await client.wait("never-issued", 5)
            return statuses

    assert asyncio.run(scenario()) == ["queued", "generating", "completed"]
    assert_playable(tmp_path / "boat.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to one process")
def test_ctrl_c_during_a_create_tells_how_to_look(tmp_path: Path) -> None:
    with serving(lambda _: silence) as server:
        process = subprocess.Popen(
            program("generate", "a paper boat", "--base-url", server.url),
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert server.requests[0].headers["x-client-request-id"] in err
    assert "/v2/logs?period=24h" in err
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to one process")
def test_ctrl_c_during_a_download_prints_the_line_that_takes_it_up(tmp_path: Path) -> None:
    first = iter([True])

    def half(connection: Connection) -> None:
        connection.send(whole(VIDEO, 200, {"Content-Type": "video/mp4", "ETag": '"v1"'})[:100_000])
        silence(connection)

    def script(seen: Seen) -> Act:
        if seen.path == "/v.mp4":
            return half if next(first, False) else ranged(VIDEO, seen)
        return reply(done(f"http://{seen.headers['host']}/v.mp4"))

    part = tmp_path / "boat.mp4.part"
    with serving(script) as server:
        process = subprocess.Popen(
            program("generate", "a paper boat", "-o", "boat.mp4", "--base-url", server.url),
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not part.exists() or part.stat().st_size < 50_000:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert not (tmp_path / "boat.mp4").exists()
        had = part.stat().st_size
        (line,) = re.findall(r"bodydouble job wait .+", err)
        subprocess.run(["bash", "-c", SHIM + line], cwd=tmp_path, env=environment(), check=True, timeout=60)
        assert server.requests[-1].headers["range"] == f"bytes={had}-"
    assert (tmp_path / "boat.mp4").read_bytes() == VIDEO
    assert [path.name for path in tmp_path.iterdir()] == ["boat.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_prints_the_line_that_pasted_finishes_the_job(tmp_path: Path) -> None:
    with double("--speed", "0.001") as url:
        process, leader = in_a_terminal(
            tmp_path, "generate", "a paper boat", "-o", "my boat.mp4", "--base-url", url, "--interval", "0.2"
        )
        screen = read_until(leader, r"next poll in")
        os.write(leader, b"\x03")
        screen += read_until(leader, r"-- \S+\r?\n")
        assert process.wait(timeout=60) == 130
        os.close(leader)
        assert re.search(r"(queued|generating) · \d+ s · next poll in \d+ s", screen)
        assert "goes on" in screen
        (line,) = re.findall(r"bodydouble job wait .+", screen)
        assert not (tmp_path / "my boat.mp4").exists()
        with Control(url) as control:
            control.clock.advance(1000)
        resumed = subprocess.run(
            ["bash", "-c", SHIM + line.strip()],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == "saved my boat.mp4\n"
    assert_playable(tmp_path / "my boat.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_shows_live_progress_and_a_playable_file_is_left(tmp_path: Path, counted: str) -> None:
    def act(limit: float) -> None:  # again if the machine stalls for as long as a status is shown
        with double("--scenario", counted) as url:
            words = ("generate", "a paper boat", "-o", "boat.mp4", "--base-url", url)
            process, leader = in_a_terminal(tmp_path, *words, "--interval", str(limit))
            screen = read_until(leader, r"saved boat\.mp4")
            assert process.wait(timeout=60) == 0
            os.close(leader)
        assert re.search(r"(queued|generating) · \d+ s · next poll in \d+ s", screen)

    with_time(act, (0.3, 3.0))
    assert_playable(tmp_path / "boat.mp4")


def in_a_terminal(folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the program in a pseudo-terminal of its own; return it and what is shown and typed through."""
    import pty  # noqa: PLC0415 - not on every system

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        program(*arguments),
        cwd=folder,
        env=environment(),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        preexec_fn=own_the_terminal,  # noqa: PLW1509 - the child starts no thread before exec
    )
    os.close(follower)
    return process, leader


def own_the_terminal() -> None:
    import fcntl  # noqa: PLC0415 - not on every system
    import termios  # noqa: PLC0415 - same

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(descriptor: int, pattern: str) -> str:
    """Return what a pseudo-terminal shows until ``pattern`` is there."""
    seen = ""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not re.search(pattern, seen):
        with contextlib.suppress(OSError):
            seen += os.read(descriptor, 4096).decode("utf-8", "replace")
    assert re.search(pattern, seen), seen
    return seen
