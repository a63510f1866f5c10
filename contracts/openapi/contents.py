"""Pieces of an OpenAPI document, read tolerantly: references followed, JSON content picked, schemas converted."""

from collections.abc import Callable, Mapping
from functools import partial

from bodydouble.contracts.pointers import JSON, join, look_up

from .references import UnresolvableReference, resolve

JSON_MEDIA_TYPE = "application/json"


Converted = Mapping[str, JSON] | Callable[[], Mapping[str, JSON]]
"""A converted schema, or what converts it when it is first asked for."""


class Schema:
    """One schema in both readings of ``nullable``, as self-contained JSON Schema 2020-12.

    Each reading is converted when it is first asked for: most schemas of a contract are of replies that nobody plays
    or checks.

    Attributes:
        pointer: Where the schema stands in its fragment.
    """

    __slots__ = ("_lenient", "_strict", "pointer")

    def __init__(self, pointer: str, strict: Converted, lenient: Converted) -> None:
        self.pointer = pointer
        self._strict = strict
        self._lenient = lenient

    @property
    def strict(self) -> Mapping[str, JSON]:
        """What we may send."""
        if callable(self._strict):
            self._strict = self._strict()
        return self._strict

    @property
    def lenient(self) -> Mapping[str, JSON]:
        """What we accept."""
        if callable(self._lenient):
            self._lenient = self._lenient()
        return self._lenient

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        mine, theirs = (self.pointer, self.strict, self.lenient), (other.pointer, other.strict, other.lenient)
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]  # equal by what it holds, which cannot be hashed

    def __repr__(self) -> str:
        return f"<Schema {self.pointer}>"


def schema_at(document: Mapping[str, JSON], pointer: str) -> Schema:
    """Return the schema at ``pointer`` of ``document``, to be converted in both readings.

    Raises:
        LookupError: Nothing is there.
    """
    root = dict(document)
    look_up(root, pointer)
    return Schema(
        pointer,
        partial(_converted, root, pointer, "STRICT"),
        partial(_converted, root, pointer, "LENIENT"),
    )


def _converted(document: JSON, pointer: str, reading: str) -> Mapping[str, JSON]:
    # Loading what converts would make every start longer, and the bundled contract has been converted ahead.
    from bodydouble.contracts.schema.dialect import Reading, convert  # noqa: PLC0415

    return convert(document, pointer, Reading[reading])


def content_of(
    document: Mapping[str, JSON], pointer: str, node: Mapping[str, JSON]
) -> tuple[str, Schema | None]:
    """Return the JSON media type of the body or reply at ``pointer`` and its schema, if it has one.

    Of several JSON media types the first with a schema counts; other media types are not ours to read.
    """
    offered = [(name, media) for name, media in members(node.get("content")) if _is_json(name)]
    for media_type, media in offered:
        if isinstance(media, dict) and "schema" in media:
            return media_type, schema_at(document, join(pointer, "content", media_type, "schema"))
    return (offered[0][0] if offered else JSON_MEDIA_TYPE), None


def _is_json(media_type: str) -> bool:
    essence = media_type.split(";", maxsplit=1)[0].strip().lower()
    return essence in ("*/*", "application/*") or essence.endswith(("/json", "+json"))


def resolved(document: Mapping[str, JSON], pointer: str, node: JSON) -> tuple[str, JSON]:
    """Follow a reference object; a dangling one is an empty object, reported elsewhere as a defect.

    Returns:
        Where the value stands and the value.
    """
    if not (isinstance(node, dict) and "$ref" in node):
        return pointer, node
    try:
        return resolve(dict(document), node["$ref"])
    except UnresolvableReference:
        return pointer, {}


def members(node: JSON) -> list[tuple[str, JSON]]:
    """Return the members of an object; none of anything else."""
    return list(node.items()) if isinstance(node, dict) else []


def text(value: JSON) -> str:
    """Return a text; ``""`` for anything else."""
    return value if isinstance(value, str) else ""
