"""Schemas folded: a schema and everything that holds beside it (``$ref``, ``allOf``) as one node to look at.

A folded node serves to find out what a value may be like. It is no exact equivalent (``additionalProperties`` of one
member sees the properties of the others), so the verdict on a value stays with the schema itself.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from bodydouble.contracts.pointers import JSON, look_up


class Folded(msgspec.Struct, frozen=True):
    """A schema as one node.

    Attributes:
        node: Every keyword of the schema and of what holds beside it. Where two schemas say what no keyword can say
            together, the rest stays under ``allOf``.
        references: The ``$ref`` that were followed.
    """

    node: dict[str, JSON]
    references: frozenset[str]


def fold(root: Mapping[str, JSON], schema: JSON) -> Folded:
    """Return ``schema`` folded; its references lead into ``root``, and those that lead nowhere say nothing.

    The work is linear in what is folded: what holds twice holds once, so each reference is followed once.
    """
    node: dict[str, JSON] = {}
    followed: set[str] = set()
    pending = [schema]
    while pending:
        current = pending.pop()
        if not isinstance(current, dict):
            continue
        reference = current.get("$ref")
        members = members_of(current, "allOf")
        if isinstance(reference, str) and reference not in followed:
            followed.add(reference)
            members = [_target(root, reference), *members]
        pending.extend(reversed(members))
        node = _both(node, {name: held for name, held in current.items() if name not in _STRUCTURE})
    return Folded(node, frozenset(followed))


def members_of(node: Mapping[str, JSON], keyword: str) -> list[JSON]:
    """Return the list under ``keyword``; empty if there is none."""
    members = node.get(keyword)
    return members if isinstance(members, list) else []


_STRUCTURE = frozenset({"$ref", "$defs", "allOf"})


def _target(root: Mapping[str, JSON], reference: str) -> JSON:
    try:
        return look_up(dict(root), reference.removeprefix("#"))
    except (LookupError, ValueError):
        return {}


def _both(first: dict[str, JSON], second: dict[str, JSON]) -> dict[str, JSON]:
    """Return a node that demands what both demand; of annotations the first one's stays."""
    both = dict(first)
    left: dict[str, JSON] = {}
    for keyword, held in second.items():
        combine = _COMBINED.get(keyword)
        if keyword not in both:
            both[keyword] = held
        elif combine is not None and (common := combine(both[keyword], held)) is not None:
            both[keyword] = common
        elif (combine is not None or keyword in _APART) and both[keyword] != held:
            left[keyword] = held
    return {**both, "allOf": [*members_of(both, "allOf"), left]} if left else both


def _common(first: JSON, second: JSON) -> JSON:
    """The values of an enumeration that both list; None if there are none."""
    if not isinstance(first, list) or not isinstance(second, list):
        return None
    return [value for value in first if value in second] or None


def _common_types(first: JSON, second: JSON) -> JSON:
    ours, theirs = (held if isinstance(held, list) else [held] for held in (first, second))
    found: list[JSON] = [
        word for word in ours if word in theirs or (word == "integer" and "number" in theirs)
    ]
    if "integer" in theirs and "number" in ours and "integer" not in found:
        found.append("integer")
    return found or None


def _united(first: JSON, second: JSON) -> JSON:
    if not isinstance(first, list) or not isinstance(second, list):
        return None
    return [*first, *(name for name in second if name not in first)]


def _named(first: JSON, second: JSON) -> JSON:
    """Schemas by name; those of one name hold at once."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        return None
    return {
        **first,
        **second,
        **{name: _at_once(first[name], second[name]) for name in first if name in second},
    }


def _at_once(first: JSON, second: JSON) -> JSON:
    return first if first == second else {"allOf": [first, second]}


def _extreme(choose: Callable[[Iterable[float]], float]) -> Callable[[JSON, JSON], JSON]:
    def tighter(first: JSON, second: JSON) -> JSON:
        if not isinstance(first, int | float) or not isinstance(second, int | float):
            return None
        return choose((first, second))

    return tighter


_COMBINED: Mapping[str, Callable[[JSON, JSON], JSON]] = {
    "type": _common_types,
    "enum": _common,
    "required": _united,
    "properties": _named,
    "patternProperties": _named,
    "items": _at_once,
    "additionalProperties": _at_once,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _extreme(max)),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _extreme(min)),
}
"""What two schemas demand under one keyword as one value; None where no value says it."""

_APART = frozenset(
    {
        *(
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "const",
            "pattern",
            "multipleOf",
            "contains",
            "minContains",
        ),
        *("maxContains", "prefixItems", "propertyNames", "dependentRequired", "dependentSchemas"),
    }
)
"""Keywords that hold side by side when two schemas have them; all others describe, and one description will do."""
