"""Files that are written whole or not at all."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path``: a crash in the middle leaves what was there.

    Raises:
        OSError: The folder is missing, may not be written to, or is full.
    """
    write_together({path: text})


def write_together(files: Mapping[Path, str]) -> None:
    """Write several files: every text is on disk before the first file is replaced, and if one cannot be, none is.

    Raises:
        OSError: A folder is missing, may not be written to, or is full, or a path is one of a folder.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            _refuse_folder(path)
            staged[path] = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
            with staged[path].open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in staged.items():
            temporary.replace(path)
    except BaseException:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
        raise


def _refuse_folder(path: Path) -> None:
    """What would only be noticed when other files have been replaced already."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
