"""Definitions that apply themselves to the same value again, and so never come to an end.

Recursion into a part of the value (``items``, ``properties``) ends where the value ends. ``A: {allOf: [A]}`` does not;
2020-12 section 9.4.1 leaves its outcome open, and validators answer by anything from "valid" to a crash.
"""

from collections.abc import Iterator, Mapping

import msgspec

from bodydouble.contracts.pointers import JSON

_JOINED = ("allOf", "then", "else")
"""A member of these that says nothing leaves the others in force."""

_WEIGHED = ("anyOf", "oneOf", "not", "if")
"""A member of these that says nothing turns the others around, so the keyword says nothing as a whole."""


class _Reference(msgspec.Struct, frozen=True):
    """A ``$ref`` that applies to the same value as the definition it stands in, and how to take it out."""

    target: str
    owner: dict[str, JSON]
    keyword: str


def cut_circles(definitions: Mapping[str, dict[str, JSON]]) -> None:
    """Take out of ``definitions``, in place, the references by which one comes back to itself on the same value.

    Args:
        definitions: Converted schemas by name; they refer to each other as ``#/$defs/NAME``.
    """
    under_way: dict[str, bool] = {}
    for start in definitions:
        trail = [] if start in under_way else [(start, _references(definitions[start]))]
        under_way.setdefault(start, True)
        while trail:
            name, references = trail[-1]
            reference = next(references, None)
            if reference is None:
                under_way[name] = False
                trail.pop()
            elif reference.target not in under_way:
                under_way[reference.target] = True
                trail.append((reference.target, _references(definitions[reference.target])))
            elif under_way[reference.target]:
                reference.owner.pop(reference.keyword, None)


def _references(definition: dict[str, JSON]) -> Iterator[_Reference]:
    pending: list[tuple[JSON, _Reference | None]] = [(definition, None)]
    while pending:
        node, around = pending.pop()
        if isinstance(node, dict):
            if "$ref" in node:
                target = str(node["$ref"]).removeprefix("#/$defs/")
                cut = around or _Reference(target, node, "$ref")
                yield _Reference(target, cut.owner, cut.keyword)
            for keyword, member in _in_place(node):
                weighed = _Reference("", node, keyword) if keyword in _WEIGHED else None
                pending.append((member, around or weighed))


def _in_place(node: dict[str, JSON]) -> list[tuple[str, JSON]]:
    """Return the schemas that apply to the same value as ``node``, each with the keyword that holds it."""
    found: list[tuple[str, JSON]] = []
    for keyword, held in node.items():
        if keyword == "dependentSchemas" and isinstance(held, dict):
            found.extend((keyword, member) for member in held.values())
        elif keyword in _JOINED or keyword in _WEIGHED:
            found.extend((keyword, member) for member in (held if isinstance(held, list) else [held]))
    return found
