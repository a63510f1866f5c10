"""The two worlds in which schemas are compared.

JSON Schema lets every object have properties that nobody declared. Neither side of a call lives in that world: a
client that sends a name which the server does not know has made a mistake, and a client that is sent one does not
look at it. So requests are read as *closed* (what is not declared cannot be sent) and replies as *open* (what is
not declared may come, even where the schema forbids it).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.schemas import outline, properties_of

Schema: TypeAlias = dict[str, JSON]
"""A schema that is an object."""


def closed(schema: Mapping[str, JSON]) -> Schema:
    """Return a self-contained schema whose objects have declared properties only.

    An object that declares none is free in its properties, as is one that says ``additionalProperties: true``. What
    declares properties and no type is an object: no author means a number by that.
    """
    return _Closed(dict(schema)).whole()


def opened(schema: Mapping[str, JSON]) -> Schema:
    """Return a self-contained schema whose objects may have undeclared properties; see `closed` for types.

    What is said about the values of undeclared names is a promise and stays; that there are none is not.
    """
    return _Opened(dict(schema)).whole()


class _World:
    """A way to read schemas: ``value`` is about all that a value must keep, ``here`` about a part of that."""

    def __init__(self, root: Schema) -> None:
        self.root = root

    def whole(self) -> Schema:
        made = self.value(self.root)
        changed = dict(made) if isinstance(made, dict) else {}
        definitions = self.root.get("$defs")
        if isinstance(definitions, dict):
            changed["$defs"] = {name: self.here(held) for name, held in definitions.items()}
        return changed

    def value(self, schema: JSON) -> JSON:
        made = self.here(schema)
        if not isinstance(made, dict) or "type" in made:
            return made
        seen = outline(self.root, schema)
        is_object = bool(seen.get("properties")) and not {"type", "enum", "const"} & seen.keys()
        return {**made, "type": "object"} if is_object else made

    def here(self, schema: JSON) -> JSON:
        """The schema with every part of the value read the same way; what is under a ``not`` stays."""
        if not isinstance(schema, dict):
            return schema
        return {
            keyword: self.keyword(keyword, held) for keyword, held in schema.items() if keyword != "$defs"
        }

    def keyword(self, keyword: str, held: JSON) -> JSON:
        if keyword in _ONE:
            return _ONE[keyword](self, held)
        if keyword in _SEVERAL and isinstance(held, list):
            return [_SEVERAL[keyword](self, member) for member in held]
        if keyword in _NAMED and isinstance(held, dict):
            return {name: _NAMED[keyword](self, member) for name, member in held.items()}
        return held


class _Closed(_World):
    def value(self, schema: JSON) -> JSON:
        made = super().value(schema)
        if not isinstance(made, dict) or _FORBIDDING & made.keys() or not properties_of(self.root, schema):
            return made
        return {**self.freed(made), "unevaluatedProperties": False}

    def freed(self, schema: Schema) -> Schema:
        """Alternatives that declare nothing stay free in their properties, whatever the others declare."""
        own = schema.get("properties") or schema.get("patternProperties")
        if own or "$ref" in schema or "allOf" in schema:
            return schema
        freed: Schema = {
            word: [self.free_unless_declaring(option) for option in members_of(schema, word)]
            for word in ("anyOf", "oneOf")
            if word in schema
        }
        return {**schema, **freed}

    def free_unless_declaring(self, option: JSON) -> JSON:
        if not isinstance(option, dict) or properties_of(self.root, option):
            return option
        return {**option, "additionalProperties": option.get("additionalProperties", True)}


class _Opened(_World):
    def here(self, schema: JSON) -> JSON:
        if not isinstance(schema, dict):
            return schema
        return super().here(
            {k: held for k, held in schema.items() if k not in _FORBIDDING or not _forbids(held)}
        )


def _forbids(held: JSON) -> bool:
    return held is False or held == {"not": {}}


_FORBIDDING = frozenset({"additionalProperties", "unevaluatedProperties"})
_ELSEWHERE = ("additionalProperties", "items", "contains", "unevaluatedItems", "unevaluatedProperties")

_ONE: Mapping[str, Callable[[_World, JSON], JSON]] = MappingProxyType(
    {
        **dict.fromkeys(_ELSEWHERE, lambda world, held: world.value(held)),
        **dict.fromkeys(("if", "then", "else"), lambda world, held: world.here(held)),
    }
)
"""Keywords with a schema: of a part of the value, or of the value itself."""
_SEVERAL: Mapping[str, Callable[[_World, JSON], JSON]] = MappingProxyType(
    {
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), lambda world, held: world.here(held)),
        "prefixItems": lambda world, held: world.value(held),
    }
)
_NAMED: Mapping[str, Callable[[_World, JSON], JSON]] = MappingProxyType(
    {
        **dict.fromkeys(("properties", "patternProperties"), lambda world, held: world.value(held)),
        "dependentSchemas": lambda world, held: world.here(held),
    }
)
