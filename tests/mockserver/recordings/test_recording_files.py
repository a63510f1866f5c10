import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bodydouble.mockserver.recordings.recorder import MISC, Change
from bodydouble.mockserver.recordings.recording_files import FolderError, RecordingFolder, read_folder
from bodydouble.mockserver.recordings.recordings import Misc, Recording, RecordingError, Turn

EMPTY = Recording("job-1")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_job_has_a_file_and_everything_else_one(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path / "deep" / "er")
    for key in ("b", MISC, "a", "b", MISC):
        folder.save(Change(key, EMPTY if key != MISC else Misc(())))
    assert names(folder.folder) == ["job-0001.json", "job-0002.json", "misc-0001.json"]


def test_hostile_ids_name_no_file(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path)
    for key in ("../../evil", "/etc/passwd", "a\0b", "x" * 5000):
        assert folder.save(Change(key, EMPTY)).parent == tmp_path


def test_a_second_recorder_goes_on_counting(tmp_path: Path) -> None:
    RecordingFolder(tmp_path).save(Change("a", Recording("old")))
    RecordingFolder(tmp_path).save(Change("a", Recording("new")))
    assert [recording.job for recording in read_folder(tmp_path)] == ["old", "new"]


def test_recorders_beside_each_other_share_no_file(tmp_path: Path) -> None:
    def record(name: str) -> None:
        folder = RecordingFolder(tmp_path)
        for number in range(20):
            folder.save(Change(f"{name}-{number}", Recording(f"{name}-{number}")))

    program = f"""
from pathlib import Path
from bodydouble.mockserver.recordings.recorder import Change
from bodydouble.mockserver.recordings.recording_files import RecordingFolder
from bodydouble.mockserver.recordings.recordings import Recording
folder = RecordingFolder(Path({str(tmp_path)!r}))
for number in range(20):
    folder.save(Change(f"other-{{number}}", Recording(f"other-{{number}}")))
"""
    other = subprocess.Popen([sys.executable, "-c", program])
    record("own")
    assert other.wait(60) == 0
    assert {recording.job for recording in read_folder(tmp_path)} == {
        f"{name}-{number}" for name in ("own", "other") for number in range(20)
    }


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path)
    turns = tuple(Turn("poll", float(n), 0.1, 200, "queued") for n in range(300))
    changes = [Change("a", Recording("job-1", turns=turns[:count])) for count in (1, 300)]
    path = folder.save(changes[0])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for change in changes:
                folder.save(change)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        seen = {path.read_text() for _ in range(500)}
    finally:
        stop.set()
        thread.join()
    assert seen <= {change.text for change in changes}


def test_a_kill_leaves_whole_files(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from bodydouble.mockserver.recordings.recorder import Change
from bodydouble.mockserver.recordings.recording_files import RecordingFolder
from bodydouble.mockserver.recordings.recordings import Recording, Turn
folder = RecordingFolder(Path({str(tmp_path)!r}))
turns = ()
while True:
    turns += (Turn("poll", float(len(turns)), 0.1, 200, "queued"),)
    folder.save(Change("a", Recording("job-1", turns=turns)))
"""
    run = subprocess.Popen([sys.executable, "-c", program])
    while not (tmp_path / "job-0001.json").exists():
        time.sleep(0.01)
    time.sleep(0.3)
    run.send_signal(signal.SIGKILL)
    run.wait()
    (recording,) = read_folder(tmp_path)
    assert recording.turns


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="cannot record in"):
        RecordingFolder(tmp_path / "file")
    with pytest.raises(FolderError, match="cannot record in"):
        RecordingFolder(tmp_path / "file" / "below")


def test_recordings_are_read_by_name_and_nothing_else(tmp_path: Path) -> None:
    folder = RecordingFolder(tmp_path)
    for number in range(11):
        folder.save(Change(str(number), Recording(f"job-{number}")))
    folder.save(Change(MISC, Misc(())))
    (tmp_path / ".job-0001.json.abcd").write_text("half")
    (tmp_path / "notes.txt").write_text("mine")
    assert [recording.job for recording in read_folder(tmp_path)] == [f"job-{n}" for n in range(11)]


def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no folder at"):
        read_folder(tmp_path / "none")
    with pytest.raises(FolderError, match="no recording at"):
        read_folder(tmp_path)
    (tmp_path / "job-0001.json").write_bytes(b"\xff")
    with pytest.raises(RecordingError, match=r"job-0001\.json: not UTF-8"):
        read_folder(tmp_path)
    (tmp_path / "job-0001.json").write_text(json.dumps({"format": "x"}))
    with pytest.raises(RecordingError, match=r"job-0001\.json: no recording"):
        read_folder(tmp_path)
    (tmp_path / "job-0001.json").unlink()
    os.mkdir(tmp_path / "job-0001.json")  # noqa: PTH102 - a folder where a file is expected
    with pytest.raises(FolderError, match="cannot read"):
        read_folder(tmp_path)
