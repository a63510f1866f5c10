from pathlib import Path

import pytest

from bodydouble.mockserver.files import write_together, write_whole


def test_a_file_is_written_with_the_permissions_of_any_other(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("x")
    write_whole(tmp_path / "made", "ä\n")
    assert (tmp_path / "made").read_bytes() == "ä\n".encode()
    assert (tmp_path / "made").stat().st_mode == other.stat().st_mode


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "file", "text")


def test_files_are_written_together(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    second.write_text("old")
    write_together({first: "1", second: "2"})
    assert (first.read_text(), second.read_text()) == ("1", "2")
    assert sorted(tmp_path.iterdir()) == [first, second]


@pytest.mark.parametrize("broken", ["folder", "nowhere/file", "text"])
def test_where_one_file_cannot_be_written_none_is(tmp_path: Path, broken: str) -> None:
    first = tmp_path / "a"
    first.write_text("old")
    (tmp_path / "folder").mkdir()
    text = "new \ud800" if broken == "text" else "new"
    with pytest.raises((OSError, UnicodeEncodeError)):
        write_together({first: "new", tmp_path / broken: text})
    assert first.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder"]
