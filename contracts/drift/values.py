"""What changed about the values of one place: null, types, listed values, bounds, format and default."""

from collections.abc import Iterator
from types import MappingProxyType

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.schemas import types_of

from .changes import Direction
from .differences import Difference, Kind, Pair
from .meaning import NULL, Meaning, Verdict, same
from .views import KINDS, SCALARS, View

BOUNDS = (
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern"),
)
"""Keywords that bound a scalar."""
COUNTS = (
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
)
"""Keywords that bound what has parts."""

_LOWER = frozenset({"minItems", "minProperties", "minContains"})
_NOTHING_SAID = MappingProxyType({"uniqueItems": False})


def value_differences(pair: Pair) -> Iterator[Difference]:
    """Yield what changed about the values of one place, its parts aside."""
    yield from _null(pair)
    yield from _kinds(pair)
    yield from _scalars(pair)
    yield from _counts(pair)
    yield from _remarks(pair)


def _null(pair: Pair) -> Iterator[Difference]:
    probes: tuple[JSON, ...] = (dict(NULL),)
    if pair.old.nullable and not pair.new.nullable:
        yield pair.difference(
            Kind.NULLABLE_REMOVED, old=_types(pair.old), new=_types(pair.new), probes=probes
        )
    elif pair.new.nullable and not pair.old.nullable:
        yield pair.difference(Kind.NULLABLE_ADDED, old=_types(pair.old), new=_types(pair.new), probes=probes)


def _types(view: View) -> JSON:
    """The types as they are declared, null included, else as they are; None where anything goes."""
    words = sorted(types_of(view.node)) or ([] if view.kinds == KINDS else sorted(view.kinds))
    return list(words) or None


def _kinds(pair: Pair) -> Iterator[Difference]:
    lost, gained = pair.old.kinds - pair.new.kinds, pair.new.kinds - pair.old.kinds
    if not lost and not gained:
        return
    kind = Kind.TYPE_CHANGED if lost and gained else Kind.TYPE_NARROWED if lost else Kind.TYPE_WIDENED
    shown = lost if pair.direction is Direction.REQUEST else gained
    probes: tuple[JSON, ...] = ({"type": [*sorted(shown)]},) if shown else ()
    yield pair.difference(kind, old=_types(pair.old), new=_types(pair.new), probes=probes)


def _scalars(pair: Pair) -> Iterator[Difference]:
    common = [kind for kind in SCALARS if kind in pair.old.kinds & pair.new.kinds]
    if not common:
        return
    old, new = (
        view.meaning.limited({"type": list(common)}, "+".join(common)) for view in (pair.old, pair.new)
    )
    narrowed, widened = old.within(new), new.within(old)
    if narrowed is widened is Verdict.CONTAINED:
        return
    probes = _probes(old, new) if pair.direction is Direction.REQUEST else _probes(new, old)
    listed = (old.values, new.values)
    if listed != (None, None):
        yield _enumeration(pair, *listed, narrowed, widened, probes)
    elif "number" in common and _is_whole(pair.old) is not _is_whole(pair.new) and len(common) == 1:
        kind = Kind.TYPE_NARROWED if _is_whole(pair.new) else Kind.TYPE_WIDENED
        yield pair.difference(kind, old=_types(pair.old), new=_types(pair.new), probes=probes)
    else:
        yield from _bounds(pair, narrowed, widened, probes)


def _probes(inner: Meaning, outer: Meaning) -> tuple[JSON, ...]:
    """Those that one accepts and the other does not; else anything, for the validators to judge."""
    rest = inner.without(outer)
    return (rest,) if rest is not None else (inner.schema,)


def _is_whole(view: View) -> bool:
    words = types_of(view.node)
    return "integer" in words and "number" not in words


def _enumeration(
    pair: Pair,
    old: list[JSON] | None,
    new: list[JSON] | None,
    narrowed: Verdict,
    widened: Verdict,
    probes: tuple[JSON, ...],
) -> Difference:
    """Of two sets of which at least one is listed; the other may be anything."""
    if narrowed is Verdict.CONTAINED:
        kind = Kind.ENUM_WIDENED
    else:
        kind = Kind.ENUM_NARROWED if widened is Verdict.CONTAINED else Kind.ENUM_REPLACED
    return pair.difference(
        kind, old=_as_written(pair.old, old), new=_as_written(pair.new, new), probes=probes
    )


