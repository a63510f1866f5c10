"""What the keywords of a schema suggest about a value: its types, and values that its author had in mind."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.pointers import JSON

from .folding import members_of
from .schemas import types_of
from .validation import Validator

_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_HINTS: Mapping[str, frozenset[str]] = {
    "object": frozenset(
        {"properties", "required", "additionalProperties", "minProperties", "patternProperties"}
    ),
    "array": frozenset({"items", "prefixItems", "minItems", "contains"}),
    "string": frozenset({"format", "pattern", "minLength", "maxLength"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
}


def likeliest_types(schema: Mapping[str, JSON]) -> list[str]:
    """Return the types that a schema names, those with parts first; if it names none, every type, hinted ones first."""
    named = types_of(schema)
    if named:
        return sorted(named, key=_TYPES.index)
    return sorted(_TYPES, key=lambda word: not (_HINTS.get(word, frozenset()) & schema.keys()))


def is_composite(schema: Mapping[str, JSON]) -> bool:
    """Whether a schema is that of an object or array, by its type or by its keywords."""
    hinted = schema.keys() & (_HINTS["object"] | _HINTS["array"])
    return bool(types_of(schema) & {"object", "array"} or hinted)


def listed_values(schema: Mapping[str, JSON]) -> Iterator[JSON]:
    """Yield the values that a schema lists, but null: it tells the least and anyone thinks of it anyway."""
    if "const" in schema:
        yield schema["const"]
    yield from (value for value in members_of(schema, "enum") if value is not None)


def shown_values(schema: Mapping[str, JSON]) -> Iterator[JSON]:
    """Yield the values that a schema's author gives as default and examples."""
    if "default" in schema:
        yield schema["default"]
    yield from members_of(schema, "examples")


def member_schema(schema: Mapping[str, JSON], name: str) -> JSON:
    """Return the schema of an object's property, declared or not."""
    declared, patterns = schema.get("properties"), schema.get("patternProperties")
    matching = [declared[name]] if isinstance(declared, dict) and name in declared else []
    for pattern, member in patterns.items() if isinstance(patterns, dict) else ():
        matching += [member] if Validator({"pattern": pattern}).is_valid(name) else []
    if len(matching) == 1:
        return matching[0]
    return {"allOf": matching} if matching else schema.get("additionalProperties", {})
