"""What was accepted last of a folder that is watched, kept in the folder itself."""

import shutil
from pathlib import Path
from secrets import token_hex

from .sides import Side

SNAPSHOT = ".accepted"
"""Its name begins with a dot, so that nobody takes it for fragments of the folder."""


def accepted(folder: str) -> str | None:
    """Return the name of what was accepted last of ``folder``, or None before the first time."""
    path = Path(folder) / SNAPSHOT
    return str(path) if path.is_dir() else None


def accept(folder: str, side: Side) -> int:
    """Keep the documents of ``side``, which was read from ``folder``; return how many files there are.

    The new snapshot is written beside the old one, and takes its place only when it is whole.

    Raises:
        OSError: It cannot be written; what was accepted before is still there.
    """
    root = Path(folder)
    new, old = root / f"{SNAPSHOT}-{token_hex(4)}", root / f"{SNAPSHOT}-{token_hex(4)}"
    files = dict.fromkeys(side.file_of(fragment.source) for fragment in side.fragments)
    try:
        for name in files:
            target = new / side.below(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, target)
        current = root / SNAPSHOT
        if current.exists():
            current.rename(old)
        new.rename(current)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return len(files)
