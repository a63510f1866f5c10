"""Changing a JSON value at many places at once: the input stays as it is, what does not change is shared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bodydouble.contracts.pointers import JSON, pointer

from .queries import Location


class IncompatibleError(ValueError):
    """A value cannot be merged into another because they are of different kinds."""

    def __init__(self, location: Location, target: JSON, update: JSON) -> None:
        self.location = location
        self.target = kind(target)
        self.update = kind(update)
        super().__init__(
            f"cannot merge {_named(self.update)} into the {self.target} at '{pointer(location)}'; "
            "to replace a value by one of another kind, remove it first and then update what contains it"
        )


@dataclass(slots=True)
class _Tree:
    """Locations as a tree, so that nested ones are reached in one descent."""

    selected: bool = False
    children: "dict[str | int, _Tree]" = field(default_factory=dict)


def node_at(value: JSON, location: Location) -> JSON:
    """Return the node at ``location``, which a query has found there."""
    for token in location:
        value = _child(value, token)
    return value


def kind(value: JSON) -> str:
    """Return what the merging rules tell apart: ``"object"``, ``"array"`` or ``"primitive"``."""
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "primitive"


def _named(name: str) -> str:
    return f"a {name}" if name == "primitive" else f"an {name}"


def merged(target: JSON, update: JSON, location: Location = ()) -> JSON:
    """Return ``target`` with ``update`` merged in (Overlay Specification 1.1.0 section 4.4.3).

    Members of objects merge recursively and new ones are added at the end, arrays are concatenated, a
    primitive replaces a primitive.

    Raises:
        IncompatibleError: Two values to merge are of different kinds; its location begins with ``location``.
    """
    if isinstance(target, dict) and isinstance(update, dict):
        result = dict(target)
        for name, value in update.items():
            result[name] = merged(target[name], value, (*location, name)) if name in target else value
        return result
    if isinstance(target, list) and isinstance(update, list):
        return [*target, *update]
    if kind(target) == kind(update):
        return update
    raise IncompatibleError(location, target, update)


def changed(value: JSON, places: Iterable[Location], change: Callable[[JSON, Location], JSON]) -> JSON:
    """Return ``value`` with ``change`` applied at each place, to a node before the nodes below it.

    ``change`` gets the node and its location and must keep the children that the places lead through.
    """
    return _changed(value, _tree_of(places), change, ())


def _changed(value: JSON, tree: _Tree, change: Callable[[JSON, Location], JSON], location: Location) -> JSON:
    node = change(value, location) if tree.selected else value
    below = {
        token: _changed(_child(node, token), subtree, change, (*location, token))
        for token, subtree in tree.children.items()
    }
    if isinstance(node, dict) and below:
        return {**node, **{str(token): child for token, child in below.items()}}
    if isinstance(node, list) and below:
        return [below.get(index, child) for index, child in enumerate(node)]
    return node


def removed(value: JSON, places: Iterable[Location]) -> JSON:
    """Return ``value`` without the nodes at ``places``; indexes all count in ``value`` as it is.

    Raises:
        ValueError: The root is among the places: it is in nothing that it could be removed from.
    """
    tree = _tree_of(places)
    if tree.selected:
        raise ValueError("the root is in nothing that it could be removed from")
    return _pruned(value, tree)


def _pruned(value: JSON, tree: _Tree) -> JSON:
    gone = {token for token, subtree in tree.children.items() if subtree.selected}

    def kept(token: str | int, child: JSON) -> JSON:
        return _pruned(child, tree.children[token]) if token in tree.children else child

    if isinstance(value, dict) and tree.children:
        return {name: kept(name, child) for name, child in value.items() if name not in gone}
    if isinstance(value, list) and tree.children:
        return [kept(index, child) for index, child in enumerate(value) if index not in gone]
    return value


def _tree_of(places: Iterable[Location]) -> _Tree:
    root = _Tree()
    for place in places:
        tree = root
        for token in place:
            tree = tree.children.setdefault(token, _Tree())
        tree.selected = True
    return root


def _child(value: JSON, token: str | int) -> JSON:
    if isinstance(value, dict):
        return value[str(token)]
    return value[int(token)] if isinstance(value, list) else None
