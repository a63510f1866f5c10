"""A file that is absent or whole: lock, note, rename."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bodydouble.client.heads import Note
from bodydouble.client.partfile import Locked, PartFile, check_destination

NOTE = Note(source="job-1 0", validator='"v1"', total=6)


def test_bytes_gather_beside_the_destination_until_they_are_whole(tmp_path: Path) -> None:
    target = tmp_path / "boat.mp4"
    part = PartFile(target)
    part.restart(NOTE)
    part.append(b"abc")
    assert not target.exists()
    part.append(b"def")
    part.finish()
    assert target.read_bytes() == b"abcdef"
    assert list(tmp_path.iterdir()) == [target]


def test_what_was_left_is_found_with_its_note(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "boat.mp4")
    part.restart(NOTE)
    part.append(b"abc")
    part.close()
    again = PartFile(tmp_path / "boat.mp4")
    assert (again.size, again.note, again.head(2)) == (3, NOTE, b"ab")
    again.append(b"d")
    assert again.head(10) == b"abcd"
    again.close()


def test_an_empty_part_file_is_not_left(tmp_path: Path) -> None:
    PartFile(tmp_path / "boat.mp4").close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 5000,
        '{"source": 1, "validator": "", "total": 1}',
        '{"source": "a", "validator": "", "total": "1"}',
        '{"source": "a", "validator": "", "total": true}',
    ],
)
def test_a_note_that_cannot_be_believed_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "boat.mp4.part").write_bytes(b"abc")
    (tmp_path / "boat.mp4.part.json").write_text(text)
    part = PartFile(tmp_path / "boat.mp4")
    assert part.note is None
    part.close()


def test_bytes_without_a_note_have_none(tmp_path: Path) -> None:
    (tmp_path / "boat.mp4.part").write_bytes(b"abc")
    part = PartFile(tmp_path / "boat.mp4")
    assert (part.size, part.note) == (3, None)
    part.close()


def test_a_death_between_dropping_and_noting_leaves_no_bytes_under_a_false_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = PartFile(tmp_path / "boat.mp4")
    part.restart(NOTE)
    part.append(b"abc")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", die)
    with pytest.raises(KeyboardInterrupt):
        part.restart(Note(source="job-2 0", validator="", total=9))
    assert (tmp_path / "boat.mp4.part").stat().st_size == 0
    part.close()


def test_a_second_opener_is_kept_out_until_the_first_is_done(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "boat.mp4")
    with pytest.raises(Locked, match="another download"):
        PartFile(tmp_path / "boat.mp4")
    program = (
        "import sys; from pathlib import Path; from bodydouble.client.partfile import PartFile; "
        "PartFile(Path(sys.argv[1]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "boat.mp4")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "another download" in other.stderr
    part.restart(NOTE)
    part.append(b"x")
    part.close()
    PartFile(tmp_path / "boat.mp4").close()


def test_a_lock_on_a_file_that_was_moved_away_meanwhile_is_not_taken_for_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = PartFile(tmp_path / "boat.mp4")
    first.restart(NOTE)
    first.append(b"abcdef")
    real_open = os.open
    calls: list[str] = []

    def open_then_lose(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = real_open(path, flags, mode)
        if str(path).endswith(".part") and not calls:
            calls.append("finished in between")
            first.finish()
        return descriptor

    monkeypatch.setattr(os, "open", open_then_lose)
    second = PartFile(tmp_path / "boat.mp4")
    second.restart(NOTE)
    second.append(b"other!")
    assert (tmp_path / "boat.mp4").read_bytes() == b"abcdef"
    second.close()


def test_a_link_in_place_of_the_part_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"do not touch")
    (tmp_path / "boat.mp4.part").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        PartFile(tmp_path / "boat.mp4")
    assert (tmp_path / "precious").read_bytes() == b"do not touch"


def test_a_destination_is_checked_without_a_trace(tmp_path: Path) -> None:
    check_destination(tmp_path / "boat.mp4")
    assert not list(tmp_path.iterdir())
    (tmp_path / "boat.mp4.part").write_bytes(b"abc")
    (tmp_path / "boat.mp4.part.json").write_text(json.dumps({"source": "a", "validator": "b", "total": 1}))
    check_destination(tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4.part").read_bytes() == b"abc"


@pytest.mark.parametrize("name", ["", "missing/boat.mp4", "x" * 300])
def test_a_destination_that_cannot_be_written_is_found_out(name: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"directory|too long"):
        check_destination(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="devices and pipes are files on POSIX")
@pytest.mark.parametrize("through", ["", "a link"])
def test_a_device_or_a_pipe_is_not_replaced_by_a_file(through: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "null")
    if through:
        (tmp_path / through).symlink_to(tmp_path / "null")
    before = sorted(tmp_path.iterdir())
    for open_it in (check_destination, PartFile):
        with pytest.raises(OSError, match="no regular file"):
            open_it(tmp_path / (through or "null"))
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="directories are not opened there")
def test_a_directory_that_cannot_be_synced_does_not_undo_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = PartFile(tmp_path / "boat.mp4")
    part.append(b"x")

    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    part.finish()
    assert (tmp_path / "boat.mp4").read_bytes() == b"x"


DYING = """
import itertools, os, sys
from pathlib import Path
from bodydouble.client.heads import Note
from bodydouble.client.partfile import PartFile

