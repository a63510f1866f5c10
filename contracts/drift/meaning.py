"""What schemas mean: the sets of values they accept, and whether one of them holds another.

The sets are worked out by jsonschema-rs, whose answer may be that it cannot tell. Whether a value is in a set is
for its validator to say.
"""

from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, auto
from types import MappingProxyType

from jsonschema_rs import CanonicalSchema, ValidationError, canonicalize
from jsonschema_rs.canonical import CanonicalizationError, Containment, Satisfiability

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.folding import members_of
from bodydouble.contracts.schema.keywords import ANNOTATIONS
from bodydouble.contracts.schema.validation import Validator

NULL: Mapping[str, JSON] = MappingProxyType({"type": "null"})


APART = "without_"
"""Begins the names of definitions in a schema of what one schema accepts and another does not."""


class Verdict(Enum):
    """Whether one set of values is within another."""

    CONTAINED = auto()
    EXCEEDS = auto()
    UNKNOWN = auto()


class Meaning:
    """The values that a self-contained schema accepts.

    Attributes:
        schema: The schema.
    """

    __slots__ = ("_accepts", "_canonical", "_parts", "schema")

    def __init__(self, schema: Mapping[str, JSON]) -> None:
        self.schema: dict[str, JSON] = dict(schema)
        self._accepts: Validator | None = None
        self._canonical: CanonicalSchema | bool | None = None
        self._parts: dict[str, Meaning] = {}

    @property
    def canonical(self) -> CanonicalSchema | None:
        """The normal form; None where there is none."""
        if self._canonical is None:
            self._canonical = _canonical(_with_plain_names(self.schema)) or False
        return None if isinstance(self._canonical, bool) else self._canonical

    def accepts(self, value: JSON) -> bool:
        """Return whether ``value`` is one of them."""
        if self._accepts is None:
            self._accepts = Validator(self.schema)
        return self._accepts.is_valid(value)

    def within(self, outer: "Meaning") -> Verdict:
        """Return whether ``outer`` accepts all of them."""
        if self.schema == outer.schema and same(self.schema, outer.schema):
            return Verdict.CONTAINED
        mine, theirs = self.canonical, outer.canonical
        if mine is None or theirs is None:
            return Verdict.UNKNOWN
        try:
            answer = theirs.covers(mine)
        except CanonicalizationError:
            return Verdict.UNKNOWN
        if answer == Containment.YES:
            return Verdict.CONTAINED
        return Verdict.EXCEEDS if answer == Containment.NO else _by_difference(mine, theirs)

    def without(self, other: "Meaning") -> dict[str, JSON] | None:
        """Return a schema of those that ``other`` does not accept; None where it cannot be written down.

        Its definitions have names of their own, so that they can stand beside those of either schema.
        """
        mine, theirs = self.canonical, other.canonical
        if mine is None or theirs is None:
            return None
        try:
            rest = _plain(mine.subtract(theirs).to_json_schema())
        except CanonicalizationError:
            return None
        return _with_plain_names(rest, APART) if "$defs" in rest else rest

    def limited(self, condition: JSON, name: str) -> "Meaning":
        """Return those that keep a condition, too; ``name`` is what that is called, for it is worked out once."""
        if name not in self._parts:
            rest = {keyword: held for keyword, held in self.schema.items() if keyword != "$defs"}
            self._parts[name] = Meaning(with_definitions({"allOf": [rest, condition]}, self.schema))
        return self._parts[name]

    @property
    def is_empty(self) -> bool:
        """Whether there is provably no value."""
        canonical = self.canonical
        return canonical is not None and canonical.satisfiability() == Satisfiability.NO

    @property
    def values(self) -> list[JSON] | None:
        """All of them where they are listed; None where they are not."""
        return _listed(self.plain)

    @property
    def plain(self) -> dict[str, JSON] | None:
        """A schema of the same values as simple as can be; None where there is no normal form."""
        canonical = self.canonical
        return None if canonical is None else _plain(canonical.to_json_schema())


