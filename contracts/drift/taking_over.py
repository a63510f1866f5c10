"""A new document taken over into a folder of fragments: which file becomes what, told as a unified diff."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.reading.fragments import Fragment

from .pairing import Named, by_methods, by_models, by_name, by_operations_and_models, matched

MAX_DIFFED = 4_000
"""Differing lines of one file that are compared with each other; more are shown as taken out and put in."""
CONTEXT = 3
"""Unchanged lines around a change."""

_OTHER = re.compile(r"[^A-Za-z0-9._]+")
_LONGEST = 100


class Plan(msgspec.Struct, frozen=True):
    """What becomes of the folder.

    Attributes:
        files: New text by name below the folder.
        left: Names of fragments that the new side lacks; they are not touched.
    """

    files: dict[str, str]
    left: tuple[str, ...]


def planned(old: Sequence[Named], new: Sequence[Named]) -> Plan:
    """Return which file of the folder each new fragment becomes: the one of its earlier self, else a new one.

    Args:
        old: The fragments in the folder, by their file names.
        new: The fragments to be taken over, by theirs.
    """
    found = matched(old, new, (by_name, by_operations_and_models, by_models, by_methods))
    files = {before.name: written(after.fragment) for before, after in found.both}
    taken = {each.name for each in old}
    for each in found.come:
        name = _free(_stem(each.fragment), taken | files.keys())
        files[name] = written(each.fragment)
    return Plan(files, tuple(each.name for each in found.gone))


def written(fragment: Fragment) -> str:
    """Return a fragment as its file has it: JSON, indented, so that the next difference can be read."""
    return json.dumps(fragment.document, indent=2, ensure_ascii=False) + "\n"


def _stem(fragment: Fragment) -> str:
    named = [f"{operation.method}-{operation.path}" for operation in operations_of(fragment)[:1]]
    return _OTHER.sub("-", "".join(named)).strip("-.")[:_LONGEST] or "fragment"


def _free(stem: str, taken: Iterable[str]) -> str:
    used = set(taken)
    numbered = (f"{stem}-{number}.json" for number in range(2, len(used) + 3))
    return next(name for name in (f"{stem}.json", *numbered) if name not in used)


def unified(name: str, old: str | None, new: str) -> str:
    """Return a unified diff, ``""`` where nothing differs; a file that is not there yet comes from ``/dev/null``."""
    if old == new:
        return ""
    before, after = _lines(old or ""), _lines(new)
    name = name.lstrip("/")
    source = f"a/{name}" if old is not None else "/dev/null"
    return "".join(_ended(line) for line in _hunks(before, after, source, f"b/{name}"))


def _hunks(before: list[str], after: list[str], source: str, target: str) -> Iterator[str]:
    same = _common(before, after)
    tail = _common(before[same:][::-1], after[same:][::-1])
    differing = max(len(before), len(after)) - same - tail
    if differing <= MAX_DIFFED:
        yield from difflib.unified_diff(before, after, source, target, n=CONTEXT)
        return
    start = max(0, same - CONTEXT)
    head, foot = before[start:same], before[len(before) - tail :][:CONTEXT]
    out, put = before[same : len(before) - tail], after[same : len(after) - tail]
    around = len(head) + len(foot)
    yield f"--- {source}\n"
    yield f"+++ {target}\n"
    yield f"@@ -{_range(start, around + len(out))} +{_range(start, around + len(put))} @@\n"
    yield from (f" {line}" for line in head)
    yield from (f"-{line}" for line in out)
    yield from (f"+{line}" for line in put)
    yield from (f" {line}" for line in foot)


def _range(start: int, size: int) -> str:
    """The lines of a hunk; an empty one stands after the line before it."""
    return f"{start + bool(size)},{size}"


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines are the same from the beginning on."""
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return index
    return min(len(first), len(second))


def _lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one, whatever else Python takes for a line's end."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
