import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bodydouble.contracts.reading import git_objects
from bodydouble.contracts.reading.git_objects import GitError, Held, read_revision, read_versions

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.com")
        monkeypatch.setenv(f"GIT_{name}_DATE", "2026-01-02T03:04:05Z")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(tmp_path), *arguments], capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def commit(git: Git, message: str = "m") -> str:
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)
    return git("rev-parse", "HEAD")


@pytest.fixture
def repository(git: Git, tmp_path: Path) -> Path:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "a.json").write_text('{"v": 1}')
    (tmp_path / "api" / "b.yaml").write_text("v: 1")
    (tmp_path / "api" / "ignored.txt").write_text("no fragment")
    (tmp_path / "api" / ".hidden.json").write_text("{}")
    commit(git)
    (tmp_path / "api" / "a.json").write_text('{"v": 2}')
    commit(git)
    git("mv", "api/a.json", "api/ä b.json")
    commit(git)
    return tmp_path


def test_a_file_is_read_as_it_was(repository: Path) -> None:
    assert read_revision(repository, "HEAD~2", "api/a.json", "x") == (Held("", b'{"v": 1}'),)
    assert read_revision(repository, "HEAD~1", "/api//a.json", "x") == (Held("", b'{"v": 2}'),)


def test_a_folder_gives_its_candidate_files_by_name(repository: Path) -> None:
    held = read_revision(repository / "api", "HEAD", "api", "x")
    assert [(file.path, file.data) for file in held] == [("b.yaml", b"v: 1"), ("ä b.json", b'{"v": 2}')]
    assert [file.path for file in read_revision(repository, "HEAD~1", ".", "x")] == [
        "api/a.json",
        "api/b.yaml",
    ]


def test_an_empty_file_is_read_as_one(git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("")
    (tmp_path / "b.json").write_text("\n\n")
    commit(git)
    assert read_revision(tmp_path, "main", "", "x") == (Held("a.json", b""), Held("b.json", b"\n\n"))


def test_versions_of_a_file_are_followed_through_its_renaming(repository: Path) -> None:
    versions = read_versions(repository / "api", "api/ä b.json", "x")
    assert [version.files for version in versions] == [
        (Held("", b'{"v": 1}'),),
        (Held("", b'{"v": 2}'),),
        (Held("", b'{"v": 2}'),),
    ]
    assert {version.date for version in versions} == {"2026-01-02"}
    assert len({version.commit for version in versions}) == 3


def test_versions_of_a_folder_have_all_of_its_files(repository: Path) -> None:
    versions = read_versions(repository, "api", "x")
    assert [[file.path for file in version.files] for version in versions] == [
        ["a.json", "b.yaml"],
        ["a.json", "b.yaml"],
        ["b.yaml", "ä b.json"],
    ]


def test_a_commit_that_removed_the_file_has_no_files(git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("1")
    commit(git)
    git("rm", "-q", "a.json")
    commit(git)
    assert [version.files for version in read_versions(tmp_path, "a.json", "x")] == [(Held("", b"1"),), ()]


@pytest.mark.parametrize("revision", ["nowhere", "", "--help", "HEAD~99", "HEAD:api", "x\ny", "-", "a..b"])
def test_an_unknown_revision_is_named(repository: Path, revision: str) -> None:
    with pytest.raises(GitError, match="git knows no revision"):
        read_revision(repository, revision, "api", "git:?:api")


@pytest.mark.parametrize("path", ["nothing.json", "../outside", "--help", "api/*", ":(glob)**"])
def test_a_path_that_is_not_there_is_named(repository: Path, path: str) -> None:
    with pytest.raises(GitError, match="nothing is at"):
        read_revision(repository, "HEAD", path, "x")
    with pytest.raises(GitError, match=r"no commit has this path|outside repository"):
        read_versions(repository, path, "x")


def test_a_revision_or_path_with_a_null_character_is_an_error(repository: Path) -> None:
    with pytest.raises(GitError, match="cannot be run"):
        read_revision(repository, "HEAD", "a\0b", "x")


def test_a_folder_that_is_no_repository_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitError, match="no Git repository at"):
        read_revision(tmp_path, "HEAD", "a", "x")
    with pytest.raises(GitError, match="no Git repository at"):
        read_versions(tmp_path / "missing", "a", "x")


def test_a_repository_without_commits_knows_no_revision(git: Git, tmp_path: Path) -> None:
    assert git("status", "--short") == ""
    with pytest.raises(GitError, match="git knows no revision 'HEAD'"):
        read_revision(tmp_path, "HEAD", "a", "x")


def test_without_git_the_message_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(GitError, match="git is not installed"):
        read_revision(repository, "HEAD", "api", "x")


def test_too_much_is_refused_before_it_is_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_objects, "MAX_BYTES", 7)
    with pytest.raises(GitError, match="too large"):
        read_revision(repository, "HEAD~1", "api/a.json", "x")


def test_too_many_files_are_refused(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_objects, "MAX_ENTRIES", 1)
    with pytest.raises(GitError, match="too many files"):
        read_revision(repository, "HEAD", "api", "x")


def test_git_that_hangs_is_given_up(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = repository / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{repository}:/usr/bin:/bin")
    monkeypatch.setattr(git_objects, "TIMEOUT", 0.2)
    with pytest.raises(GitError, match="took more than"):
        read_revision(repository, "HEAD", "api", "x")
