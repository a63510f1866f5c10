"""The places of a value and what may stand at each: one view for every way to choose among alternatives."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema.folding import fold, members_of

MAX_PLACES = 1_000
"""Views of places looked at in one schema; a published one has dozens."""

MAX_ALTERNATIVES = 24
"""Ways to choose that are looked at in one place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a value.

    Attributes:
        pointer: Where it is; of an array, its first item stands for all.
        view: What holds there: one node with every reference, ``allOf`` and one alternative folded in.
    """

    pointer: str
    view: Mapping[str, JSON]


def places(root: Mapping[str, JSON]) -> Iterator[Place]:
    """Yield the places of a value of the self-contained schema ``root``, breadth first; the value itself is ``""``."""
    return islice(_walk(root), MAX_PLACES)


def _walk(root: Mapping[str, JSON]) -> Iterator[Place]:
    start: JSON = dict(root)
    pending = deque([("", start, frozenset[str]())])
    while pending:
        pointer, schema, trail = pending.popleft()
        for view, references in views(root, schema):
            if references.isdisjoint(trail):  # what contains itself is looked at once
                place = Place(pointer, view)
                yield place
                pending.extend((*member, trail | references) for member in _members(place))


def _members(place: Place) -> Iterator[tuple[str, JSON]]:
    properties = place.view.get("properties")
    for name, member in properties.items() if isinstance(properties, dict) else ():
        yield join(place.pointer, name), member
    first = next(iter(members_of(place.view, "prefixItems")), place.view.get("items"))
    if isinstance(first, dict):
        yield join(place.pointer, 0), first


def views(root: Mapping[str, JSON], schema: JSON) -> Iterator[tuple[dict[str, JSON], frozenset[str]]]:
    """Yield the schema folded, once for every way to choose among its alternatives, with the references followed."""
    return islice(_views(root, schema), MAX_ALTERNATIVES)


def _views(root: Mapping[str, JSON], schema: JSON) -> Iterator[tuple[dict[str, JSON], frozenset[str]]]:
    pending = deque([(schema, frozenset[str]())])
    while pending:
        schema, before = pending.popleft()
        folded = fold(root, schema)
        references = before | folded.references
        chosen = options_of(folded.node)
        if chosen is None:
            yield folded.node, references
        elif folded.references.isdisjoint(before):
            pending.extend((option, references) for option in chosen)


def options_of(view: Mapping[str, JSON]) -> list[JSON] | None:
    """Return what remains of a folded node for each of its alternatives; None where it has none to choose from."""
    keyword = next((word for word in ("anyOf", "oneOf", "if") if word in view), None)
    if keyword is None:
        return None
    rest: JSON = {name: held for name, held in view.items() if name not in (keyword, "then", "else")}
    members = members_of(view, keyword)
    if keyword == "if":
        otherwise: JSON = {"allOf": [{"not": view["if"]}, view.get("else", {})]}
        members = [{"allOf": [view["if"], view.get("then", {})]}, otherwise]
    return [{"allOf": [rest, member]} for member in members]
