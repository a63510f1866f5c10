"""``proxy --record``, then ``serve --replay`` and ``learn``: the reference client is told the same story."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bodydouble.client import Client, Pace
from tests.limits import with_time

from .doubles import COMMAND

pytestmark = pytest.mark.timeout(300)
SLOWER = (1.0, 5.0, 20.0)
"""How many times as slow a life is told: a machine that stalls for the whole of a status does not see it."""
PACE = Pace(first_poll=0.05, interval=0.05, growth=1.0, jitter=0.0)


@contextmanager
def running(*words: str) -> Iterator[str]:
    """A command that serves; its origin. It is stopped as a person stops it."""
    process = subprocess.Popen(
        [COMMAND, *words, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout
        found = None
        while found is None:
            line = process.stdout.readline()
            assert line, f"{words} did not start"
            found = re.search(r"http://127\S+", line)
        yield found[0]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()


def story(origin: str, folder: Path) -> tuple[str, list[str], int]:
    """A job's id, the statuses that the client was told in their order, and the bytes of its result."""
    with Client("sk-test-key", base_url=origin, pace=PACE, environ={}) as client:
        job = client.create("a paper boat")
        told = [job.status, *(each.status for each in client.events(job, 120))]
        target = folder / "video.mp4"
        client.download(client.look(job), target)
        size = target.stat().st_size
        target.unlink()
        return job.id, list(dict.fromkeys(told)), size


def test_what_was_recorded_is_told_again_and_can_be_learnt(tmp_path: Path) -> None:
    recordings, learned = tmp_path / "recordings", tmp_path / "learned.json"
    with (
        running("serve", "--speed", "100", "--seed", "5") as upstream,
        running("proxy", "--upstream", upstream, "--record", str(recordings)) as proxy,
    ):
        recorded, statuses, size = story(proxy, tmp_path)
    assert (statuses[0], statuses[-1]) == ("queued", "completed")
    assert [path.name for path in recordings.glob("job-*.json")] == ["job-0001.json"]

    def again(pause: float) -> None:
        with running("serve", "--replay", str(recordings), "--speed", f"{1 / pause:g}") as replayed:
            lives = [story(replayed, tmp_path) for _ in range(2)]
        assert [told for _, told, _ in lives] == [statuses, statuses]
        assert [got for *_, got in lives] == [size, size]
        assert len({recorded, *(job for job, *_ in lives)}) == 3

    with_time(again, SLOWER)
    done = subprocess.run(
        [COMMAND, "learn", str(recordings), "-o", str(learned)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    def as_learned(pause: float) -> None:
        with running("serve", "--scenario", str(learned), "--speed", f"{1 / pause:g}") as scene:
            assert story(scene, tmp_path)[1:] == (statuses, size)

    with_time(as_learned, SLOWER)


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "no recording at"), ("{}", "no recording; expected"), ('{"format"', "no JSON")],
)
def test_a_folder_that_cannot_be_replayed_ends_it_at_once(
    tmp_path: Path, content: str | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "job-0001.json").write_text(content)
    done = subprocess.run(
        [COMMAND, "serve", "--port", "0", "--replay", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr
