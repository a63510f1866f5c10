"""Files and folders as a Git repository has them at a revision, read through the ``git`` executable."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .fragments import FragmentError
from .sources import MAX_BYTES, MAX_ENTRIES, SUFFIXES

TIMEOUT = 60
"""Seconds that one command of git may take; a repository on a slow disk needs a few."""

MAX_VERSIONS = 1000
"""Commits of one path that are looked at, the newest ones."""

_ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",  # what a partial clone lacks would be fetched over the network
    "GIT_LITERAL_PATHSPECS": "1",
}
_HASH_LENGTHS = (40, 64)


class GitError(FragmentError):
    """Git is missing, does not know the revision or path, or what it holds cannot be used."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file of a revision.

    Attributes:
        path: Below what was asked for; ``""`` where that is the file itself.
        data: Its bytes.
    """

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """What one commit made of a path.

    Attributes:
        commit: The full hash.
        date: ISO date of the commit (the committer's).
        files: Its files; empty where the commit removed it.
    """

    commit: str
    date: str
    files: tuple[Held, ...]


def read_revision(repository: Path, revision: str, path: str, source: str) -> tuple[Held, ...]:
    """Return the file, or the candidate files below the folder, that ``revision`` has at ``path``.

    Args:
        repository: Any folder within the work tree, or the bare repository.
        revision: Anything that git takes for a commit: a branch, a tag, ``HEAD~3``, a hash.
        path: From the root of the repository; ``""`` or ``.`` is the root itself.
        source: What messages call it.

    Raises:
        GitError: There is no git, no repository, no such revision or path, or a file is too large.
    """
    commit = _commit(repository, revision, source)
    return _files(repository, f"{commit}:{_normal(path)}", path, revision, source)


def read_versions(repository: Path, path: str, source: str) -> tuple[Committed, ...]:
    """Return what each commit on the way to HEAD made of ``path``, the oldest first.

    A file is followed through renames. Commits that did not touch the path are left out.

    Raises:
        GitError: There is no git, no repository, or no commit has the path.
    """
    head = _commit(repository, "HEAD", source)
    repository = _root(repository)
    place = _normal(path)
    folder = _kind(repository, f"{head}:{place}") == "tree"
    follow = [] if folder else ["--follow"]
    arguments = ["log", *follow, f"-n{MAX_VERSIONS}", "-m", "--first-parent", "--raw", "-z", "--no-abbrev"]
    text = _run(repository, [*arguments, "--format=%x01%H %cs", head, "--", place or "."], source)
    entries = [_entry(part) for part in text.decode("utf-8", "replace").split("\x01") if part]
    if not entries:
        raise GitError(source, "no commit has this path", hint="paths are from the root of the repository")
    if folder:
        return tuple(
            Committed(commit, date, _files(repository, f"{commit}:{place}", path, commit, source))
            for commit, date, _ in reversed(entries)
            if _kind(repository, f"{commit}:{place}") == "tree"
        )
    blobs = dict(_batch(repository, [blob for _, _, blob in entries if blob], source))
    return tuple(
        Committed(commit, date, (Held("", blobs[blob]),) if blob else ())
        for commit, date, blob in reversed(entries)
    )


def _entry(part: str) -> tuple[str, str, str]:
    """Commit, date and the file's new blob (``""`` where it was removed) from one part of a raw log."""
    head, _, rest = part.partition("\0")
    commit, _, date = head.strip().partition(" ")
    fields = rest.strip().split(" ")
    blob = fields[3] if len(fields) > 4 else ""  # noqa: PLR2004 - modes, hashes and status, see git-diff-tree
    return commit, date, "" if set(blob) <= {"0"} else blob


def _normal(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _commit(repository: Path, revision: str, source: str) -> str:
    arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    done = _git(repository, arguments, source)
    commit = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or len(commit) not in _HASH_LENGTHS:
        _check_repository(repository, source)
        hint = "'git log --oneline' lists commits; a shallow clone has few ('git fetch --unshallow')"
        raise GitError(source, f"git knows no revision {revision!r} here", hint=hint)
    return commit


def _check_repository(repository: Path, source: str) -> None:
    done = _git(repository, ["rev-parse", "--git-dir"], source)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise GitError(source, f"no Git repository at {repository.absolute()}", got=said)


def _root(repository: Path) -> Path:
    """The folder that paths of ``git log`` are looked up from; a bare repository has no work tree and is its own."""
    done = _git(repository, ["rev-parse", "--show-toplevel"], str(repository))
    root = done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")
    return Path(root) if root and not done.returncode else repository


def _kind(repository: Path, name: str) -> str:
    done = _git(repository, ["cat-file", "-t", name], name)
    return done.stdout.decode("ascii", "replace").strip() if not done.returncode else ""


def _files(repository: Path, name: str, path: str, revision: str, source: str) -> tuple[Held, ...]:
    kind = _kind(repository, name)
    if not kind:
        hint = "paths are from the root of the repository, whatever folder this is"
        raise GitError(source, f"nothing is at {path!r} in {revision}", hint=hint)
    if kind == "blob":
        blob = _run(repository, ["rev-parse", "--verify", name], source).decode("ascii").strip()
        return tuple(Held("", data) for _, data in _batch(repository, [blob], source))
    if kind != "tree":
        raise GitError(source, f"{path!r} is a {kind} in {revision}", expected="a file or a folder")
    listed = dict(_listed(_run(repository, ["ls-tree", "-r", "-z", "--full-tree", name], source), source))
    blobs = dict(_batch(repository, list(listed.values()), source))
    return tuple(Held(each, blobs[blob]) for each, blob in sorted(listed.items()))


def _listed(text: bytes, source: str) -> Iterator[tuple[str, str]]:
    """Paths and blobs of the regular files in a tree that may be fragments."""
    entries = [entry for entry in text.split(b"\0") if entry]
    if len(entries) > MAX_ENTRIES:
        raise GitError(source, "too many files", expected=f"at most {MAX_ENTRIES:,} below it")
    for entry in entries:
        head, _, raw = entry.partition(b"\t")
        _, kind, blob = head.decode("ascii").split(" ")
        path = raw.decode("utf-8", "replace")
        hidden = any(part.startswith(".") for part in path.split("/"))
        if kind == "blob" and not hidden and path.lower().endswith(SUFFIXES):
            yield path, blob


def _batch(repository: Path, blobs: Sequence[str], source: str) -> Iterator[tuple[str, bytes]]:
    """Blobs with their contents, all through one process."""
    wanted = list(dict.fromkeys(blobs))
    names = "".join(f"{blob}\n" for blob in wanted).encode()
    sizes = _run(repository, ["cat-file", "--batch-check"], source, names).split(b"\n")
    for line in sizes:
        size = line.rpartition(b" ")[2]
        if size.isdigit() and int(size) > MAX_BYTES:
            raise GitError(source, "too large", expected=f"at most {MAX_BYTES:,} bytes", got=size.decode())
    rest = memoryview(_run(repository, ["cat-file", "--batch"], source, names))
    for blob in wanted:
        line, start = _line(rest)
        if not line.rpartition(b" ")[2].isdigit():
            raise GitError(
                source, f"git has no content for {blob}", hint="a partial clone lacks it: fetch it"
            )
        end = start + int(line.rpartition(b" ")[2])
        yield blob, bytes(rest[start:end])
        rest = rest[end + 1 :]


def _line(text: memoryview) -> tuple[bytes, int]:
    head = bytes(text[:200])
    end = head.find(b"\n")
    return head[:end], end + 1


def _run(repository: Path, arguments: Sequence[str], source: str, given: bytes = b"") -> bytes:
    done = _git(repository, arguments, source, given)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise GitError(source, f"git {arguments[0]} failed", got=said)
    return done.stdout


def _git(
    repository: Path, arguments: Sequence[str], source: str, given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", str(repository), *arguments]
    try:
        return subprocess.run(  # noqa: S603 - arguments are passed as they are, no shell reads them
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=TIMEOUT,
            env={**os.environ, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise GitError(source, "git is not installed", expected="the git executable on PATH") from None
    except (OSError, ValueError) as problem:
        raise GitError(source, f"git cannot be run: {problem}") from None
    except subprocess.TimeoutExpired:
        raise GitError(source, f"git {arguments[0]} took more than {TIMEOUT} seconds") from None
