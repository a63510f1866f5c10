"""Strategies for objects and arrays of a schema, given those of their parts."""

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.hints import member_schema
from bodydouble.contracts.schema.schemas import required_of
from bodydouble.contracts.schema.validation import Validator

from .corner_values import whole
from .library import SearchStrategy, st

Inner: TypeAlias = Callable[[JSON], SearchStrategy[JSON]]
"""Returns the strategy of a schema inside."""

MORE = 4
"""Items or properties beyond those that must be there."""

MAX_PARTS = 300
"""Items or properties; a schema that demands more gets no value."""

EXTRA_NAMES = (
    "x_extra",
    "extra field",
    "\u00fcnic\u00f6de \U0001f3ac",
    "__proto__",
    "constructor",
    "id2",
    "",
)
_RARELY = 7


def objects(view: Mapping[str, JSON], inner: Inner, *, extras: bool) -> SearchStrategy[JSON]:
    """Return a strategy for objects.

    Args:
        view: What holds for the object, folded and without alternatives.
        inner: Strategies of its members.
        extras: Whether to add members that are allowed and not named.
    """
    properties = view.get("properties")
    declared = properties if isinstance(properties, dict) else {}
    required = required_of(view)
    least, most = whole(view.get("minProperties"), 0), whole(view.get("maxProperties"), MAX_PARTS)
    if max(least, len(required)) > min(most, MAX_PARTS):
        return st.nothing()
    drawn: SearchStrategy[dict[str, JSON]] = st.fixed_dictionaries(
        {name: inner(member_schema(view, name)) for name in required},
        optional={name: inner(member_schema(view, name)) for name in declared if name not in required},
    )
    if drawn.is_empty:
        return st.nothing()
    more = _more(view, inner, frozenset((*declared, *required)), max(least - len(required), 0))
    if more.is_empty or not (extras or least > len(required) or not (declared or required)):
        return drawn.map(_trimmed(required, most))
    sometimes = more if least > len(required) else st.one_of(*[st.just(dict[str, JSON]())] * _RARELY, more)
    return st.builds(lambda own, added: {**added, **own}, drawn, sometimes).map(_trimmed(required, most))


def _more(
    view: Mapping[str, JSON], inner: Inner, taken: frozenset[str], least: int
) -> SearchStrategy[dict[str, JSON]]:
    """Members that no property names: those of a pattern, and those of ``additionalProperties``."""
    patterns = view.get("patternProperties")
    by_pattern = patterns if isinstance(patterns, dict) else {}
    naming = view.get("propertyNames")
    if least or isinstance(naming, dict):
        held = naming if isinstance(naming, dict) else {}
        names = inner({"allOf": [{"type": "string", "maxLength": 20}, held]})
    else:
        names = st.sampled_from(EXTRA_NAMES)
    matches = [Validator({"pattern": pattern}).is_valid for pattern in by_pattern]
    free = names.filter(lambda name: name not in taken and not any(match(name) for match in matches))
    plain = _members(free, inner(view.get("additionalProperties", {})), least)
    patterned = [
        _members(inner({"type": "string", "pattern": pattern}), inner(member), least)
        for pattern, member in by_pattern.items()
    ]
    return st.one_of(plain, *patterned)


def _members(
    names: SearchStrategy[JSON], held: SearchStrategy[JSON], least: int
) -> SearchStrategy[dict[str, JSON]]:
    if names.is_empty or held.is_empty:
        return st.nothing()
    named: SearchStrategy[str] = names.map(str)
    return st.dictionaries(named, held, min_size=least, max_size=least + 2)


def _trimmed(required: tuple[str, ...], most: int) -> Callable[[dict[str, JSON]], JSON]:
    def trim(drawn: dict[str, JSON]) -> JSON:
        if len(drawn) <= most:
            return drawn
        dropped = [name for name in drawn if name not in required][: len(drawn) - most]
        return {name: member for name, member in drawn.items() if name not in dropped}

    return trim


def arrays(view: Mapping[str, JSON], inner: Inner) -> SearchStrategy[JSON]:
    """Return a strategy for arrays of a folded view without alternatives."""
    least, most = whole(view.get("minItems"), 0), whole(view.get("maxItems"), MAX_PARTS)
    if least > min(most, MAX_PARTS):
        return st.nothing()
    if "contains" in view:
        return _containing(view, inner, least, most)
    leading = [inner(member) for member in members_of(view, "prefixItems")]
    rest = inner(view.get("items", {}))
    if not leading:
        return _items(rest, least, min(most, least + MORE), unique=view.get("uniqueItems") is True)
    lengths = range(least, min(most, max(least, len(leading) + 1)) + 1)
    return st.one_of(*(_positions(leading, rest, length) for length in lengths))


def _items(items: SearchStrategy[JSON], least: int, most: int, *, unique: bool) -> SearchStrategy[JSON]:
    if items.is_empty:
        return st.just([]) if not least else st.nothing()
    drawn = st.lists(items, min_size=least, max_size=most, unique_by=_identity if unique else None)
    return drawn.map(lambda found: [*found])


def _positions(
    leading: list[SearchStrategy[JSON]], rest: SearchStrategy[JSON], length: int
) -> SearchStrategy[JSON]:
    strategies = [*leading[:length], *[rest] * max(length - len(leading), 0)]
    return st.tuples(*strategies).map(list)


def _containing(view: Mapping[str, JSON], inner: Inner, least: int, most: int) -> SearchStrategy[JSON]:
    wanted = whole(view.get("minContains"), 1)
    item: JSON = view.get("items", {})
    bound: JSON = {"allOf": [item, view["contains"]]}
    extra = min(whole(view.get("maxContains"), wanted + 1), most)
    if wanted > min(most, MAX_PARTS) or extra < wanted:
        return st.nothing()
    found = st.lists(inner(bound), min_size=wanted, max_size=min(extra, wanted + 1))
    others = st.lists(inner(item), min_size=max(least - wanted, 0), max_size=max(least - wanted, 0) + 2)
    return st.builds(lambda first, second: [*first, *second][:most], found, others)


def _identity(item: JSON) -> str:
    """What makes two items the same: numbers by value, objects whatever their order (2020-12 section 4.2.2)."""
    return json.dumps(_plain(item), sort_keys=True)


def _plain(item: JSON) -> JSON:
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if isinstance(item, list):
        return [_plain(member) for member in item]
    return {name: _plain(member) for name, member in item.items()} if isinstance(item, dict) else item
