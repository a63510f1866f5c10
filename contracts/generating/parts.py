"""Changes to what has parts: properties left out and added, arrays of every length."""

from collections.abc import Iterator
from functools import partial

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.schemas import required_of
from bodydouble.contracts.words import show

from .changes import Change, Inapplicable
from .corner_values import whole
from .places import Place

EXTRA = "x_not_in_the_schema"
"""The name of a property that no schema declares."""

MAX_ITEMS = 200
"""Items of an array made here; where a schema allows more, its limit is not tried."""


def part_changes(place: Place) -> Iterator[Change]:
    """Yield the changes to the parts of one place; whether one breaks a rule is for a judge to say."""
    properties = place.view.get("properties")
    names = dict.fromkeys((*(properties if isinstance(properties, dict) else ()), *required_of(place.view)))
    for name in names:
        yield Change(place.pointer, f"without {show(name)}", partial(_without, name))
    if names or "additionalProperties" in place.view or place.view.get("type") == "object":
        yield Change(place.pointer, "with a property that is not declared", _with_extra)
    if "items" in place.view or "prefixItems" in place.view:
        yield from _lengths(place)


def _lengths(place: Place) -> Iterator[Change]:
    least, most = whole(place.view.get("minItems"), 0), whole(place.view.get("maxItems"), 3)
    pool = tuple(_listed(place.view.get("items")))
    for count in dict.fromkeys((0, 1, least - 1, least, most, most + 1)):
        if 0 <= count <= MAX_ITEMS:
            yield Change(place.pointer, f"{count} items exactly", partial(_of_length, count, pool))
    yield Change(place.pointer, "an item twice", _doubled)


def _listed(items: JSON) -> list[JSON]:
    return members_of(items, "enum") if isinstance(items, dict) else []


def _without(name: str, old: JSON) -> JSON:
    if not isinstance(old, dict) or name not in old:
        raise Inapplicable(f"no {name}")
    return {other: member for other, member in old.items() if other != name}


def _with_extra(old: JSON) -> JSON:
    if not isinstance(old, dict):
        raise Inapplicable("no object")
    return {**old, EXTRA: "text"}


def _of_length(count: int, pool: tuple[JSON, ...], old: JSON) -> JSON:
    if not isinstance(old, list) or (count and not (old or pool)):
        raise Inapplicable("no item to repeat")
    kinds = pool or tuple(old)
    return [*old[:count], *(_another(kinds, number) for number in range(len(old), count))]


def _another(kinds: tuple[JSON, ...], number: int) -> JSON:
    """An item like the others and different from them, where that is easily had."""
    kind = kinds[number % len(kinds)]
    if number < len(kinds) or isinstance(kind, bool):
        return kind
    if isinstance(kind, str) and not kind.startswith("data:"):
        return f"{kind}{number}"
    return kind + number if isinstance(kind, int) else kind


def _doubled(old: JSON) -> JSON:
    if not isinstance(old, list) or not old:
        raise Inapplicable("no item")
    return [old[0], *old[: max(len(old) - 1, 1)]]
