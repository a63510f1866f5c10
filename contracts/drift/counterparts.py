"""Which operation of one version is which of the other, wherever it moved."""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from bodydouble.contracts.openapi.operations import Operation

from .changes import Direction
from .renames import words_of
from .versions import Version

MODEL = "model"
"""The request's property that chooses what an operation does, where several share one path."""
LIKENESS = 3.0
"""Points from which two operations under different paths are taken for the same one."""

ALIKE = 0.5
"""Share of what two operations take under the same path that makes them one with another method."""


class Matching(msgspec.Struct, frozen=True):
    """Operations of two versions.

    Attributes:
        both: Those that both have, in the order of the old one.
        gone: Those that only the old one has.
        come: Those that only the new one has.
    """

    both: tuple[tuple[Operation, Operation], ...]
    gone: tuple[Operation, ...]
    come: tuple[Operation, ...]


def counterparts(old: Version, new: Version) -> Matching:
    """Return which operation is which: by method and path, an alias, a path where both take the same, by likeness."""
    found: dict[int, tuple[Operation, Operation]] = {}
    gone, come = list(old.operations), list(new.operations)
    likeness = _Likeness(old, new)
    for is_same in (_same_call, _same_by_alias, likeness.has_other_method, likeness.is_enough):
        for before, after in _best_first(gone, come, is_same, likeness.points):
            if before in gone and after in come:
                found[old.operations.index(before)] = (before, after)
                gone.remove(before)
                come.remove(after)
    return Matching(tuple(found[index] for index in sorted(found)), tuple(gone), tuple(come))


def template(path: str) -> str:
    """Return a path without the names of its parameters, which no client sends, and without a slash at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/") or "/"


def models_of(version: Version, operation: Operation) -> tuple[str, ...]:
    """Return the models that an operation serves, as far as its request lists them."""
    if operation.request is None:
        return ()
    view = version.view(operation.request, Direction.REQUEST)
    values = view.member(MODEL).values if MODEL in view.properties else None
    return tuple(value for value in values or () if isinstance(value, str))


def _same_call(old: Operation, new: Operation) -> bool:
    return old.method == new.method and template(old.path) == template(new.path)


def _same_by_alias(old: Operation, new: Operation) -> bool:
    return old.method == new.method and template(old.path) in map(template, new.paths)


def _best_first(
    gone: Iterable[Operation],
    come: Iterable[Operation],
    is_same: Callable[[Operation, Operation], bool],
    points: Callable[[Operation, Operation], float],
) -> Iterator[tuple[Operation, Operation]]:
    listed = tuple(come)
    candidates = [(old, new) for old in gone for new in listed if is_same(old, new)]
    if len(candidates) > 1:
        candidates.sort(key=lambda pair: -points(*pair))
    yield from candidates


class _Likeness:
    """How much speaks for two operations being the same one."""

    def __init__(self, old: Version, new: Version) -> None:
        self.old = old
        self.new = new

    def has_other_method(self, old: Operation, new: Operation) -> bool:
        """Whether both stand under one path and take the same: a create and its poll share no more than the path."""
        takes = _taken(self.old, old), _taken(self.new, new)
        return template(old.path) == template(new.path) and (takes[0] == takes[1] or _share(*takes) >= ALIKE)

    def is_enough(self, old: Operation, new: Operation) -> bool:
        return old.method == new.method and self.points(old, new) >= LIKENESS

    def points(self, old: Operation, new: Operation) -> float:
        named = 2.0 * (bool(old.operation_id) and old.operation_id == new.operation_id)
        models = 3.0 * bool({*models_of(self.old, old)} & {*models_of(self.new, new)})
        file = 0.5 * (_file(old) == _file(new))
        paths = 2 * _share(words_of(old.path), words_of(new.path))
        takes = _share(_taken(self.old, old), _taken(self.new, new))
        replies = 2 * _share(_replied(self.old, old), _replied(self.new, new))
        alone = 2.0 * (self._is_alone(self.old, old.method) and self._is_alone(self.new, new.method))
        return named + models + file + paths + takes + replies + alone

    @staticmethod
    def _is_alone(version: Version, method: str) -> bool:
        return sum(operation.method == method for operation in version.operations) == 1


def _file(operation: Operation) -> str:
    return operation.source.rpartition("/")[2]


def _taken(version: Version, operation: Operation) -> frozenset[str]:
    body = version.view(operation.request, Direction.REQUEST).properties if operation.request else {}
    return frozenset({*body, *(parameter.name for parameter in operation.parameters)})


def _replied(version: Version, operation: Operation) -> frozenset[str]:
    schema = operation.success.schema if operation.success else None
    return frozenset(version.view(schema, Direction.REPLY).properties if schema else {})


def _share(old: frozenset[str], new: frozenset[str]) -> float:
    return len(old & new) / len(old | new) if old | new else 0.0
