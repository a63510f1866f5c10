"""The two worlds in which schemas are compared.

JSON Schema lets every object have properties that nobody declared. Neither side of a call lives in that world: a
client that sends a name which the server does not know has made a mistake, and a client that is sent one does not
look at it. So requests are read as *closed* (what is not declared cannot be sent) and replies as *open* (what is
not declared may come, even where the schema forbids it).
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.schemas import properties_of

_ELSEWHERE = frozenset(
    {"additionalProperties", "items", "contains", "unevaluatedItems", "unevaluatedProperties"}
)
"""Keywords whose schema is about a part of the value."""
_NAMED_ELSEWHERE = frozenset({"properties", "patternProperties"})
_HERE = frozenset({"allOf", "anyOf", "oneOf"})
"""Keywords whose schemas are about the value itself."""
_ONE_HERE = frozenset({"if", "then", "else"})
_FORBIDDING = frozenset({"additionalProperties", "unevaluatedProperties"})

Schema: TypeAlias = dict[str, JSON]


def closed(schema: Mapping[str, JSON]) -> Schema:
    """Return a self-contained schema whose objects have declared properties only.

    An object that declares none is free in its properties, as is one that says ``additionalProperties: true``.
    """
    root = dict(schema)
    return _with_definitions(root, partial(_closed, root), _closed(root, root))


def opened(schema: Mapping[str, JSON]) -> Schema:
    """Return a self-contained schema whose objects may have undeclared properties of any kind."""
    root = dict(schema)
    made = _opened(root)
    return _with_definitions(root, _opened, made if isinstance(made, dict) else {})


def _with_definitions(root: Schema, change: Callable[[JSON], JSON], made: JSON) -> Schema:
    """Definitions are used in place, so their own object is left to whoever refers to them."""
    changed: Schema = {**made} if isinstance(made, dict) else {}
    definitions = root.get("$defs")
    if isinstance(definitions, dict):
        inside = _inside(root) if isinstance(change, partial) else change
        changed["$defs"] = {name: inside(held) for name, held in definitions.items()}
    return changed


def _closed(root: Schema, schema: JSON) -> JSON:
    """The schema of one value, whose object may have what it declares and what everything beside it declares."""
    made = _inside(root)(schema)
    if not isinstance(made, dict) or _FORBIDDING & made.keys() or not properties_of(root, schema):
        return made
    return {**_freed(root, made), "unevaluatedProperties": False}


def _freed(root: Schema, schema: Schema) -> Schema:
    """Alternatives that declare nothing stay free in their properties, whatever the others declare."""
    own = schema.get("properties") or schema.get("patternProperties")
    if own or "$ref" in schema or "allOf" in schema:
        return schema
    freed: Schema = {
        word: [_free_unless_declaring(root, option) for option in members_of(schema, word)]
        for word in ("anyOf", "oneOf")
        if word in schema
    }
    return {**schema, **freed}


def _free_unless_declaring(root: Schema, option: JSON) -> JSON:
    if not isinstance(option, dict) or properties_of(root, option):
        return option
    return {**option, "additionalProperties": option.get("additionalProperties", True)}


def _inside(root: Schema) -> Callable[[JSON], JSON]:
    return partial(_mapped, partial(_closed, root))


def _mapped(elsewhere: Callable[[JSON], JSON], schema: JSON) -> JSON:
    """The schema with ``elsewhere`` applied to the schemas of its parts; what is under a ``not`` stays."""
    if not isinstance(schema, dict):
        return schema
    here = partial(_mapped, elsewhere)
    made: Schema = {}
    for keyword, held in schema.items():
        if keyword in _ELSEWHERE:
            made[keyword] = elsewhere(held)
        elif keyword in _NAMED_ELSEWHERE and isinstance(held, dict):
            made[keyword] = {name: elsewhere(member) for name, member in held.items()}
        elif keyword == "prefixItems" and isinstance(held, list):
            made[keyword] = [elsewhere(member) for member in held]
        elif keyword in _HERE and isinstance(held, list):
            made[keyword] = [here(member) for member in held]
        elif keyword == "dependentSchemas" and isinstance(held, dict):
            made[keyword] = {name: here(member) for name, member in held.items()}
        elif keyword in _ONE_HERE:
            made[keyword] = here(held)
        elif keyword != "$defs":
            made[keyword] = held
    return made


def _opened(schema: JSON) -> JSON:
    """Typed values of undeclared names are a promise and stay; that there are none is not."""
    if not isinstance(schema, dict):
        return schema
    kept = {k: held for k, held in schema.items() if k not in _FORBIDDING or not _forbids(held)}
    return _mapped(_opened, kept)


def _forbids(held: JSON) -> bool:
    return held is False or held == {"not": {}}
