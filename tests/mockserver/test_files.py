from pathlib import Path

import pytest

from bodydouble.mockserver.files import write_whole


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
