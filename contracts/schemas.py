"""Looking into a converted schema: references followed, compositions flattened, nothing decided."""

from collections.abc import Iterator, Mapping

from .pointers import JSON, join, look_up

MAX_REFERENCES = 64
MAX_DEPTH = 8


def dereferenced(root: Mapping[str, JSON], schema: JSON) -> dict[str, JSON]:
    """Return the schema that ``schema`` stands for, following ``$ref`` into ``root``'s ``$defs``.

    A chain that does not end, and anything that is no object, is the empty schema: it says nothing.
    """
    for _ in range(MAX_REFERENCES):
        if not isinstance(schema, dict):
            return {}
        if "$ref" not in schema:
            return schema
        schema = _target(root, schema["$ref"])
    return {}


def _target(root: Mapping[str, JSON], reference: JSON) -> JSON:
    try:
        return look_up(dict(root), str(reference).removeprefix("#"))
    except (LookupError, ValueError):
        return {}


def properties_of(root: Mapping[str, JSON], schema: JSON, depth: int = MAX_DEPTH) -> dict[str, JSON]:
    """Return the properties an object of this schema may have: its own, then those of its compositions.

    ``allOf`` contributes all its members, ``anyOf`` and ``oneOf`` the first member that has any.
    """
    node = dereferenced(root, schema)
    own = node.get("properties")
    found = dict(own) if isinstance(own, dict) else {}
    if depth:
        for member in _members(node, "allOf"):
            found = {**properties_of(root, member, depth - 1), **found}
        for keyword in ("anyOf", "oneOf"):
            options = (properties_of(root, member, depth - 1) for member in _members(node, keyword))
            found = {**next((option for option in options if option), {}), **found}
    return found


def required_of(root: Mapping[str, JSON], schema: JSON, depth: int = MAX_DEPTH) -> frozenset[str]:
    """Return the names that every object of this schema must have, as far as keywords say it."""
    node = dereferenced(root, schema)
    own = node.get("required")
    names = frozenset(name for name in own if isinstance(name, str)) if isinstance(own, list) else frozenset()
    if not depth:
        return names
    return names.union(*(required_of(root, member, depth - 1) for member in _members(node, "allOf")))


def walk_properties(
    root: Mapping[str, JSON], schema: JSON, depth: int = 3, base: str = ""
) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield (pointer into an instance, schema) of every property, breadth first, ``depth`` levels down."""
    level = [
        (join(base, name), dereferenced(root, member)) for name, member in properties_of(root, schema).items()
    ]
    yield from level
    if depth > 1:
        for pointer, member in level:
            yield from walk_properties(root, member, depth - 1, pointer)


def types_of(schema: Mapping[str, JSON]) -> frozenset[str]:
    """Return the type words of a schema; empty if it names none."""
    named = schema.get("type")
    words = named if isinstance(named, list) else [named]
    return frozenset(word for word in words if isinstance(word, str))


def strings_of(schema: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the strings an ``enum`` or ``const`` allows, in order; empty if the schema names none."""
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return tuple(value for value in listed if isinstance(value, str)) if isinstance(listed, list) else ()


def _members(node: Mapping[str, JSON], keyword: str) -> list[JSON]:
    members = node.get(keyword)
    return members if isinstance(members, list) else []
