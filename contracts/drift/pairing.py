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


_Key: TypeAlias = Callable[[Named], Hashable]


def pairs(old: Sequence[Named], new: Sequence[Named]) -> tuple[Pair, ...]:
    """Return what is compared with what: everything is in exactly one pair.

    Where no side has an operation twice, the sides are compared as a whole: a page's create and poll tell about each
    other. Otherwise fragments are matched one by one: by file name, by operations and models, by models alone.
    """
    if not (_repeats(old) or _repeats(new)):
        return (Pair(_fragments(old), _fragments(new)),)
    matched: list[tuple[Named, Named]] = []
    left, right = list(old), list(new)
    for key in (_name, _operations_and_models, _models):
        matched += _matched(left, right, key)
        taken = {id(each) for pair in matched for each in pair}
        left = [each for each in left if id(each) not in taken]
        right = [each for each in right if id(each) not in taken]
    both = [Pair((before.fragment,), (after.fragment,)) for before, after in matched]
    gone = [Pair((each.fragment,), ()) for each in left]
    return (*both, *gone, *(Pair((), (each.fragment,)) for each in right))


def _fragments(side: Sequence[Named]) -> tuple[Fragment, ...]:
    return tuple(each.fragment for each in side)


def _repeats(side: Sequence[Named]) -> bool:
    calls = Counter(call for each in side for call in _calls(each.fragment))
    return any(times > 1 for times in calls.values())


def _matched(old: Sequence[Named], new: Sequence[Named], key: _Key) -> list[tuple[Named, Named]]:
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


def _name(named: Named) -> Hashable:
    return named.name


def _operations_and_models(named: Named) -> Hashable:
    return frozenset(_calls(named.fragment)), models_of(named.fragment)


def _models(named: Named) -> Hashable:
    return models_of(named.fragment) or None


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
