"""What one side of a comparison is: a file, a folder, a page, an address, a revision, or the bundled contract."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bodydouble.contracts.bundle import SOURCES, bundled_text
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.fragments import Fragment, FragmentError, parse
from bodydouble.contracts.reading.git_objects import Held, read_revision
from bodydouble.contracts.reading.sources import contents, nothing_in, passed_over, read
from bodydouble.contracts.reading.web import DEFAULT_TIMEOUT, fetch, is_address, shown_address

from .versions import Version

BUNDLED = "bundled"
GIT = "git:"

_NUMBER = re.compile(r"#[1-9][0-9]{0,5}\Z")


class NotComparable(FragmentError):
    """A side that cannot be looked at; that is never the same as no difference."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side, read.

    Attributes:
        name: As the user named it, without what may be secret.
        fragments: At least one, with at least one operation among them; as published, no overlay applied.
        root: What the names of all fragments begin with where the side is a folder, and what names below it leave out.
        passed: One finding for each file of a folder that was passed over.
        texts: What was read and is no file here, by its name.
    """

    name: str
    fragments: tuple[Fragment, ...]
    root: str = ""
    passed: tuple[Finding, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)

    def text_of(self, source: str) -> bytes | None:
        """Return the text in which a fragment of this side is written, or None where it cannot be had any more."""
        name = self.file_of(source)
        if self.texts:
            return self.texts.get(name)
        try:
            return contents(Path(name))
        except DocumentError:
            return None

    def file_of(self, source: str) -> str:
        """Return the name of the file that a fragment is in: a page or stream of several numbers them."""
        without = _NUMBER.sub("", source)
        is_there = source in self.texts if self.texts else without == source or Path(source).is_file()
        return source if is_there else without

    def below(self, source: str) -> str:
        """Return a fragment's name below the folder; as it is where the side is no folder."""
        return source.removeprefix(self.root)


def read_side(named: str, *, timeout: float = DEFAULT_TIMEOUT) -> Side:
    """Return what the user named.

    Args:
        named: A file, a folder, a Markdown page, ``http://…`` or ``https://…``, ``git:REV:PATH``, or ``bundled``.
        timeout: Seconds that an address may take.

    Raises:
        DocumentError: It cannot be read, holds no OpenAPI document, or none of its documents has an operation.
    """
    side = _read(named, timeout)
    check_comparable(side)
    return side


def shown(named: str) -> str:
    """Return a side's name as reports show it: without what may be secret."""
    return shown_address(named) if is_address(named) else named


def check_comparable(side: Side) -> None:
    """Check that there is something to compare.

    Raises:
        NotComparable: No document of the side has an operation, or what one says of itself makes no sense.
    """
    try:
        operations = Version(side.fragments).operations
    except ValueError as problem:
        raise NotComparable(side.name, f"cannot be compared: {problem}") from None
    if not operations:
        raise NotComparable(
            side.name,
            "no operation in it, so nothing can be compared",
            expected="at least one method under 'paths'",
            hint="an empty document is often a failed download: fetch it again",
        )


def _read(named: str, timeout: float) -> Side:
    if named == BUNDLED:
        texts = {name: bundled_text(name).encode() for name in SOURCES}
        return Side(named, _parsed(texts), texts=texts)
    if is_address(named):
        name = shown(named)
        texts = {name: fetch(named, timeout=timeout)}
        return Side(name, _parsed(texts), texts=texts)
    if named.startswith(GIT):
        return _of_revision(named)
    path = Path(named)
    loaded = read(path)
    root = os.path.join(path, "") if path.is_dir() and path != Path() else ""  # noqa: PTH118 - pathlib drops the slash
    return Side(named, loaded.fragments, root, loaded.findings)


def _parsed(texts: Mapping[str, bytes]) -> tuple[Fragment, ...]:
    return tuple(fragment for name, text in texts.items() for fragment in parse(text, name))


def _of_revision(named: str) -> Side:
    revision, colon, path = named.removeprefix(GIT).partition(":")
    if not colon or not revision:
        raise FragmentError(
            named, "no revision and path", expected="git:REV:PATH", hint="git:HEAD~1:api.json"
        )
    return side_of(named, read_revision(Path(), revision, path, named))


def side_of(name: str, files: Iterable[Held]) -> Side:
    """Return a side made of files as Git has them; see :func:`read_side`.

    Raises:
        DocumentError: The one file cannot be read, or none of the folder can.
    """
    held = tuple(files)
    if [file.path for file in held] == [""]:
        texts = {name: held[0].data}
        return Side(name, _parsed(texts), texts=texts)
    root = f"{name.rstrip('/')}/"
    texts = {f"{root}{file.path}": file.data for file in held}
    fragments: list[Fragment] = []
    passed: list[Finding] = []
    for source, text in texts.items():
        try:
            fragments.extend(parse(text, source))
        except FragmentError as error:
            passed.append(passed_over(error))
    if not fragments:
        raise nothing_in(name, passed)
    return Side(name, tuple(fragments), root, tuple(passed), texts)
