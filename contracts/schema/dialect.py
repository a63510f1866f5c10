"""The one conversion of OpenAPI's schemas to JSON Schema 2020-12; everything that reads a schema reads its result.

OpenAPI 3.0 has a dialect of its own (``nullable``, boolean ``exclusiveMinimum``, ``example``, ``$ref`` without
siblings: OpenAPI 3.0.3, Schema Object); since 3.1 a schema is JSON Schema 2020-12, and only references move.

* Keywords mean something by where they stand: a property may be called ``nullable``, ``required`` or ``$ref``, and
  data (``enum``, ``default``, ``const``, ``example``) may look like a schema without being one.
* What cannot be read constrains nothing: a keyword that holds what it may not hold is dropped, a reference that
  leads nowhere is ``{}``, and where that would forbid (``not``, ``oneOf``, ``anyOf``, ``if``, ``contains``) the
  keyword around it is dropped too.
* ``format`` stays as an annotation and is never asserted: upstream puts ``format: uri`` on fields that take a Base64
  image or the id of an asset as well, so an assertion would refuse what the API accepts.
* Extensions (``x-…``), ``title``, ``description``, ``default`` and examples stay, for whoever reads the result.
* A schema that applies itself to the same value without end (``A: {allOf: [A]}``) says nothing where it closes the
  circle; recursion into a part of the value is kept.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from jsonschema_rs import Draft202012Validator

from bodydouble.contracts.openapi.references import UnresolvableReference, locate
from bodydouble.contracts.pointers import JSON, join, look_up, tokens_of

from .circles import cut_circles
from .keywords import ANNOTATIONS, ASSERTIONS, MeaninglessError, data, pattern, text
from .nullable import Reading, admit_null, may_forbid_null

__all__ = ["Reading", "Schema", "convert", "nullable_disagreements"]

Schema: TypeAlias = dict[str, JSON]
"""A converted schema."""

MAX_NESTING = 24
"""Schemas nested deeper become definitions, so that no reader's stack grows with the document."""


def convert(document: JSON, pointer: str, reading: Reading) -> Schema:
    """Return the schema at ``pointer`` as a self-contained JSON Schema 2020-12.

    Args:
        document: An OpenAPI document, valid or not. Its version decides: 3.0 (also assumed where none is given) is
            converted, any other is taken for JSON Schema 2020-12 already.
        pointer: JSON Pointer of the schema.
        reading: How ``nullable`` is understood.

    Returns:
        An object schema, valid to the metaschema. What it refers to is under ``$defs``, named by ASCII letters,
        digits, dots, dashes and underscores only, so that ``#/$defs/NAME`` needs no decoding. Shares its data with
        ``document``: do not change it.

    Raises:
        LookupError: Nothing is at ``pointer``.
    """
    return _Conversion(document, reading, modern=_is_modern(document)).run(pointer)


def nullable_disagreements(document: JSON, pointer: str) -> tuple[str, ...]:
    """Return the JSON Pointers of the schemas, reachable from ``pointer``, whose ``nullable`` means two things.

    These are the schema objects with ``nullable: true`` that accept null in the lenient reading (all do) and not
    in the strict one, found by asking the strict one. Schemas around them are not listed.

    Raises:
        LookupError: Nothing is at ``pointer``.
    """
    conversion = _Conversion(document, Reading.STRICT, modern=_is_modern(document))
    conversion.run(pointer)
    if conversion.modern:
        return ()
    marked = (place for place, schema in conversion.met.items() if schema.get("nullable") is True)
    return tuple(place for place in marked if not _accepts_null(convert(document, place, Reading.STRICT)))


def _accepts_null(schema: Schema) -> bool:
    return not may_forbid_null(schema) or Draft202012Validator(schema).is_valid(None)


def _is_modern(document: JSON) -> bool:
    version = document.get("openapi", "3.0") if isinstance(document, dict) else "3.0"
    return not str(version).startswith("3.0")  # unquoted in YAML, 3.0 is a number


