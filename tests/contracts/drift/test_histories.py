import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.drift.histories import read_history, version_name
from bodydouble.contracts.reading.documents import DocumentError
from tests.apis import jobs


def write(path: Path, document: Any) -> None:
    path.write_text(document if isinstance(document, str) else json.dumps(document))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "2025-02-01-bbbb.json", jobs(path="/b"))
    write(tmp_path / "2025-01-01-aaaa.json", jobs(path="/a"))
    write(tmp_path / "2025-03-01-cccc.json", json.dumps(jobs(path="/b"), indent=2))
    write(tmp_path / "2025-04-01-dddd.json", jobs(path="/a"))
    return tmp_path


def test_files_are_versions_in_the_order_of_their_names(folder: Path) -> None:
    history = read_history(str(folder), 50)
    assert [version.name for version in history.versions] == [
        "2025-01-01 (aaaa)",
        "2025-02-01 (bbbb)",
        "2025-04-01 (dddd)",
    ]
    assert history.unseen == history.notices == ()


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("2025-01-01-abc", "2025-01-01 (abc)"),
        ("2025-01-01", "2025-01-01"),
        ("v2", "v2"),
        ("2025-01-01x", "2025-01-01x"),
    ],
)
def test_versions_are_called_by_their_date(stem: str, name: str) -> None:
    assert version_name(stem) == name


@pytest.mark.parametrize("broken", ["", "{", "<html></html>", '{"openapi": "3.0.3", "paths": {}}'])
def test_a_version_that_cannot_be_looked_at_is_told_and_left_out(folder: Path, broken: str) -> None:
    write(folder / "2025-01-15-eeee.json", broken)
    history = read_history(str(folder), 50)
    assert len(history.versions) == 3
    assert [finding.source for finding in history.unseen] == [str(folder / "2025-01-15-eeee.json")]


def test_only_the_newest_are_taken_where_there_are_too_many(folder: Path) -> None:
    history = read_history(str(folder), 2)
    assert [version.name for version in history.versions] == ["2025-03-01 (cccc)", "2025-04-01 (dddd)"]
    assert history.notices == ("2 older versions were left out; --last takes more",)


def test_a_folder_of_folders_is_no_history(folder: Path) -> None:
    with pytest.raises(DocumentError, match="no history") as caught:
        read_history(str(folder.parent), 50)
    assert "name the folder that holds the versions" in str(caught.value)


def test_one_version_is_no_history_and_says_what_was_wrong_with_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.json", jobs())
    write(tmp_path / "b.json", "")
    with pytest.raises(DocumentError, match="the text is empty"):
        read_history(str(tmp_path), 50)


@pytest.mark.parametrize("named", ["missing", "git:", "git:x", "git::x"])
def test_what_is_not_there_is_an_error(tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentError):
        read_history(named, 50)


def test_commits_of_a_path_are_versions(tmp_path: Path) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    git("init", "-q")
    for document in (jobs(path="/a"), jobs(path="/b"), "broken"):
        write(tmp_path / "api.json", document)
        git("add", "-A")
        git("commit", "-qm", "m")
    git("rm", "-q", "api.json")
    git("commit", "-qm", "m")
    write(tmp_path / "api.json", jobs(path="/c"))
    git("add", "-A")
    git("commit", "-qm", "m")
    history = read_history(f"git:{tmp_path}:api.json", 50)
    assert [[*dict(f.document)["paths"]] for v in history.versions for f in v.fragments] == [
        ["/a"],
        ["/b"],
        ["/c"],
    ]
    assert ["removed on" in finding.message for finding in history.unseen] == [False, True]
