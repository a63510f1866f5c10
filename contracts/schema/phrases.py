"""What a schema asks for, in a phrase: ``"a string or null"``, ``"an object with url"``."""

from collections.abc import Callable, Mapping
from typing import Any

from bodydouble.contracts.openapi.references import UnresolvableReference, locate
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import either, one_of, show

NOUNS: Mapping[str, str] = {
    "null": "null",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "number": "a number",
    "string": "a string",
    "integer": "an integer",
}

MAX_NAMES = 4
MAX_HOPS = 16

_TELLTALES = (
    ("an object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("an array", ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")),
    ("a string", ("pattern", "minLength", "maxLength")),
    ("a number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
"""What a schema without ``type`` is about, by its keywords."""


def phrase(schema: Any, root: dict[str, JSON], hops: int = MAX_HOPS) -> str:
    """Return what ``schema`` asks for.

    Args:
        schema: A converted schema.
        root: The schema whose ``$defs`` its references lead to.
        hops: How many references and compositions to look through before giving up.
    """
    if schema in ({}, True) or not hops:
        return "anything"
    if schema in ({"not": {}}, False):
        return "nothing"
    for keyword, words in _PHRASES.items():
        if keyword in schema:
            return words(schema, root, hops - 1)
    return next((noun for noun, keywords in _TELLTALES if not schema.keys().isdisjoint(keywords)), "anything")


def strings(schema: Any, root: dict[str, JSON], hops: int = MAX_HOPS) -> tuple[str, ...]:
    """Return the strings that ``schema`` lists, directly, by reference or in its alternatives."""
    if not isinstance(schema, dict) or not hops:
        return ()
    listed = [*schema.get("enum", ()), schema.get("const")]
    members = (
        [_target(schema, root)] if "$ref" in schema else [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    )
    inner = (text for member in members for text in strings(member, root, hops - 1))
    return (*(value for value in listed if isinstance(value, str)), *inner)


def _target(schema: Any, root: dict[str, JSON]) -> JSON:
    try:
        return locate(root, schema["$ref"])[1]
    except UnresolvableReference:
        return {}


def _of_types(schema: Any, _root: dict[str, JSON], _hops: int) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return either([_noun(word, schema) for word in types])


def _noun(word: str, schema: Any) -> str:
    names = schema.get("required", []) if word == "object" else []
    if not names:
        return NOUNS[word]
    return f"an object with {', '.join(names[:MAX_NAMES])}{', …' if len(names) > MAX_NAMES else ''}"


def _of_all(schema: Any, root: dict[str, JSON], hops: int) -> str:
    phrases = (phrase(member, root, hops) for member in schema["allOf"])
    return next((words for words in phrases if words != "anything"), "anything")


_PHRASES: Mapping[str, Callable[[Any, dict[str, JSON], int], str]] = {
    "const": lambda schema, _root, _hops: show(schema["const"]),
    "enum": lambda schema, _root, _hops: one_of(schema["enum"]),
    "$ref": lambda schema, root, hops: phrase(_target(schema, root), root, hops),
    "type": _of_types,
    "anyOf": lambda schema, root, hops: either([phrase(member, root, hops) for member in schema["anyOf"]]),
    "oneOf": lambda schema, root, hops: either([phrase(member, root, hops) for member in schema["oneOf"]]),
    "allOf": _of_all,
    "not": lambda schema, root, hops: f"anything but {phrase(schema['not'], root, hops)}",
}
"""The first of these keywords that a schema has says most about it."""
