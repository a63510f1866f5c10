"""Files and folders to fragments: the one module of the contracts that reads what the user names."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bodydouble.contracts.findings import Finding, Severity

from .fragments import Fragment, FragmentError, NotOpenAPIError, parse

MAX_BYTES = 64 * 2**20
"""Of one file; the largest fragment published is 2.2 MB."""

MAX_ENTRIES = 100_000
"""Files and folders looked at below one folder, so that ``/`` is an error and no hour of waiting."""

SHOWN = 5
"""Files whose reasons an error about a whole folder names."""

SUFFIXES = (".json", ".yaml", ".yml", ".md")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file or folder holds.

    Attributes:
        fragments: At least one, in the order of the sorted file names.
        findings: One for each file of a folder that was passed over, with the reason.
    """

    fragments: tuple[Fragment, ...]
    findings: tuple[Finding, ...]


def read(path: Path) -> Loaded:
    """Return the fragments in a file, or in the files below a folder that end in one of ``SUFFIXES``.

    Folders are searched in sorted order, through symbolic links but never twice; names that begin with a dot
    are left out. A fragment's source is the path as given, extended below a folder by the names found there.

    Raises:
        FragmentError: Nothing is there or it may not be read, the named file holds no fragment or more than
            64 MiB, or no file of the folder holds one.
    """
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    return _folder(path) if stat.S_ISDIR(kind) else Loaded(_file(path), ())


def _file(path: Path) -> tuple[Fragment, ...]:
    return parse(contents(path), str(path))


def contents(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        FragmentError: It cannot be read, is no regular file (a pipe could keep us waiting for ever), or has
            more than 64 MiB.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FragmentError(str(path), "not a regular file", expected="a file or a folder")
        if status.st_size > MAX_BYTES:
            raise _too_large(path, status.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > MAX_BYTES:  # some files, those of /proc among them, have more to read than their size says
        raise _too_large(path, len(data))
    return data


def _too_large(path: Path, size: int) -> FragmentError:
    expected = f"at most {MAX_BYTES:,} bytes"
    return FragmentError(str(path), "too large", expected=expected, got=f"{size:,} bytes")


def _unreadable(path: Path, error: OSError | ValueError) -> FragmentError:
    if isinstance(error, FileNotFoundError):
        hint = f"files here are looked up from {Path.cwd()}" if not path.is_absolute() else ""
        return FragmentError(str(path), "no such file or folder", hint=hint)
    reason = getattr(error, "strerror", None) or str(error)
    return FragmentError(str(path), f"cannot be read: {reason}")


def _folder(folder: Path) -> Loaded:
    fragments: list[Fragment] = []
    findings: list[Finding] = []
    for path in _files(folder, findings):
        try:
            fragments.extend(_file(path))
        except FragmentError as error:
            findings.append(passed_over(error))
    if not fragments:
        raise nothing_in(str(folder), findings)
    return Loaded(tuple(fragments), tuple(findings))


def _files(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    """Candidate files below ``folder``, sorted; folders that cannot be listed are added to ``findings``."""

    def unlistable(error: OSError) -> None:
        findings.append(passed_over(_unreadable(Path(error.filename), error)))

    entered: set[tuple[int, int]] = set()
    seen = 0
    for place, folders, names in os.walk(folder, followlinks=True, onerror=unlistable):
        status = Path(place).stat()
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        seen += len(folders) + len(names)
        if seen > MAX_ENTRIES:
            raise FragmentError(str(folder), "too many files", expected=f"at most {MAX_ENTRIES:,} below it")
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if _is_candidate(name))


def _is_candidate(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def passed_over(error: FragmentError) -> Finding:
    """Return what is told of a file that a folder holds beside fragments and that is none, or cannot be read."""
    other = isinstance(error, NotOpenAPIError)
    where = f" (line {error.line})" if error.line else ""
    return Finding(
        rule="file-not-openapi" if other else "file-unreadable",
        severity=Severity.NOTE if other else Severity.WARNING,
        source=error.source,
        pointer="",
        message=f"passed over: {error.message}{where}",
        expected=error.expected,
        got=error.got,
        hint=error.hint,
    )


def nothing_in(folder: str, findings: list[Finding]) -> FragmentError:
    """Return the error for a folder of which every file was passed over."""
    shown = "; ".join(f"{finding.source}: {finding.message}" for finding in findings[:SHOWN])
    more = f"; and {len(findings) - SHOWN} more" if len(findings) > SHOWN else ""
    return FragmentError(
        folder,
        "no OpenAPI document in this folder",
        expected=f"a file that ends in {', '.join(SUFFIXES)} and holds one",
        got=shown + more or "no such file",
    )
