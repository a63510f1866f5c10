"""The state file alone: opened, locked, refused."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bodydouble.mockserver.state_file import APPLICATION, VERSION, StateError, StateFile

FACT = "INSERT OR REPLACE INTO facts VALUES (?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def file(path: Path) -> Iterator[StateFile]:
    opened = StateFile(path)
    yield opened
    opened.close()


def facts(file: StateFile) -> list[tuple[object, ...]]:
    return list(file.read("SELECT name, value FROM facts ORDER BY name"))


def test_what_is_written_is_there_when_the_file_is_opened_again(path: Path) -> None:
    file = StateFile(path)
    assert file.is_new
    file.write([(FACT, ("a", b"1")), (FACT, ("b", b"2"))])
    file.close()
    again = StateFile(path)
    assert (again.is_new, facts(again)) == (False, [("a", b"1"), ("b", b"2")])
    again.close()


def test_a_transaction_is_written_whole_or_not_at_all(file: StateFile) -> None:
    with pytest.raises(StateError, match="no such table"):
        file.write([(FACT, ("a", b"1")), ("INSERT INTO nowhere VALUES (1)", ())])
    assert facts(file) == []
    file.write([(FACT, ("a", b"1"))])
    assert facts(file) == [("a", b"1")]


def test_a_file_in_use_is_refused_and_says_so(file: StateFile) -> None:
    with pytest.raises(StateError, match="in use by another server"):
        StateFile(file.path)
    file.write([(FACT, ("a", b"1"))])


def test_a_file_that_was_closed_is_free(path: Path) -> None:
    StateFile(path).close()
    StateFile(path).close()


def test_only_its_owner_reads_the_file(file: StateFile) -> None:
    assert file.path.stat().st_mode & 0o077 == 0


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()


def other_application(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA application_id = 7")
        db.execute("CREATE TABLE theirs (a)")
    db.close()


def later(path: Path) -> None:
    StateFile(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()


def damaged(path: Path) -> None:
    file = StateFile(path)
    file.write([(FACT, (f"name {number}", b"x" * 500)) for number in range(200)])
    file.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(content)


def cut(path: Path) -> None:
    damaged(path)
    path.write_bytes(path.read_bytes()[: 4096 * 5 + 7])


REFUSED = {
    "text": (
        lambda path: path.write_text("not a database, but long enough to be looked at\n" * 50),
        "no state file",
    ),
    "foreign": (foreign, "something else"),
    "other application": (other_application, "something else"),
    "later": (later, "later version"),
    "damaged": (damaged, "damaged"),
    "cut off": (cut, "damaged"),
    "folder": (lambda path: path.mkdir(), "unable to open"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_and_left_as_it_was(path: Path, name: str) -> None:
    make, told = REFUSED[name]
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StateError, match=told) as caught:
        StateFile(path)
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize("name", ["no/such/folder/state.db", "bad\0name", "x" * 300])
def test_a_path_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StateError, match="cannot use"):
        StateFile(tmp_path / name)


def test_a_name_that_means_something_to_sqlite_is_a_file_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    StateFile(Path(":memory:")).close()
    assert (tmp_path / ":memory:").stat().st_size > 0


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()
    file = StateFile(path)
    assert file.is_new
    file.close()


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere"
)
def test_a_file_that_must_not_be_written_is_refused(path: Path) -> None:
    StateFile(path).close()
    path.chmod(0o400)
    with pytest.raises(StateError, match="readonly"):
        StateFile(path)


def test_the_file_is_known_by_its_number(path: Path) -> None:
    StateFile(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    db.close()
