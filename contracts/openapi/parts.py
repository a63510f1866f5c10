"""The parts of an OpenAPI document that its operations reach, each with the role it plays.

What a name means depends on where it stands: ``required`` is a keyword in a schema and a property among
``properties``. One walk finds the roles; whoever judges or counts does not have to walk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from bodydouble.contracts.pointers import JSON, join

from .operations import METHODS
from .references import UnresolvableReference, locate


class Role(StrEnum):
    """What a part of a document is."""

    DOCUMENT = "document"
    INFO = "info"
    SERVER = "server"
    PATH_ITEM = "path item"
    OPERATION = "operation"
    PARAMETER = "parameter"
    REQUEST_BODY = "request body"
    RESPONSE = "response"
    CALLBACK = "callback"
    HEADER = "header"
    MEDIA_TYPE = "media type"
    SCHEMA = "schema"
    REFERENCE = "reference"
    MALFORMED = "malformed part"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document.

    Attributes:
        role: What it is; a ``MALFORMED`` part is of a JSON type that nothing in its place may have.
        pointer: Where it stands.
        node: The part itself: an object, unless it is malformed.
        path: For path items and operations below ``paths`` the path template, else ``""``.
        expected: For a malformed part what was expected, in words.
        target: For a reference the role of what it refers to.
    """

    role: Role
    pointer: str
    node: JSON
    path: str = ""
    expected: str = ""
    target: Role | None = None

    @property
    def members(self) -> dict[str, JSON]:
        """The members of the object that the part is, none if it is none."""
        return self.node if isinstance(self.node, dict) else {}

    def member(self, name: str) -> JSON:
        """The value under ``name``, None where there is none."""
        return self.members.get(name)

    def listed(self, name: str) -> list[JSON]:
        """The list under ``name``, an empty one where there is none."""
        held = self.member(name)
        return held if isinstance(held, list) else []


class _Shape(Enum):
    ONE = auto()
    LIST = auto()
    MAP = auto()
    PATTERNED = auto()
    """A map whose names that begin with ``x-`` are extensions."""


_CONTENT: Mapping[str, tuple[_Shape, Role]] = {"content": (_Shape.MAP, Role.MEDIA_TYPE)}
_DESCRIBED: Mapping[str, tuple[_Shape, Role]] = {"schema": (_Shape.ONE, Role.SCHEMA), **_CONTENT}
_SERVED: Mapping[str, tuple[_Shape, Role]] = {
    "servers": (_Shape.LIST, Role.SERVER),
    "parameters": (_Shape.LIST, Role.PARAMETER),
}
_SCHEMAS: Mapping[str, tuple[_Shape, Role]] = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), (_Shape.MAP, Role.SCHEMA)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), (_Shape.LIST, Role.SCHEMA)),
    **dict.fromkeys(
        [
            *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
            *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
        ],
        (_Shape.ONE, Role.SCHEMA),
    ),
}
_MEMBERS: Mapping[Role, Mapping[str, tuple[_Shape, Role]]] = {
    Role.DOCUMENT: {
        "info": (_Shape.ONE, Role.INFO),
        "servers": (_Shape.LIST, Role.SERVER),
        "paths": (_Shape.PATTERNED, Role.PATH_ITEM),
    },
    Role.PATH_ITEM: {**_SERVED, **dict.fromkeys(METHODS, (_Shape.ONE, Role.OPERATION))},
    Role.OPERATION: {
        **_SERVED,
        "requestBody": (_Shape.ONE, Role.REQUEST_BODY),
        "responses": (_Shape.PATTERNED, Role.RESPONSE),
        "callbacks": (_Shape.MAP, Role.CALLBACK),
    },
    Role.PARAMETER: _DESCRIBED,
    Role.HEADER: _DESCRIBED,
    Role.REQUEST_BODY: _CONTENT,
    Role.RESPONSE: {**_CONTENT, "headers": (_Shape.MAP, Role.HEADER)},
    Role.MEDIA_TYPE: {"schema": (_Shape.ONE, Role.SCHEMA)},
    Role.SCHEMA: _SCHEMAS,
}
"""Under which names the parts of a part stand (OpenAPI 3.0.4 and 3.1.1, section 4.8). ``$defs`` holds none in
place: what is referred to is visited where the reference leads."""


def is_modern(document: Mapping[str, JSON]) -> bool:
    """Return whether the document's schemas are JSON Schema 2020-12, as they are since OpenAPI 3.1."""
    return not str(document.get("openapi", "3.0")).startswith("3.0")


def parts_of(document: dict[str, JSON]) -> tuple[Part, ...]:
    """Return the document and every part of it that its operations reach, each once, in document order.

    References are followed one step each; they appear as parts of their own.
    """
    walk = _Walk(document, modern=is_modern(document))
    found: list[Part] = []
    entered: set[tuple[Role, str, str]] = set()
    pending = [Part(Role.DOCUMENT, "", document)]
    while pending:
        part = pending.pop()
        key = (part.role, part.pointer, part.path)
        if key not in entered:
            entered.add(key)
            found.append(part)
            pending.extend(reversed(tuple(walk.below(part))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Walk:
    document: dict[str, JSON]
    modern: bool

    def below(self, part: Part) -> Iterator[Part]:
        if part.role is Role.REFERENCE and part.target is not None:
            try:
                place, node = locate(self.document, part.member("$ref"))
            except UnresolvableReference:
                return
            yield from self.parts(part.target, place, node, part.path)
        elif part.role is Role.CALLBACK:
            yield from self.members(part, "", _Shape.PATTERNED, Role.PATH_ITEM)
        elif isinstance(part.node, dict):
            for name, (shape, role) in _MEMBERS.get(part.role, {}).items():
                if name in part.node:
                    yield from self.members(part, name, shape, role)

    def members(self, part: Part, name: str, shape: _Shape, role: Role) -> Iterator[Part]:
        """The parts under one name of ``part``; an empty name is the part itself."""
        held = part.member(name) if name else part.node
        place = join(part.pointer, name) if name else part.pointer
        if shape is _Shape.ONE:
            yield from self.parts(role, place, held, part.path)
        elif shape is _Shape.LIST and isinstance(held, list):
            for index, node in enumerate(held):
                yield from self.parts(role, join(place, index), node, part.path)
        elif shape is not _Shape.LIST and isinstance(held, dict):
            below_paths = part.role is Role.DOCUMENT
            for key, node in held.items():
                if not (shape is _Shape.PATTERNED and key.startswith("x-")):
                    yield from self.parts(role, join(place, key), node, key if below_paths else part.path)
        else:
            kind = "a list" if shape is _Shape.LIST else "an object"
            yield Part(Role.MALFORMED, place, held, expected=f"{kind} whose members are objects")

    def parts(self, role: Role, place: str, node: JSON, path: str) -> Iterator[Part]:
        path = path if role in (Role.PATH_ITEM, Role.OPERATION) else ""
        if not isinstance(node, dict):
            if not (role is Role.SCHEMA and isinstance(node, bool) and self.allows_boolean(place)):
                yield Part(Role.MALFORMED, place, node, expected="an object")
            return
        if "$ref" in node:
            yield Part(Role.REFERENCE, place, node, path, target=role)
            # In 3.0 whatever stands beside a reference is ignored; a schema of 3.1 is both.
            if isinstance(node["$ref"], str) and not (self.modern and role is Role.SCHEMA):
                return
        yield Part(role, place, node, path)

    def allows_boolean(self, place: str) -> bool:
        return self.modern or place.endswith("/additionalProperties")