class _Conversion(msgspec.Struct):
    """One conversion under way; ``met`` are the schema objects it has come by, by their place."""

    document: JSON
    reading: Reading
    modern: bool
    met: dict[str, Schema] = msgspec.field(default_factory=dict)
    names: dict[str, str] = msgspec.field(default_factory=dict)
    uses: Counter[str] = msgspec.field(default_factory=Counter)
    pending: deque[str] = msgspec.field(default_factory=deque)

    def run(self, pointer: str) -> Schema:
        converted = self.schema(look_up(self.document, pointer), pointer, 0) or {}
        definitions: dict[str, Schema] = {}
        while self.pending:
            place = self.pending.popleft()
            definitions[self.names[place]] = self.schema(look_up(self.document, place), place, 0) or {}
        cut_circles(definitions)
        return {**converted, "$defs": dict(definitions)} if definitions else converted

    def schema(self, value: JSON, place: str, depth: int) -> Schema | None:
        """Return ``value`` converted; None if it cannot be read as a schema."""
        if isinstance(value, bool):
            return {} if value else {"not": {}}
        if not isinstance(value, dict):
            return None
        if depth == MAX_NESTING:
            return self.definition(place)
        self.met[place] = value
        if self.modern:
            return self.keywords(value, place, depth)
        nullable = value.get("nullable") is True
        converted = self.keywords(_from_3_0(value), place, depth)
        return admit_null(converted, self.reading) if nullable and converted is not None else converted

    def keywords(self, schema: Schema, place: str, depth: int) -> Schema | None:
        converted: Schema = {}
        for keyword, held in schema.items():
            try:
                converted[text(keyword)] = self.keyword(keyword, held, join(place, keyword), depth + 1)
            except MeaninglessError:
                continue
        return None if "$ref" in schema and not converted else converted

    def keyword(self, keyword: str, held: JSON, place: str, depth: int) -> JSON:
        if applied := _APPLICATORS.get(keyword):
            return applied(self, held, place, depth)
        if checked := ASSERTIONS.get(keyword) or ANNOTATIONS.get(keyword):
            return checked(held)
        if keyword.startswith("$") or keyword in _OF_OTHER_DRAFTS:
            raise MeaninglessError
        return data(held)

    def definition(self, place: str) -> Schema:
        if place not in self.names:
            last = (tokens_of(place) or ("",))[-1]
            self.names[place] = self.fresh_name(re.sub(r"[^A-Za-z0-9._-]+", "_", last) or "schema")
            self.pending.append(place)
        return {"$ref": f"#/$defs/{self.names[place]}"}

    def fresh_name(self, wanted: str) -> str:
        self.uses[wanted] += 1
        if self.uses[wanted] == 1:
            return wanted
        return self.fresh_name(f"{wanted}-{self.uses[wanted]}")

    def reference(self, held: JSON, _place: str, _depth: int) -> JSON:
        try:
            place, target = locate(self.document, held)
        except UnresolvableReference:
            raise MeaninglessError from None
        if not isinstance(target, dict | bool):
            raise MeaninglessError
        return self.definition(place)["$ref"]

    def one(self, held: JSON, place: str, depth: int) -> JSON:
        """A schema; one that lost all it demanded would turn from saying little to forbidding under a ``not``."""
        converted = self.schema(held, place, depth)
        if converted is None or (converted == {} and held not in ({}, True)):
            raise MeaninglessError
        return converted

    def all_of(self, held: JSON, place: str, depth: int) -> JSON:
        members = [member for member in self.members(held, place, depth) if member is not None]
        if not members:
            raise MeaninglessError
        return list(members)

    def alternatives(self, held: JSON, place: str, depth: int) -> JSON:
        members = [member for member in self.members(held, place, depth) if member is not None]
        if not members or not isinstance(held, list) or len(members) < len(held):
            raise MeaninglessError
        return list(members)

    def positions(self, held: JSON, place: str, depth: int) -> JSON:
        members = [member or {} for member in self.members(held, place, depth)]
        if not members:
            raise MeaninglessError
        return list(members)

    def members(self, held: JSON, place: str, depth: int) -> Iterator[Schema | None]:
        if not isinstance(held, list):
            raise MeaninglessError
        for index, member in enumerate(held):
            yield self.schema(member, join(place, index), depth)

    def named(self, held: JSON, place: str, depth: int) -> JSON:
        """A name whose schema cannot be read is declared all the same."""
        if not isinstance(held, dict):
            raise MeaninglessError
        return {
            name: self.schema(member, join(place, name), depth) or {}
            for name, member in held.items()
            if _holds(text, name)
        }

    def patterned(self, held: JSON, place: str, depth: int) -> JSON:
        if not isinstance(held, dict):
            raise MeaninglessError
        return self.named(
            {name: member for name, member in held.items() if _holds(pattern, name)}, place, depth
        )


def _holds(check: Callable[[JSON], JSON], value: JSON) -> bool:
    try:
        check(value)
    except MeaninglessError:
        return False
    return True


def _from_3_0(schema: Schema) -> Schema:
    """Return the keywords of a 3.0 Schema Object under their names of 2020-12."""
    if isinstance(schema.get("$ref"), str):
        # "This object cannot be extended with additional properties and any properties added SHALL be ignored"
        # (3.0.3, Reference Object); extensions, which overlays add for us, are no constraint and stay.
        return {
            keyword: held for keyword, held in schema.items() if keyword == "$ref" or keyword.startswith("x-")
        }
    kept = {keyword: held for keyword, held in schema.items() if keyword not in _ONLY_IN_3_0}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(kept.get(exclusive), bool) and kept.pop(exclusive) and bound in kept:
            kept[exclusive] = kept.pop(bound)
    if "example" in schema:
        more = kept.get("examples")
        kept["examples"] = [schema["example"], *(more if isinstance(more, list) else [])]
    if kept.get("enum") == []:
        del kept["enum"]  # it would forbid everything; nobody means that
    return kept


_ONLY_IN_3_0 = frozenset({"nullable", "discriminator", "xml", "externalDocs", "example"})
_OF_OTHER_DRAFTS = frozenset({"definitions", "dependencies", "additionalItems", "id"})

_APPLICATORS: Mapping[str, Callable[[_Conversion, JSON, str, int], JSON]] = {
    "$ref": _Conversion.reference,
    "allOf": _Conversion.all_of,
    "anyOf": _Conversion.alternatives,
    "oneOf": _Conversion.alternatives,
    "prefixItems": _Conversion.positions,
    "properties": _Conversion.named,
    "patternProperties": _Conversion.patterned,
    "dependentSchemas": _Conversion.named,
    **dict.fromkeys(
        [
            *("additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"),
            *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
        ],
        _Conversion.one,
    ),
}
"""Keywords that hold schemas or refer to them. ``$defs`` holds none in place: what is referred to is carried along."""
