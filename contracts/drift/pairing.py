"""Which fragment of one side is compared with which of the other, where sides hold many that look alike.

A folder may hold dozens of fragments of the same operation, one for each model. Compared as one contract they would
be a heap; each is compared with its own earlier self.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bodydouble.contracts.openapi.operations import Operation, operations_of
from bodydouble.contracts.reading.fragments import Fragment

MODEL = "model"
"""The request's property that tells apart what shares an operation."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared with what: several fragments each where sides are compared as a whole.

    Attributes:
        old: Of the old side; empty where ``new`` has no counterpart.
        new: Of the new side; empty where ``old`` has none.
    """

    old: tuple[Fragment, ...]
    new: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A fragment under the name that it has below its folder."""

    name: str
    fragment: Fragment


@dataclass(frozen=True, slots=True)
class Matched:
    """Fragments of two sides, one for one.

    Attributes:
        both: Those that both sides have.
        gone: Those that only the old side has.
        come: Those that only the new side has.
    """

    both: tuple[tuple[Named, Named], ...]
    gone: tuple[Named, ...]
    come: tuple[Named, ...]


Key: TypeAlias = Callable[[Named], Hashable]
"""What two fragments agree in that are the same; None agrees with nothing."""


def pairs(old: Sequence[Named], new: Sequence[Named]) -> tuple[Pair, ...]:
    """Return what is compared with what: everything is in exactly one pair.

    Where no side has an operation twice, the sides are compared as a whole: a page's create and poll tell about each
    other. Otherwise fragments are matched one by one: by file name, by operations and models, by models alone.
    """
    if not (_repeats(old) or _repeats(new)):
        return (Pair(_fragments(old), _fragments(new)),)
    found = matched(old, new, (by_name, by_operations_and_models, by_models))
    both = [Pair((before.fragment,), (after.fragment,)) for before, after in found.both]
    gone = [Pair((each.fragment,), ()) for each in found.gone]
    return (*both, *gone, *(Pair((), (each.fragment,)) for each in found.come))


def matched(old: Sequence[Named], new: Sequence[Named], keys: Sequence[Key]) -> Matched:
    """Return which fragment is which: those that agree in the first of ``keys``, of the others in the next one."""
    both: list[tuple[Named, Named]] = []
    left, right = list(old), list(new)
    for key in keys:
        both += _agreeing(left, right, key)
        taken = {id(each) for pair in both for each in pair}
        left = [each for each in left if id(each) not in taken]
        right = [each for each in right if id(each) not in taken]
    return Matched(tuple(both), tuple(left), tuple(right))


def _fragments(side: Sequence[Named]) -> tuple[Fragment, ...]:
    return tuple(each.fragment for each in side)


def _repeats(side: Sequence[Named]) -> bool:
    calls = Counter(call for each in side for call in _calls(each.fragment))
    return any(times > 1 for times in calls.values())


def _agreeing(old: Sequence[Named], new: Sequence[Named], key: Key) -> list[tuple[Named, Named]]:
    """Those that agree in ``key``, one for one in their order; None agrees with nothing."""
    waiting: dict[Hashable, list[Named]] = {}
    for each in new:
        waiting.setdefault(key(each), []).append(each)
    found = []
    for each in old:
        wanted = key(each)
        if wanted is not None and waiting.get(wanted):
            found.append((each, waiting[wanted].pop(0)))
    return found


def by_name(named: Named) -> Hashable:
    """Agree in the name below the folder."""
    return named.name


def by_operations_and_models(named: Named) -> Hashable:
    """Agree in every operation and model."""
    return frozenset(_calls(named.fragment)), models_of(named.fragment)


def by_models(named: Named) -> Hashable:
    """Agree in the models, wherever the operations are."""
    return models_of(named.fragment) or None


def by_methods(named: Named) -> Hashable:
    """Agree in the methods only: of a few fragments, the one that creates and the one that polls."""
    return frozenset(method for method, _ in _calls(named.fragment)) or None


def _calls(fragment: Fragment) -> tuple[tuple[str, str], ...]:
    return tuple((operation.method, operation.path) for operation in _operations(fragment))


def _operations(fragment: Fragment) -> tuple[Operation, ...]:
    try:
        return operations_of(fragment)
    except ValueError:  # what it says of its aliases makes no sense, which is told elsewhere
        return ()


def models_of(fragment: Fragment) -> frozenset[str]:
    """Return the models that a fragment's requests name; none where they list none."""
    return frozenset(name for operation in _operations(fragment) for name in _listed(operation))


def _listed(operation: Operation) -> tuple[str, ...]:
    if operation.request is None:
        return ()
    properties = operation.request.lenient.get("properties")
    model = properties.get(MODEL) if isinstance(properties, dict) else None
    if not isinstance(model, dict):
        return ()
    listed = model.get("enum")
    values = [*(listed if isinstance(listed, list) else ()), model.get("const")]
    return tuple(value for value in values if isinstance(value, str))
