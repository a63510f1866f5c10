"""Changes that take back an earlier one, where a history is given."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from .changes import Change
from .comparing import compare
from .versions import Version


class Step(msgspec.Struct, frozen=True):
    """Two successive versions and what changed between them.

    Attributes:
        old: Name of the earlier version.
        new: Name of the later version.
        changes: What changed.
        same_as: Name of an earlier version that the later one does not differ from, though there were others between;
            ``""`` if there is none.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    same_as: str = ""


def story(versions: Sequence[Version]) -> tuple[Step, ...]:
    """Return what changed from each version to the next, oldest first, with what was taken back marked."""
    steps = [Step(old.name, new.name, compare(old, new)) for old, new in pairwise(versions)]
    marked = with_reverted(steps)
    return tuple(
        replace(step, same_as=_same_as(versions, index + 1)) if step.changes else step
        for index, step in enumerate(marked)
    )


def with_reverted(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps in which a change that takes back an earlier one names the version that it returns to.

    A change takes back another if it is about the same of the same operation and old and new are exchanged.
    """
    told: list[Step] = []
    before: dict[str, str] = {}
    for step in steps:
        changes = tuple(replace(c, reverted_to=before.get(_turned(c), "")) for c in step.changes)
        told.append(replace(step, changes=changes))
        before |= {_straight(change): step.old for change in step.changes if _says_both(change)}
    return tuple(told)


def _says_both(change: Change) -> bool:
    return change.old is not None or change.new is not None


def _straight(change: Change) -> str:
    return _key(change, turned=False)


def _turned(change: Change) -> str:
    return _key(change, turned=True)


def _key(change: Change, *, turned: bool) -> str:
    said = (change.new, change.old) if turned else (change.old, change.new)
    operations = sorted({place.operation for place in change.places})
    return msgspec.json.encode([operations, change.subject, *said], order="sorted").decode()


def _same_as(versions: Sequence[Version], index: int) -> str:
    """The first version before the last one that the version at ``index`` does not differ from."""
    new = versions[index]
    same = (old for old in versions[: index - 1] if not compare(old, new))
    return next((old.name for old in same), "")
