"""The state file: a server's worlds in SQLite, so that they outlive its process. A named shell: it owns the file.

One process at a time: the file is locked as long as it is open, and the lock falls with the process, however that
ends. Every change is one transaction in a write-ahead log, which survives a crash of the process whole; the log is
flushed to the disk now and then (``synchronous=NORMAL``), so that a power failure may cost the last transactions,
but never damages what came before.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

APPLICATION = 0x626F6479
"""Names our files among all SQLite files."""
VERSION = 1
PATIENCE = 1.0
"""Seconds that another process gets to let go of the file."""
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE scenarios (number INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE worlds (
    name TEXT PRIMARY KEY, setup BLOB NOT NULL, counts BLOB NOT NULL, used REAL NOT NULL, rest BLOB
) WITHOUT ROWID;
CREATE TABLE jobs (
    place INTEGER PRIMARY KEY, world TEXT NOT NULL, id TEXT NOT NULL, note BLOB NOT NULL, UNIQUE (world, id)
);
CREATE TABLE entries (
    world TEXT NOT NULL, number INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (world, number)
) WITHOUT ROWID;
"""
Row = tuple[Any, ...]
"""Values, as SQLite knows them."""
Statement = tuple[str, Row]
"""SQL with a question mark for each value that follows."""


class StateError(ValueError):
    """The state cannot be read or written; the message says why and what to try."""


class StateFile:
    """An open state file.

    Attributes:
        path: Where it is.
        is_new: Whether nothing was in it.

    Raises:
        StateError: It cannot be opened: locked, foreign, damaged, of a later version, not writable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = False
        try:
            _make(path)
            # Absolute, since SQLite gives some names, such as ":memory:", a meaning of their own.
            self._db = sqlite3.connect(
                str(path.absolute()), timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error, ValueError) as problem:
            raise self._told(problem) from None
        try:
            with self._telling():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def read(self, statement: str, *values: object) -> list[Row]:
        """Return the rows of a query.

        Raises:
            StateError: The file cannot be read.
        """
        with self._telling():
            return self._db.execute(statement, values).fetchall()

    def write(self, statements: Iterable[Statement]) -> None:
        """Perform statements in one transaction: all of them or none.

        Raises:
            StateError: The file cannot be written.
        """
        listed = tuple(statements)
        with self._telling():
            if len(listed) == 1:  # a transaction by itself
                self._db.execute(*listed[0])
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in listed:
                    self._db.execute(statement, values)
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Put the log into the file, and let go of it."""
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _prepare(self) -> None:
        # Nothing is changed before the file is known to be ours.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self.is_new = not tables and application in (0, APPLICATION)
        if not self.is_new and application != APPLICATION:
            raise StateError(f"{self.path} is a database of something else; choose another file")
        if version > VERSION:
            raise StateError(
                f"{self.path} was written by a later version of bodydouble (format {version}; this one reads "
                f"up to {VERSION}); upgrade, or choose another file"
            )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("BEGIN EXCLUSIVE")
        self._db.execute("COMMIT")
        if self.is_new:
            self._found()
        else:
            self._look()

    def _found(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.split(";"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")
        self._db.execute("COMMIT")

    def _look(self) -> None:
        (verdict,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise StateError(f"{self.path} is damaged: {verdict}; choose another file")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise self._told(problem) from None

    def _told(self, problem: Exception) -> StateError:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        if "locked" in reason:
            return StateError(f"{self.path} is in use by another server; stop it, or choose another file")
        if "not a database" in reason:
            return StateError(f"{self.path} is no state file, or damaged ({reason}); choose another file")
        if "malformed" in reason:
            return StateError(f"{self.path} is damaged: {reason}; choose another file")
        return StateError(f"cannot use {self.path} for the state: {reason}")


def _make(path: Path) -> None:
    """Make the file, readable for its owner only: the seed in it signs the URLs of results."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