CALLS = ("open", "ftruncate", "lseek", "write", "fsync", "replace", "rename", "unlink", "close")

def die_at(step):
    left = itertools.count(step, -1)
    def dying(name, call):
        def do(*arguments, **more):
            if next(left) == 0:
                if name == "write":
                    call(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os._exit(9)
            return call(*arguments, **more)
        return do
    for name in CALLS:
        setattr(os, name, dying(name, getattr(os, name)))

def download(target):
    part = PartFile(target)
    part.restart(Note(source="job-1 0", validator='"v1"', total=8))
    part.append(b"abcd")
    part.append(b"efgh")
    part.finish()

for step in itertools.count():
    target = Path(sys.argv[1], str(step), "boat.mp4")
    target.parent.mkdir()
    target.write_bytes(b"an older boat")
    target.with_name("boat.mp4.part").write_bytes(b"another")
    target.with_name("boat.mp4.part.json").write_text('{"source": "job-0 0", "validator": "", "total": 9}')
    child = os.fork()
    if not child:
        die_at(step)
        download(target)
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills copies of a process")
def test_a_process_that_dies_at_any_step_leaves_the_old_file_or_the_new_one_and_can_be_gone_on_from(
    tmp_path: Path,
) -> None:
    subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=True, timeout=100)
    places = sorted(tmp_path.iterdir(), key=lambda place: int(place.name))
    older = [(place / "boat.mp4").read_bytes() == b"an older boat" for place in places]
    assert older.count(True) > 8
    assert older == sorted(older, reverse=True), "one step puts the new file in place"
    for place in places:
        assert (place / "boat.mp4").read_bytes() in (b"an older boat", b"abcdefgh")
        part = PartFile(place / "boat.mp4")
        if part.note is None or part.note.source != "job-1 0":
            part.restart(Note(source="job-1 0", validator='"v1"', total=8))
        part.append(b"abcdefgh"[part.size :])
        part.finish()
        assert (place / "boat.mp4").read_bytes() == b"abcdefgh"
        assert list(place.iterdir()) == [place / "boat.mp4"]


def test_the_file_put_in_place_is_the_one_that_was_written_and_its_directory_is_synced_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = PartFile(tmp_path / "boat.mp4")
    part.append(b"x")
    written = (tmp_path / "boat.mp4.part").stat().st_ino
    synced: list[tuple[int, bool]] = []
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append((os.fstat(descriptor).st_ino, (tmp_path / "boat.mp4").exists()))
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    part.finish()
    assert (tmp_path / "boat.mp4").stat().st_ino == written
    expected = [(written, False), (tmp_path.stat().st_ino, True)]
    assert synced == expected[: 1 if sys.platform == "win32" else 2]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX's")
def test_the_file_has_the_usual_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        part = PartFile(tmp_path / "boat.mp4")
    finally:
        os.umask(old)
    part.append(b"x")
    part.finish()
    assert (tmp_path / "boat.mp4").stat().st_mode & 0o777 == 0o640
