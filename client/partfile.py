"""A file that is absent or whole: bytes gather beside it, and one rename puts them in place.

For the destination ``boat.mp4``, bytes gather in ``boat.mp4.part`` and what they are part of is noted in
``boat.mp4.part.json``. A process that dies leaves both, and the next download goes on from there. An
exclusive lock on the part file keeps a second download out.
"""

import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from .heads import Note

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        # Locks are mandatory there, so one far beyond the data is taken.
        os.lseek(descriptor, 1 << 40, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Locked(OSError):
    """Another download writes to the same destination."""


def check_destination(destination: Path) -> None:
    """Find out, before anything is paid for, whether ``destination`` can be written.

    Raises:
        OSError: It is a directory or a device, its directory is missing or not writable, or its name is too
            long.
    """
    PartFile(destination).close()


class PartFile:
    """The bytes that have come so far; open and locked from construction to :meth:`close`."""

    def __init__(self, destination: Path) -> None:
        """Open and lock the part file of ``destination``.

        Raises:
            Locked: Another download has it.
            OSError: It cannot be opened.
        """
        if destination.is_dir():
            raise IsADirectoryError(f"{destination} is a directory")
        if destination.exists() and not destination.is_file():
            # /dev/null would be replaced by the video, for everybody on the machine.
            raise FileExistsError(f"{destination} is no regular file")
        self.destination = destination
        self._path = destination.with_name(destination.name + ".part")
        self._note_path = destination.with_name(destination.name + ".part.json")
        self._descriptor = _open_locked(self._path)
        self._done = False
        self.size = os.fstat(self._descriptor).st_size
        self.note = _read_note(self._note_path) if self.size else None

    def restart(self, note: Note | None) -> None:
        """Drop all bytes; those that follow are part of what ``note`` says."""
        # In this order: a death in between leaves no bytes under a note that they do not belong to.
        os.ftruncate(self._descriptor, 0)
        self.size, self.note = 0, note
        if note is None:
            self._note_path.unlink(missing_ok=True)
        else:
            temporary = self._note_path.with_suffix(".tmp")
            temporary.write_text(json.dumps(asdict(note)), "utf-8")
            temporary.replace(self._note_path)

    def append(self, data: bytes) -> None:
        """Add ``data``."""
        view = memoryview(data)
        os.lseek(self._descriptor, self.size, os.SEEK_SET)
        while view:
            written = os.write(self._descriptor, view)
            self.size += written
            view = view[written:]

    def head(self, length: int) -> bytes:
        """Return the first ``length`` bytes, or all if there are fewer."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, length)

    def finish(self) -> None:
        """Put the file in place, durably."""
        os.fsync(self._descriptor)
        if sys.platform == "win32":
            os.close(self._descriptor)  # an open file cannot be renamed there
            self._done = True
            self._path.replace(self.destination)
        else:
            # Renamed while locked, so that nobody can take the lock on a file that is about to be moved.
            self._path.replace(self.destination)
            os.close(self._descriptor)
            self._done = True
            _sync_directory(self.destination.parent)
        self._note_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go; bytes stay for the next download, an empty part file does not."""
        if self._done:
            return
        self._done = True
        if sys.platform == "win32":
            os.close(self._descriptor)  # an open file cannot be removed there
        if not self.size:
            self._path.unlink(missing_ok=True)
            self._note_path.unlink(missing_ok=True)
        if sys.platform != "win32":
            os.close(self._descriptor)


def _open_locked(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            _lock(descriptor)
            if _is_at(descriptor, path):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            raise Locked(f"another download is writing {path}") from error
        # Its former owner finished and moved it away between our opening and our locking.
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _read_note(path: Path) -> Note | None:
    """Return the note at ``path``, or None if there is none that can be believed."""
    try:
        data = json.loads(path.read_bytes())
        source, validator, total = data["source"], data["validator"], data["total"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if isinstance(source, str) and isinstance(validator, str) and (total is None or type(total) is int):
        return Note(source=source, validator=validator, total=total)
    return None


def _sync_directory(path: Path) -> None:
    # Some file systems cannot, some users may not; the rename itself has happened.
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
