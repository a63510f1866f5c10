import re
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

COMMAND = (sys.executable, "-c", "from bodydouble.mockserver.cli import main; main()", "demo")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path, float]:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "boat.mp4").write_bytes(b"mine")
    started = time.monotonic()
    done = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return done, folder, time.monotonic() - started


def test_the_demo_ends_well_in_under_ten_seconds(
    demo: tuple[subprocess.CompletedProcess[str], Path, float],
) -> None:
    done, _, seconds = demo
    assert (done.returncode, done.stderr) == (0, "")
    assert seconds < 10


def test_the_timeline_shows_one_success_and_one_failure(
    demo: tuple[subprocess.CompletedProcess[str], Path, float],
) -> None:
    statuses = re.findall(r"\d s  (?:POST|GET ) +(\w+)", demo[0].stdout)
    assert statuses == ["queued", "generating", "completed", "queued", "generating", "error"]
    assert "GenerationError" in demo[0].stdout


def test_the_video_plays_and_nothing_is_overwritten(
    demo: tuple[subprocess.CompletedProcess[str], Path, float],
) -> None:
    _, folder, _ = demo
    assert (folder / "boat.mp4").read_bytes() == b"mine"
    assert sorted(path.name for path in folder.iterdir()) == ["boat-2.mp4", "boat.mp4"]
    with av.open(str(folder / "boat-2.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) > 20


def test_a_seed_repeats_the_demo(
    demo: tuple[subprocess.CompletedProcess[str], Path, float], tmp_path: Path
) -> None:
    again = subprocess.run(COMMAND, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    ids = [re.findall(r"[0-9a-f-]{36}", run.stdout) for run in (demo[0], again)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2
