"""Operations of an OpenAPI document, read tolerantly: what is there counts, what is missing is a default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .dialect import Reading, convert
from .fragments import Fragment
from .pointers import JSON, join
from .references import UnresolvableReference, resolve

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
JSON_MEDIA_TYPE = "application/json"
ALIASES = "x-bodydouble-aliases"


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema in both readings of ``nullable``, as self-contained JSON Schema 2020-12.

    Attributes:
        pointer: Where the schema stands in its fragment.
        strict: What we may send.
        lenient: What we accept.
    """

    pointer: str
    strict: Mapping[str, JSON]
    lenient: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; ``location`` is OpenAPI's ``in``, guessed from the path if it is missing."""

    name: str
    location: str
    required: bool
    schema: Schema | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented reply; ``status`` is the response key (``"200"``, ``"2XX"`` or ``"default"``)."""

    status: str
    media_type: str
    schema: Schema | None

    @property
    def is_success(self) -> bool:
        """Whether the key names a success outright (``default`` does not)."""
        return self.status.startswith("2")

    @property
    def status_code(self) -> int:
        """The code to answer with: the key itself, or 200 where the key is a range or ``default``."""
        return int(self.status) if self.status.isdecimal() else 200


@dataclass(frozen=True, slots=True)
class Alias:
    """Another path that answers as the operation does."""

    path: str
    deprecated: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path of one fragment.

    Attributes:
        source: The fragment's name.
        pointer: Where the operation stands in it.
        method: Lower case.
        path: Path template as written.
        operation_id: As written, or ``""``.
        request: The JSON body's schema, if the operation takes one.
        request_required: Whether the body must be sent.
        parameters: Of the path item and the operation, the latter winning.
        replies: In document order.
        security: Names of HTTP bearer schemes of which one is required; empty is open to all.
        aliases: Further paths (an overlay's ``x-bodydouble-aliases`` on the path item).
        node: The operation object itself, for extensions and for export.
    """

    source: str
    pointer: str
    method: str
    path: str
    operation_id: str
    request: Schema | None
    request_required: bool
    parameters: tuple[Parameter, ...]
    replies: tuple[Reply, ...]
    security: tuple[str, ...]
    aliases: tuple[Alias, ...]
    node: Mapping[str, JSON]

    @property
    def success(self) -> Reply | None:
        """The reply of a call that went well: the first 2xx, else ``default``."""
        wanted = [reply for reply in self.replies if reply.is_success]
        return next(iter(wanted + [reply for reply in self.replies if reply.status == "default"]), None)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that leads here, the contract's own first."""
        return (self.path, *(alias.path for alias in self.aliases))

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_of(fragment: Fragment) -> tuple[Operation, ...]:
    """Return the operations of a fragment in document order; malformed parts are passed over."""
    return tuple(_operations(fragment))


def _operations(fragment: Fragment) -> Iterator[Operation]:
    for path, item in _members(fragment.document.get("paths")):
        item_pointer, item_node = _resolved(fragment.document, join("/paths", path), item)
        for method, node in _members(item_node):
            if method in METHODS and isinstance(node, dict):
                yield _operation(fragment, path, item_pointer, item_node, method, node)


def _operation(
    fragment: Fragment, path: str, item_pointer: str, item: JSON, method: str, node: dict[str, JSON]
) -> Operation:
    document, place = fragment.document, join(item_pointer, method)
    request, required = _request(document, place, node)
    return Operation(
        source=fragment.source,
        pointer=place,
        method=method,
        path=path,
        operation_id=_text(node.get("operationId")),
        request=request,
        request_required=required,
        parameters=_parameters(document, path, (item_pointer, item), (place, node)),
        replies=tuple(_replies(document, place, node)),
        security=_security(document, node),
        aliases=tuple(_aliases(item)),
        node=node,
    )


def _request(document: dict[str, JSON], place: str, node: dict[str, JSON]) -> tuple[Schema | None, bool]:
    pointer, body = _resolved(document, join(place, "requestBody"), node.get("requestBody"))
    if not isinstance(body, dict):
        return None, False
    return _content(document, pointer, body)[1], body.get("required") is True


