"""Two schemas walked side by side: every difference at its place. Whether one matters is judged elsewhere."""

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from bodydouble.contracts.pointers import JSON

from .changes import Direction
from .differences import Difference, Kind, Pair
from .meaning import Verdict, apart
from .renames import Named, renames
from .values import value_differences
from .views import ITEM, View

MAX_PLACES = 2_000
"""Places looked at in one pair of schemas; recursive ones have no end of them."""
MAX_DEPTH = 16
_TRAITS = ("default", "format", "enum")


def differences(old: View, new: View, direction: Direction) -> tuple[Difference, ...]:
    """Return what differs between two schemas, outermost first.

    What is part of what came or went is not looked into; nor is a schema within itself: what differs there was found
    further out.
    """
    return tuple(_walk(Pair(old, new, direction)))


_Trail: TypeAlias = frozenset[tuple[str, str]]


def _walk(first: Pair) -> Iterator[Difference]:
    pending: deque[tuple[Pair, _Trail]] = deque([(first, frozenset())])
    for _ in range(MAX_PLACES):
        if not pending:
            return
        pair, trail = pending.popleft()
        step = _step(pair)
        comes_again = bool(step) and step <= trail
        if comes_again or pair.old.is_same(pair.new) or len(pair.old_tokens) > MAX_DEPTH:
            continue
        yield from value_differences(pair)
        parts: list[Pair] = []
        if _have_members(pair):
            renamed = _renamed(pair)
            yield from _members(pair, renamed)
            parts += _member_pairs(pair, renamed)
        yield from _free_names(pair)
        pending += [(part, trail | step) for part in (*parts, *_parts(pair))]


def _step(pair: Pair) -> _Trail:
    """What is known again where a schema comes within itself; without definitions none does."""
    if "$defs" not in pair.old.root or "$defs" not in pair.new.root:
        return frozenset()
    return frozenset({(_written(pair.old), _written(pair.new))})


def _written(view: View) -> str:
    return repr(apart(view.schema)[0])


def _have_members(pair: Pair) -> bool:
    """Whether objects are what both sides accept: where the types changed, that says it all."""
    declared = bool(pair.old.properties) and bool(pair.new.properties)
    return "object" in pair.old.kinds & pair.new.kinds and (declared or pair.old.kinds == pair.new.kinds)


def _renamed(pair: Pair) -> dict[str, str]:
    gone = [name for name in pair.old.properties if name not in pair.new.properties]
    come = [name for name in pair.new.properties if name not in pair.old.properties]
    if not gone or not come:
        return {}
    return renames(_named(pair.old, gone), _named(pair.new, come))


def _named(view: View, names: list[str]) -> list[Named]:
    order = list(view.properties)
    return [
        named(view.member(name), name, order.index(name), required=name in view.required) for name in names
    ]


def named(view: View, name: str, position: int, *, required: bool) -> Named:
    """Return what speaks for or against a rename of the thing at ``view``."""
    description = view.node.get("description")
    return Named(
        name=name,
        position=position,
        kinds=view.kinds,
        required=required,
        description=description if isinstance(description, str) else "",
        traits=tuple(view.node.get(word) for word in _TRAITS),
    )


def _member_pairs(pair: Pair, renamed: dict[str, str]) -> list[Pair]:
    """Properties that both have, by their names on either side."""
    names = {name: name for name in pair.old.properties if name in pair.new.properties} | renamed
    return [pair.below(name, pair.old.member(name), pair.new.member(now), now) for name, now in names.items()]


