import json
from pathlib import Path

import pytest

from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.mockserver.journals.har_reading import JournalError
from bodydouble.mockserver.recordings.recordings import (
    Asked,
    Misc,
    RecordingError,
    Said,
    Turn,
    render,
    render_misc,
)
from bodydouble.mockserver.recordings.seen_files import SeenError, read_seen
from tests.exchanging import JOBS
from tests.mockserver.recordings.test_exchanged import LIFE

LINE = {"method": "GET", "path": "/jobs", "status": 200, "reply": {"id": "1"}}
HAR = {
    "log": {
        "entries": [
            {"request": {"method": "GET", "url": "http://x/jobs"}, "response": {"status": 200, "content": {}}}
        ]
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "job-0001.json").write_text(render(LIFE))
    misc = Misc(((Asked("GET", "/x"), Turn("poll", 0, 1, 404, said=Said({}, {"message": "no"}))),))
    (tmp_path / "misc-0001.json").write_text(render_misc(misc))
    (tmp_path / "sub" / "journal.jsonl").write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE)}\n")
    (tmp_path / "sub" / "session.har").write_text(json.dumps(HAR))
    (tmp_path / "notes.txt").write_text("nothing recorded")
    return tmp_path


def test_a_folder_of_everything_is_read(folder: Path) -> None:
    found = read_seen(str(folder), JOBS)
    names = [Path(name).name for name, _ in found]
    assert names == ["job-0001.json"] * 5 + ["misc-0001.json"] + ["journal.jsonl"] * 2 + ["session.har"]


def test_a_file_is_known_by_what_it_holds_and_not_by_its_name(folder: Path) -> None:
    for name in ("sub/journal.jsonl", "sub/session.har", "job-0001.json"):
        (folder / "any.txt").write_text((folder / name).read_text())
        assert read_seen(str(folder / "any.txt"), JOBS)


def test_a_journal_of_one_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(LINE))
    assert len(read_seen(str(path), JOBS)) == 1


def test_a_folder_without_recordings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SeenError, match="nothing recorded"):
        read_seen(str(tmp_path), JOBS)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\xff", b"[1]", b"{}", b"{", b"[" * 100_000, b'{"format": "bodydouble recording 1"}'],
)
def test_what_holds_no_exchanges_is_an_error_or_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    try:
        found = read_seen(str(path), JOBS)
    except (DocumentError, JournalError, RecordingError) as problem:
        assert str(path) in str(problem)  # noqa: PT017 - some of them are recordings of nothing
    else:
        assert found == ()


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        read_seen(str(tmp_path / "missing.har"), JOBS)