def _replies(document: dict[str, JSON], place: str, node: dict[str, JSON]) -> Iterator[Reply]:
    for status, reply in _members(node.get("responses")):
        pointer, resolved = _resolved(document, join(place, "responses", status), reply)
        if isinstance(resolved, dict) and not status.startswith("x-"):
            media_type, schema = _content(document, pointer, resolved)
            yield Reply(status, media_type, schema)


def _content(document: dict[str, JSON], pointer: str, node: dict[str, JSON]) -> tuple[str, Schema | None]:
    """The JSON media type of a body or reply and its schema; other media types are not ours to read."""
    for media_type, media in _members(node.get("content")):
        if _is_json(media_type) and isinstance(media, dict):
            if "schema" not in media:
                return media_type, None
            return media_type, schema_at(document, join(pointer, "content", media_type, "schema"))
    return JSON_MEDIA_TYPE, None


def _is_json(media_type: str) -> bool:
    essence = media_type.split(";", maxsplit=1)[0].strip().lower()
    return essence in (JSON_MEDIA_TYPE, "*/*", "application/*") or essence.endswith("+json")


def schema_at(document: dict[str, JSON], pointer: str) -> Schema:
    """Return the schema at ``pointer`` of ``document``, converted in both readings."""
    return Schema(
        pointer, convert(document, pointer, Reading.STRICT), convert(document, pointer, Reading.LENIENT)
    )


def _parameters(document: dict[str, JSON], path: str, *holders: tuple[str, JSON]) -> tuple[Parameter, ...]:
    found: dict[tuple[str, str], Parameter] = {}
    for holder_pointer, holder in holders:
        listed = holder.get("parameters") if isinstance(holder, dict) else None
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            pointer, node = _resolved(document, join(holder_pointer, "parameters", index), item)
            if isinstance(node, dict) and isinstance(node.get("name"), str):
                parameter = _parameter(document, path, pointer, node)
                found[parameter.name, parameter.location] = parameter
    return tuple(found.values())


def _parameter(document: dict[str, JSON], path: str, pointer: str, node: dict[str, JSON]) -> Parameter:
    name = _text(node.get("name"))
    guessed = "path" if f"{{{name}}}" in path else "query"
    location = node.get("in")
    known = location if location in ("query", "path", "header", "cookie") else guessed
    schema = schema_at(document, join(pointer, "schema")) if "schema" in node else None
    return Parameter(name, str(known), known == "path" or node.get("required") is True, schema)


def _security(document: dict[str, JSON], node: dict[str, JSON]) -> tuple[str, ...]:
    """Bearer schemes that an operation asks for; an empty requirement object makes them optional."""
    needed = node.get("security", document.get("security"))
    if not isinstance(needed, list) or {} in needed:
        return ()
    names = [name for requirement in needed for name, _ in _members(requirement)]
    return tuple(name for name in names if _is_bearer(document, name))


def _is_bearer(document: dict[str, JSON], name: str) -> bool:
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    scheme = schemes.get(name) if isinstance(schemes, dict) else None
    if not isinstance(scheme, dict):
        return False
    return (
        scheme.get("type") in ("oauth2", "openIdConnect") or _text(scheme.get("scheme")).lower() == "bearer"
    )


def _aliases(item: JSON) -> Iterator[Alias]:
    listed = item.get(ALIASES) if isinstance(item, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            yield Alias(_text(entry["path"]), entry.get("deprecated") is True)


def _resolved(document: dict[str, JSON], pointer: str, node: JSON) -> tuple[str, JSON]:
    """Follow a reference object; a dangling one is an empty object, reported elsewhere as a defect."""
    if not (isinstance(node, dict) and "$ref" in node):
        return pointer, node
    try:
        return resolve(document, node["$ref"])
    except UnresolvableReference:
        return pointer, {}


def _members(node: JSON) -> list[tuple[str, JSON]]:
    return list(node.items()) if isinstance(node, dict) else []


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
