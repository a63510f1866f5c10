"""Published versions of one document, in order: files of a folder by their names, or the commits of a path."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.fragments import Fragment, FragmentError, parse
from bodydouble.contracts.reading.git_objects import Committed, read_versions
from bodydouble.contracts.reading.sources import SUFFIXES, contents, passed_over

from .sides import GIT, NotComparable, Side, check_comparable, side_of
from .versions import Version

_DATED = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?:-(?P<rest>.+))?")
_SHORT = 8
ENOUGH = 2
"""Versions without which there is no story."""


@dataclass(frozen=True, slots=True)
class History:
    """Versions, the oldest first.

    Attributes:
        name: As the user named it.
        versions: At least two that can be compared; neighbours differ in what they say.
        unseen: One finding for each version that could not be looked at.
        notices: What the reader should know beside, in words.
    """

    name: str
    versions: tuple[Version, ...]
    unseen: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()


def read_history(named: str, last: int) -> History:
    """Return the versions in a folder or of a path in a repository.

    Args:
        named: A folder of files called ``DATE-COMMIT.json`` (any names that sort by time do), or ``git:REPO:PATH``.
        last: How many versions at most, the newest ones.

    Raises:
        DocumentError: It cannot be read, or has fewer than two versions that can be compared.
    """
    told = list(_commits(named) if named.startswith(GIT) else _files(Path(named)))
    dropped = max(0, len(told) - last)
    sides = [each for each in told[dropped:] if isinstance(each, Side)]
    unseen = tuple(each for each in told[dropped:] if isinstance(each, Finding))
    if len(sides) < ENOUGH:
        reasons = "; ".join(f"{finding.source}: {finding.message}" for finding in unseen[:5])
        raise NotComparable(
            named,
            "no history",
            expected="at least two versions that can be compared",
            got=f"{len(sides)}" + (f"; {reasons}" if reasons else ""),
            hint="name the folder that holds the versions themselves, or git:REPO:PATH",
        )
    notices = (f"{dropped} older versions were left out; --last takes more",) if dropped else ()
    return History(named, tuple(_differing(sides)), unseen, notices)


def _differing(sides: Iterable[Side]) -> Iterator[Version]:
    """Versions without those that say what the one before said, byte for byte or not."""
    before: list[object] | None = None
    for side in sides:
        documents: list[object] = [fragment.document for fragment in side.fragments]
        if documents != before:
            yield Version(side.fragments, side.name)
        before = documents


def _files(folder: Path) -> Iterator[Side | Finding]:
    try:
        paths = sorted(path for path in folder.iterdir() if _is_version(path))
    except OSError as problem:
        raise FragmentError(str(folder), f"cannot be read: {problem.strerror or problem}") from None
    for path in paths:
        yield _side(str(path), version_name(path.stem), partial(_parsed, path))


def _is_version(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) and not path.name.startswith(".") and path.is_file()


def version_name(stem: str) -> str:
    """Return what reports call a version, from its file's name: ``"2025-11-20 (168fc342)"``."""
    dated = _DATED.fullmatch(stem)
    if not dated:
        return stem
    return f"{dated['date']} ({dated['rest']})" if dated["rest"] else dated["date"]


def _commits(named: str) -> Iterator[Side | Finding]:
    repository, colon, path = named.removeprefix(GIT).rpartition(":")
    if not colon or not repository:
        raise FragmentError(named, "no repository and path", expected="git:REPO:PATH", hint="git:.:api.json")
    for committed in read_versions(Path(repository), path, named):
        yield _committed(committed, path)


def _committed(committed: Committed, path: str) -> Side | Finding:
    name = f"{committed.date} ({committed.commit[:_SHORT]})"
    source = f"git:{committed.commit[:_SHORT]}:{path}"
    if not committed.files:
        return passed_over(FragmentError(source, f"removed on {committed.date}"))
    return _side(source, name, partial(_held, source, committed))


def _parsed(path: Path) -> tuple[Fragment, ...]:
    return parse(contents(path), str(path))


def _held(source: str, committed: Committed) -> tuple[Fragment, ...]:
    return side_of(source, committed.files).fragments


def _side(source: str, name: str, read: Callable[[], tuple[Fragment, ...]]) -> Side | Finding:
    """One version under its name; a finding where it cannot be read or has nothing to compare."""
    try:
        side = Side(name, read())
        check_comparable(side)
    except DocumentError as problem:
        told = FragmentError(
            source, problem.message, line=problem.line, expected=problem.expected, got=problem.got
        )
        return passed_over(told)
    return side