def _members(pair: Pair, renamed: dict[str, str]) -> Iterator[Difference]:
    for name in pair.old.properties:
        if name in renamed:
            yield _at(pair, Kind.RENAMED, name, renamed[name], old=name, new=renamed[name])
        elif name not in pair.new.properties:
            yield _at(pair, Kind.PROPERTY_REMOVED, name, name, old=_says(pair.old.member(name)))
        elif name in pair.new.required - pair.old.required:
            yield _at(pair, Kind.BECAME_REQUIRED, name, name)
        elif name in pair.old.required - pair.new.required:
            yield _at(pair, Kind.BECAME_OPTIONAL, name, name)
    known = {*pair.old.properties, *renamed.values()}
    for name in pair.new.properties:
        if name not in known:
            demanded = name in pair.new.required and pair.direction is Direction.REQUEST
            kind = Kind.REQUIRED_PROPERTY_ADDED if demanded else Kind.PROPERTY_ADDED
            yield _at(pair, kind, name, name, new=_says(pair.new.member(name)))
    for old, new in renamed.items():
        if (old in pair.old.required) != (new in pair.new.required):
            kind = Kind.BECAME_REQUIRED if new in pair.new.required else Kind.BECAME_OPTIONAL
            yield _at(pair, kind, old, new)


def _says(view: View) -> JSON:
    """What a property is, in a word: its types."""
    return [*sorted(view.kinds)] if view.declared_kinds else "anything"


def _at(pair: Pair, kind: Kind, name: str, now: str, *, old: JSON = None, new: JSON = None) -> Difference:
    """What became of a property. A request shows it by what it may not have or must; a reply by what it lacks."""
    request = pair.direction is Direction.REQUEST
    gone = name in pair.old.properties and name not in pair.new.properties
    return Difference(
        kind=kind,
        old_tokens=(*pair.old_tokens, name),
        new_tokens=(*pair.new_tokens, now),
        old=old,
        new=new,
        probes=_request_probes(name, now, gone=gone) if request else _reply_probes(pair, name),
        at=pair.inner_tokens,
        name=name if gone or not request else now,
        shows_by_presence=gone,
        shows_by_absence=not (request and gone),
    )


def _request_probes(name: str, now: str, *, gone: bool) -> tuple[JSON, ...]:
    if gone:
        return ({"type": "object", "required": [name]},)
    return ({"type": "object", "properties": {now: {"not": {}}}},)


def _reply_probes(pair: Pair, name: str) -> tuple[JSON, ...]:
    """Objects without a property, and with something else under its name where that is promised no more."""
    without: JSON = {"type": "object", "properties": {name: {"not": {}}}}
    was = pair.old.member(name).meaning.schema
    said: JSON = {keyword: held for keyword, held in was.items() if keyword != "$defs"}
    otherwise: JSON = {"type": "object", "required": [name], "properties": {name: {"not": said}}}
    return (without,) if name in pair.old.required else (without, otherwise)


def _free_names(pair: Pair) -> Iterator[Difference]:
    """Whether names that are not declared may be used."""
    old, new = pair.old.free, pair.new.free
    if "object" not in pair.old.kinds & pair.new.kinds or (old is None) == (new is None):
        return
    if not pair.old.properties and not pair.new.properties and {} in (old, new):
        return  # nothing is declared on either side: both are free anyway
    probes: tuple[JSON, ...] = ({"type": "object", "minProperties": 1},)
    inner, outer = pair.inner.meaning, pair.outer.meaning
    rest = inner.without(outer)
    kind = Kind.MAP_NARROWED if (new is None) is (pair.direction is Direction.REQUEST) else Kind.MAP_WIDENED
    if outer.within(inner) is inner.within(outer) is Verdict.CONTAINED:
        return
    yield pair.difference(kind, old=old, new=new, probes=probes if rest is None else (rest, *probes))


def _parts(pair: Pair) -> Iterator[Pair]:
    """Items of arrays and values of undeclared names."""
    if "array" in pair.old.kinds & pair.new.kinds and ("items" in pair.old.node or "items" in pair.new.node):
        old, new = (view.part(view.node.get("items", {})) for view in (pair.old, pair.new))
        yield pair.below(ITEM, old, new)
    if pair.old.free is not None and pair.new.free is not None:
        yield pair.below(ITEM, pair.old.part(pair.old.free), pair.new.part(pair.new.free))
