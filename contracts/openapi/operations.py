"""Operations of an OpenAPI document, read tolerantly: what is there counts, what is missing is a default."""

from collections.abc import Iterator, Mapping

import msgspec

from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.reading.fragment import Fragment

from .aliases import ALIASES, Alias, aliases_of, repeats
from .contents import JSON_MEDIA_TYPE, Schema, content_of, members, resolved, schema_at, text
from .parameters import Parameter, parameters_of
from .responses import Reply, replies_of

__all__ = [
    "ALIASES",
    "JSON_MEDIA_TYPE",
    "METHODS",
    "Alias",
    "Operation",
    "Parameter",
    "Reply",
    "Schema",
    "operations_of",
    "schema_at",
]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(msgspec.Struct, frozen=True):
    """One method on one path of one fragment.

    Attributes:
        source: The fragment's name.
        pointer: Where the operation stands in it.
        method: Lower case.
        path: Path template, beginning with a slash.
        operation_id: As written, or ``""``.
        request: The JSON body's schema, if the operation takes one.
        request_required: Whether the body must be sent.
        parameters: Of the path item and the operation, the latter winning.
        replies: In document order.
        security: Names of HTTP bearer schemes of which one is required; empty is open to all.
        aliases: Further paths (``x-bodydouble-aliases`` on the operation or its path item).
        node: The operation object itself, for extensions and for export.
        document: The whole document, for references in extensions.
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
    document: Mapping[str, JSON]

    def __repr__(self) -> str:
        return f"<Operation {self}>"

    @property
    def success(self) -> Reply | None:
        """The reply of a call that went well: the first 2xx with a schema, else any 2xx, else ``default``."""
        successes = [reply for reply in self.replies if reply.is_success]
        described = [reply for reply in successes if reply.schema is not None]
        defaults = [reply for reply in self.replies if reply.status == "default"]
        return next(iter((*described, *successes, *defaults)), None)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that leads here, the contract's own first."""
        return tuple(dict.fromkeys((self.path, *(alias.path for alias in self.aliases))))

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_of(fragment: Fragment) -> tuple[Operation, ...]:
    """Return the operations of a fragment in document order; malformed parts are passed over.

    Raises:
        AliasError: ``x-bodydouble-aliases`` says something that cannot be understood.
    """
    return tuple(_operations(fragment))


class _Item(msgspec.Struct, frozen=True):
    """A path item: its path and the objects that make it up with their pointers, what it refers to first."""

    path: str
    layers: tuple[tuple[str, dict[str, JSON]], ...]


def _operations(fragment: Fragment) -> Iterator[Operation]:
    paths = dict(members(fragment.document.get("paths")))
    for path, node in paths.items():
        if not path.startswith("x-") and isinstance(node, dict):
            item = _item(fragment.document, path, node)
            for pointer, layer in item.layers:
                for method, held in layer.items():
                    if method.lower() in METHODS and isinstance(held, dict) and not repeats(held, paths):
                        yield _operation(fragment, item, join(pointer, method), held)


def _item(document: dict[str, JSON], path: str, node: dict[str, JSON]) -> _Item:
    """A path item may refer to another one and still have members of its own (3.0.3, Path Item Object)."""
    pointer = join("/paths", path)
    referred_pointer, referred = resolved(document, pointer, node)
    layers = [(pointer, node)]
    if isinstance(referred, dict) and referred is not node:
        layers.insert(0, (referred_pointer, referred))
    return _Item(path if path.startswith("/") else f"/{path}", tuple(layers))


def _operation(fragment: Fragment, item: _Item, pointer: str, node: dict[str, JSON]) -> Operation:
    document = fragment.document
    layers = (*item.layers, (pointer, node))
    request, required = _request(document, pointer, node)
    return Operation(
        source=fragment.source,
        pointer=pointer,
        method=pointer.rsplit("/", 1)[-1].lower(),
        path=item.path,
        operation_id=text(node.get("operationId")),
        request=request,
        request_required=required,
        parameters=parameters_of(document, item.path, *layers),
        replies=tuple(replies_of(document, join(pointer, "responses"), node.get("responses"))),
        security=_security(document, node),
        aliases=tuple(alias for _, layer in layers for alias in aliases_of(item.path, layer)),
        node=node,
        document=document,
    )


def _request(document: dict[str, JSON], pointer: str, node: dict[str, JSON]) -> tuple[Schema | None, bool]:
    place, body = resolved(document, join(pointer, "requestBody"), node.get("requestBody"))
    if not isinstance(body, dict):
        return None, False
    return content_of(document, place, body)[1], body.get("required") is True


def _security(document: dict[str, JSON], node: dict[str, JSON]) -> tuple[str, ...]:
    """Bearer schemes that an operation asks for; none if there is a way in without any.

    A requirement whose schemes are defined nowhere says nothing.
    """
    needed = node.get("security", document.get("security"))
    schemes = _schemes(document)
    ways = [[name for name, _ in members(way)] for way in needed] if isinstance(needed, list) else []
    known = [[name for name in way if name in schemes] for way in ways]
    demanding = [way for way, names in zip(known, ways, strict=True) if way or not names]
    if not all(any(schemes[name] for name in way) for way in demanding):
        return ()
    return tuple(dict.fromkeys(name for way in demanding for name in way if schemes[name]))


def _schemes(document: dict[str, JSON]) -> dict[str, bool]:
    """The defined security schemes, and whether each is a bearer key."""
    components = document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, dict) else None
    nodes = {name: resolved(document, "", node)[1] for name, node in members(listed)}
    return {name: _is_bearer(node) for name, node in nodes.items() if isinstance(node, dict)}


def _is_bearer(scheme: dict[str, JSON]) -> bool:
    return scheme.get("type") in ("oauth2", "openIdConnect") or text(scheme.get("scheme")).lower() == "bearer"
