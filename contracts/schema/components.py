"""Schemas gathered for one document: what each carries under ``$defs`` moves to the components that all share."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bodydouble.contracts.pointers import JSON

from .folding import members_of
from .validation import Validator

PREFIX = "#/components/schemas/"
_LOCAL = "#/$defs/"
_ONE = frozenset(
    {
        *("additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_VALUES = frozenset({"default", "example", "examples"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})


@dataclass(slots=True)
class Components:
    """The components of one document as collected so far.

    Attributes:
        schemas: What goes under ``components.schemas``.
        moved: New names of the definitions that came together, by their text.
    """

    schemas: dict[str, JSON] = field(default_factory=dict)
    moved: dict[str, dict[str, str]] = field(default_factory=dict)

    def inline(self, schema: Mapping[str, JSON]) -> dict[str, JSON]:
        """Return a self-contained schema as it may stand in the document.

        Its definitions become components, each under its own name if that is free or means the same already, else
        with a number. A default or example that breaks its schema is left out: tools send it and trust it.
        """
        definitions = schema.get("$defs")
        defined = definitions if isinstance(definitions, dict) else {}
        names = self._names(defined)
        for name, definition in defined.items():
            self.schemas[names[name]] = _rewritten(definition, names, defined)
        rewritten = _rewritten(
            {name: held for name, held in schema.items() if name != "$defs"}, names, defined
        )
        return rewritten if isinstance(rewritten, dict) else {}

    def named(self, wanted: str, schema: Mapping[str, JSON]) -> dict[str, JSON]:
        """Return a reference to a schema, which becomes a component under a name like ``wanted``."""
        placed = self.inline(schema)
        name = next(
            name for name in _numbered(_plain(wanted)) if _is_same(self.schemas.get(name, placed), placed)
        )
        self.schemas[name] = placed
        return {"$ref": PREFIX + name}

    def _names(self, defined: Mapping[str, JSON]) -> dict[str, str]:
        text = json.dumps(defined, sort_keys=True)
        if text not in self.moved:
            shared = self._shared(defined)
            names = {name: name for name in shared}
            for name in defined:
                taken = {*self.schemas, *names.values()}
                if name not in shared:
                    names[name] = next(free for free in _numbered(_plain(name)) if free not in taken)
            self.moved[text] = names
        return self.moved[text]

    def _shared(self, defined: Mapping[str, JSON]) -> set[str]:
        """The definitions that are components already, with everything that they refer to."""
        identity = {name: name for name in defined}
        alike = {
            name
            for name, schema in defined.items()
            if name in self.schemas and _is_same(self.schemas[name], _rewritten(schema, identity, defined))
        }
        while apart := {name for name in alike if set(_references(defined[name])) - alike}:
            alike -= apart
        return alike


def _is_same(first: JSON, second: JSON) -> bool:
    """Whether two values are the same JSON; to Python true is 1."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def _plain(name: str) -> str:
    """A component's name may have ASCII letters, digits, dots, dashes and underscores (OpenAPI 3.1, 4.8.7.1)."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "_"


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _rewritten(schema: JSON, names: Mapping[str, str], defined: Mapping[str, JSON]) -> JSON:
    """The schema with its references led to the components; data that looks like a reference stays."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, JSON] = {}
    for keyword, held in schema.items():
        if keyword == "$ref" and isinstance(held, str):
            made[keyword] = PREFIX + names[held.removeprefix(_LOCAL)]
        elif keyword in _ONE:
            made[keyword] = _rewritten(held, names, defined)
        elif keyword in _SEVERAL and isinstance(held, list):
            made[keyword] = [_rewritten(member, names, defined) for member in held]
        elif keyword == "discriminator":
            continue  # its mapping refers to schemas that are elsewhere now
        elif keyword in _NAMED and isinstance(held, dict):
            made[keyword] = {name: _rewritten(member, names, defined) for name, member in held.items()}
        else:
            made[keyword] = held
    return _with_valid_values(made, schema, defined)


def _with_valid_values(
    made: dict[str, JSON], schema: Mapping[str, JSON], defined: Mapping[str, JSON]
) -> dict[str, JSON]:
    if schema.keys().isdisjoint(_VALUES):
        return made
    is_valid = Validator({**schema, "$defs": dict(defined)}).is_valid
    kept = {keyword: held for keyword, held in made.items() if keyword not in _VALUES or is_valid(held)}
    examples = [value for value in members_of(schema, "examples") if is_valid(value)]
    return {**kept, "examples": examples} if examples else {k: v for k, v in kept.items() if k != "examples"}


def _references(schema: JSON) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield str(node["$ref"]).removeprefix(_LOCAL)
            for keyword, held in node.items():
                pending += [held] if keyword in _ONE else []
                pending += members_of(node, keyword) if keyword in _SEVERAL else []
                pending += held.values() if keyword in _NAMED and isinstance(held, dict) else []
