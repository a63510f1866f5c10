"""Properties that a value has and its schema does not know, and places that a value fills."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema.schemas import outline

MAX_FOUND = 100
"""Properties of one value that are told; an object keyed by ids has any number of them."""
LEVELS = 3
"""How deep places are looked for that a value fills."""


def undeclared(schema: Mapping[str, JSON], value: JSON) -> tuple[str, ...]:
    """Return JSON Pointers of properties in ``value`` that a self-contained schema does not declare.

    An object that declares no property is free in them, as is one that says what further properties are like. Inside
    a property that is not declared nothing more is looked for.
    """
    found: dict[str, None] = {}
    for pointer in _walk(schema, dict(schema), value, ""):
        found[pointer] = None
        if len(found) == MAX_FOUND:
            break
    return tuple(found)


def _walk(root: Mapping[str, JSON], schema: JSON, value: JSON, pointer: str) -> Iterator[str]:
    if not isinstance(value, dict | list):
        return
    node = outline(root, schema)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(root, node.get("items", True), item, join(pointer, index))
        return
    declared = node.get("properties")
    if not isinstance(declared, dict) or not declared:
        return
    for name, member in value.items():
        if name in declared:
            yield from _walk(root, declared[name], member, join(pointer, name))
        elif not _says_more(node):
            yield join(pointer, name)


def _says_more(node: Mapping[str, JSON]) -> bool:
    """Whether the schema says what further properties are like."""
    return "patternProperties" in node or isinstance(node.get("additionalProperties"), dict)


def filled(value: JSON, levels: int = LEVELS) -> frozenset[str]:
    """Return JSON Pointers of the properties that ``value`` has and that are not null, three levels deep."""
    return frozenset(_filled(value, "", levels))


def _filled(value: JSON, pointer: str, levels: int) -> Iterator[str]:
    if not isinstance(value, dict) or not levels:
        return
    for name, member in value.items():
        if member is not None:
            place = join(pointer, name)
            yield place
            yield from _filled(member, place, levels - 1)
