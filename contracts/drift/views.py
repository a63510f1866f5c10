"""One place in a value, as one version describes it: what is to be seen there, and which values may stand there."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Sampler
from bodydouble.contracts.schema.schemas import outline, required_of, types_of

from .meaning import Meaning, same, with_definitions

ITEM = "*"
"""Stands for any index of an array and for any undeclared name of an object in the tokens of a place."""

SCALARS = ("string", "number", "boolean")
KINDS = frozenset({*SCALARS, "object", "array"})
"""Types of JSON but null; integers are numbers."""

_PYTHON: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "number"),
    (float, "number"),
    (list, "array"),
    (dict, "object"),
)


class View:
    """A schema within its self-contained root.

    Attributes:
        root: Holds the definitions.
        schema: The schema of the place.
    """

    def __init__(self, root: Mapping[str, JSON], schema: JSON) -> None:
        self.root = root
        self.schema = schema
        self._members: dict[str, View] = {}

    @cached_property
    def node(self) -> dict[str, JSON]:
        """What there is to see, alternatives folded in."""
        return outline(self.root, self.schema)

    @cached_property
    def meaning(self) -> Meaning:
        """The values that may stand here."""
        schema = self.schema if isinstance(self.schema, dict) else {}
        return Meaning(with_definitions(schema, self.root))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Which types the values have, null aside."""
        values = self.values if "enum" in self.node or "const" in self.node else None
        if values is not None:
            return frozenset(filter(None, map(kind_of, values)))
        return self.declared_kinds or KINDS

    @cached_property
    def declared_kinds(self) -> frozenset[str]:
        """The types that are named; empty where none is."""
        words = types_of(self.node)
        return frozenset("number" if word == "integer" else word for word in words if word != "null")

    @cached_property
    def values(self) -> list[JSON] | None:
        """Every value that may stand here, null aside, where they are listed."""
        listed = self.meaning.values
        return [value for value in listed if value is not None] if listed is not None else None

    @cached_property
    def sample(self) -> tuple[JSON, ...]:
        """The plainest value, alone; nothing where none was found."""
        try:
            return (Sampler(self.meaning.schema).sample(),)
        except (ValueError, RecursionError):
            return ()

    @cached_property
    def nullable(self) -> bool:
        """Whether null may stand here."""
        return self.meaning.accepts(None)

    @cached_property
    def properties(self) -> dict[str, JSON]:
        """Declared properties in document order."""
        held = self.node.get("properties")
        return held if isinstance(held, dict) else {}

    @cached_property
    def required(self) -> frozenset[str]:
        """Properties that every object here must have."""
        return frozenset(required_of(self.node))

    @cached_property
    def free(self) -> JSON:
        """The schema of properties that are not declared, as far as one is stated; None where none is."""
        held = self.node.get("additionalProperties")
        return {} if held is True else held if isinstance(held, dict) and held != {"not": {}} else None

    def member(self, name: str) -> "View":
        """Return the view of a declared property."""
        if name not in self._members:
            self._members[name] = View(self.root, self.properties.get(name, {}))
        return self._members[name]

    def below(self, token: str) -> "View | None":
        """Return the view of a part: a declared property, items or undeclared values; None if there is none."""
        if token in self.properties:
            return self.member(token)
        if token == ITEM:
            return self.items or (None if self.free is None else self.part(self.free))
        return None

    def at(self, tokens: Sequence[str]) -> "View | None":
        """Return the view of a place further in; None if there is none."""
        view: View | None = self
        for token in tokens:
            view = view.below(token) if view is not None else None
        return view

    @cached_property
    def items(self) -> "View | None":
        """The view of an array's items; None where nothing is said about them."""
        return self.part(self.node["items"]) if "items" in self.node else None

    def part(self, schema: JSON) -> "View":
        """Return the view of another part of this place."""
        return View(self.root, schema)

    def is_same(self, other: "View") -> bool:
        """Whether both are written down alike, and nothing is referred to that could differ."""
        if self.schema is other.schema and self.root is other.root:
            return True
        definitions = self.root.get("$defs"), other.root.get("$defs")
        if self.schema != other.schema or definitions[0] != definitions[1]:
            return False
        return same(self.schema, other.schema) and same(*definitions)


def kind_of(value: JSON) -> str:
    """Return the type of a value; ``""`` for null."""
    return next((word for kind, word in _PYTHON if isinstance(value, kind)), "")