def _as_written(view: View, values: list[JSON] | None) -> JSON:
    """The values in the order of the document, as far as one list has them all."""
    if values is None:
        return None
    written = view.node.get("enum")
    inside = [value for value in written if value in values] if isinstance(written, list) else []
    return inside if len(inside) == len(values) else list(values)


def _bounds(
    pair: Pair, narrowed: Verdict, widened: Verdict, probes: tuple[JSON, ...]
) -> Iterator[Difference]:
    old, new = (_said(view, BOUNDS) for view in (pair.old, pair.new))
    changed = [word for word in BOUNDS if old.get(word) != new.get(word)]
    before: JSON = {word: old[word] for word in changed if word in old} or None
    after: JSON = {word: new[word] for word in changed if word in new} or None
    if Verdict.CONTAINED in (narrowed, widened):
        kind = Kind.BOUND_LOOSENED if narrowed is Verdict.CONTAINED else Kind.BOUND_TIGHTENED
        yield pair.difference(kind, old=before, new=after, probes=probes)
    elif changed or Verdict.EXCEEDS in (narrowed, widened):
        # Neither holds the other, or it cannot be told: what matters is whether clients may fail on it.
        kind = Kind.BOUND_TIGHTENED if pair.direction is Direction.REQUEST else Kind.BOUND_LOOSENED
        yield pair.difference(kind, old=before, new=after, probes=probes)


def _said(view: View, words: tuple[str, ...]) -> dict[str, JSON]:
    return {word: view.node[word] for word in words if word in view.node}


def _counts(pair: Pair) -> Iterator[Difference]:
    """Bounds of arrays and objects: each is a number, or whether items are unique."""
    old, new = (_said(view, COUNTS) for view in (pair.old, pair.new))
    for word in COUNTS:
        before, after = old.get(word, _NOTHING_SAID.get(word)), new.get(word, _NOTHING_SAID.get(word))
        of = "object" if word.endswith("Properties") else "array"
        if before != after and of in pair.old.kinds & pair.new.kinds:
            kind = Kind.BOUND_TIGHTENED if _is_tighter(word, before, after) else Kind.BOUND_LOOSENED
            outer = pair.outer.node.get(word, _NOTHING_SAID.get(word))
            yield pair.difference(
                kind, old={word: before}, new={word: after}, probes=_beyond(word, of, outer)
            )


def _is_tighter(word: str, before: JSON, after: JSON) -> bool:
    if word == "uniqueItems":
        return after is True
    low = word in _LOWER
    least: float = 0 if low else float("inf")
    was = before if isinstance(before, int) else least
    now = after if isinstance(after, int) else least
    return now > was if low else now < was


def _beyond(word: str, of: str, outer: JSON) -> tuple[JSON, ...]:
    """Values with the count that ``outer`` refuses: of it, one too few or one too many."""
    if word == "uniqueItems":
        return ({"type": "array", "minItems": 2, "not": {"uniqueItems": True}},)
    if not isinstance(outer, int) or word.endswith("Contains"):
        return ({"type": of, "not": {word: outer}},) if outer is not None else ()
    limit = outer - 1 if word in _LOWER else outer + 1
    opposite = word.replace("min", "max") if word in _LOWER else word.replace("max", "min")
    return ({"type": of, opposite: max(limit, 0)},)


def _remarks(pair: Pair) -> Iterator[Difference]:
    old, new = pair.old.node, pair.new.node
    if old.get("format") != new.get("format") and "string" in pair.old.kinds & pair.new.kinds:
        yield pair.difference(Kind.FORMAT_CHANGED, old=old.get("format"), new=new.get("format"))
    if pair.direction is Direction.REQUEST and (
        ("default" in old) != ("default" in new) or not same(old.get("default"), new.get("default"))
    ):
        yield pair.difference(Kind.DEFAULT_CHANGED, old=old.get("default"), new=new.get("default"))