def _listed(schema: JSON) -> list[JSON] | None:
    node = schema if isinstance(schema, dict) else {}
    if node.keys() == {"enum"}:
        return list(members_of(node, "enum"))
    if node.keys() == {"const"}:
        return [node["const"]]
    if node == NULL:
        return [None]
    each = [_listed(option) for option in members_of(node, "anyOf")] if node.keys() == {"anyOf"} else []
    known = [values for values in each if values is not None]
    return [value for values in known for value in values] if each and len(known) == len(each) else None


def same(first: JSON, second: JSON) -> bool:
    """Whether two values are the same JSON: to Python, true is 1."""
    if first is second:
        return True
    if isinstance(first, bool) or isinstance(second, bool):
        return False
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(held, second[name]) for name, held in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second


def with_definitions(schema: Mapping[str, JSON], root: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a part of ``root`` with the definitions that it may refer to, beside those that it has."""
    theirs, own = root.get("$defs"), schema.get("$defs")
    if not isinstance(theirs, dict):
        return dict(schema)
    return {**schema, "$defs": {**theirs, **own} if isinstance(own, dict) else theirs}


def apart(schema: JSON) -> tuple[JSON, dict[str, JSON]]:
    """Return a schema without its definitions, and them."""
    if not isinstance(schema, dict) or not isinstance(schema.get("$defs"), dict):
        return schema, {}
    return {keyword: held for keyword, held in schema.items() if keyword != "$defs"}, {
        "$defs": schema["$defs"]
    }


def _by_difference(inner: CanonicalSchema, outer: CanonicalSchema) -> Verdict:
    try:
        rest = inner.subtract(outer).satisfiability()
    except CanonicalizationError:
        return Verdict.UNKNOWN
    return Verdict.CONTAINED if rest == Satisfiability.NO else Verdict.UNKNOWN


def _canonical(schema: dict[str, JSON]) -> CanonicalSchema | None:
    try:
        return canonicalize(schema, validate_formats=False, offline=True)
    except (CanonicalizationError, ValidationError, ValueError):
        return None


def _plain(schema: object) -> dict[str, JSON]:
    node = _numbers(schema)
    return {k: held for k, held in node.items() if k != "$schema"} if isinstance(node, dict) else {}


def _numbers(value: object) -> JSON:
    """The value with Python's numbers: those beyond 64 bits come as decimals."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_numbers(member) for member in value]
    if isinstance(value, dict):
        return {str(name): _numbers(held) for name, held in value.items()}
    return value if isinstance(value, str | int | float) else None


def _with_plain_names(schema: dict[str, JSON], prefix: str = "d") -> dict[str, JSON]:
    """The schema without remarks and unused definitions; the others named by the order of their first use.

    Two schemas that differ in the names of their definitions only are the same then.
    """
    definitions = schema.get("$defs")
    defined = definitions if isinstance(definitions, dict) else {}
    names: dict[str, str] = {}
    queue: deque[JSON] = deque([{keyword: held for keyword, held in schema.items() if keyword != "$defs"}])
    made: list[JSON] = []
    while queue:
        before = len(names)
        made.append(_asserting(queue.popleft(), names, prefix))
        queue += [defined.get(name, {}) for name in list(names)[before:]]
    root, *rest = made
    kept: dict[str, JSON] = dict(zip(names.values(), rest, strict=True))
    asserted = root if isinstance(root, dict) else {}
    return {**asserted, "$defs": kept} if kept else asserted


def _asserting(schema: JSON, names: dict[str, str], prefix: str) -> JSON:
    """A copy without remarks whose references have plain names; the order of keywords does not matter to them."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, JSON] = {}
    for keyword in sorted(schema):
        held = schema[keyword]
        if keyword == "$ref" and isinstance(held, str):
            made[keyword] = (
                f"#/$defs/{names.setdefault(held.removeprefix('#/$defs/'), f'{prefix}{len(names)}')}"
            )
        elif keyword in _NAMED and isinstance(held, dict):
            made[keyword] = {name: _asserting(held[name], names, prefix) for name in sorted(held)}
        elif keyword in _SEVERAL and isinstance(held, list):
            made[keyword] = [_asserting(member, names, prefix) for member in held]
        elif not (keyword in ANNOTATIONS or keyword.startswith("x-")):
            made[keyword] = _asserting(held, names, prefix) if keyword in _ONE else held
    return made


_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_ONE = frozenset(
    {
        *("additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
