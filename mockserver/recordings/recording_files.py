"""Recordings in a folder: each file written whole, no file ever written by two."""

import os
from collections.abc import Iterator
from pathlib import Path

from bodydouble.mockserver.files import write_whole

from .recorder import MISC, Change
from .recordings import Recording, RecordingError, parse


class FolderError(OSError):
    """A folder cannot be recorded in or read; the message says why and what to try."""


class RecordingFolder:
    """The files of one recorder: ``job-0001.json`` and on, ``misc-0001.json`` for everything else.

    Several recorders may share a folder: a name is taken by creating the file, which only one can do.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            write_whole(probe, "")
            probe.unlink()
        except OSError as problem:
            raise FolderError(f"cannot record in {folder}: {problem.strerror or problem}") from None
        self.folder = folder
        self._paths: dict[str, Path] = {}

    def save(self, change: Change) -> Path:
        """Write the file that ``change`` is about; return its path.

        Raises:
            OSError: It cannot be written; what was there before is still there.
        """
        path = self._paths.get(change.key)
        if path is None:
            path = self._paths[change.key] = self._first(change)
        else:
            write_whole(path, change.text)
        return path

    def _first(self, change: Change) -> Path:
        stem = "misc" if change.key == MISC else "job"
        ready = self.folder / f".{stem}-{os.getpid()}"
        write_whole(ready, change.text)
        try:
            for path in self._free(stem):
                try:
                    path.hardlink_to(ready)
                except FileExistsError:
                    continue
                return path
        finally:
            ready.unlink(missing_ok=True)
        raise FolderError(f"no name is free in {self.folder}")

    def _free(self, stem: str) -> Iterator[Path]:
        taken = [name.stem.rpartition("-")[2] for name in self.folder.glob(f"{stem}-*.json")]
        start = max((int(number) for number in taken if number.isdecimal()), default=0) + 1
        yield from (self.folder / f"{stem}-{number:04}.json" for number in range(start, start + 10_000))


def read_folder(folder: Path) -> tuple[Recording, ...]:
    """Return the recordings in ``folder``, by name.

    Raises:
        FolderError: There is no such folder, no recording in it, or a file cannot be read.
        RecordingError: A file named like a recording is none.
    """
    paths = sorted(folder.glob("job-*.json"))
    if not paths:
        what = "no recording" if folder.is_dir() else "no folder"
        raise FolderError(
            f"{what} at {folder}: expected job-*.json as 'bodydouble proxy --record' writes them"
        )
    return tuple(map(_read, paths))


def _read(path: Path) -> Recording:
    try:
        return parse(path.read_text("utf-8"), str(path))
    except UnicodeDecodeError:
        raise RecordingError(f"{path}: not UTF-8") from None
    except OSError as problem:
        raise FolderError(f"cannot read {path}: {problem.strerror or problem}") from None
