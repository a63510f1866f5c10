"""One resolved, valid OpenAPI 3.1 document for a contract, so that other tools can use it.

Fragments on one path become one operation that takes any of their bodies; schemas are the converted ones (requests
in the lenient reading, replies in the strict one); what OpenAPI demands and upstream left out is filled in; links
lead from every create to its poll; aliases are paths of their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from .contract import Contract
from .fragments import Fragment
from .job_pattern import JobPattern
from .operations import JSON_MEDIA_TYPE, Operation, Schema, schema_at
from .pointers import JSON, join
from .references import resolve

OPENAPI = "3.1.0"
CARRIED = ("summary", "description", "tags", "deprecated", "externalDocs")


def export(contract: Contract) -> dict[str, JSON]:
    """Return the document; pure, and the same for the same contract."""
    return Exporter(contract).document()


@dataclass(slots=True)
class Exporter:
    """Builds one document.

    Attributes:
        contract: What is exported.
        schemas: ``components.schemas`` as collected so far.
        ids: Operation ids already given away.
    """

    contract: Contract
    schemas: dict[str, JSON] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def document(self) -> dict[str, JSON]:
        """Return the whole document."""
        grouped = self._grouped()
        self.ids = dict(_operation_ids(grouped))
        paths: dict[str, JSON] = {}
        for (path, method), operations in grouped.items():
            item = paths.setdefault(path, {})
            if isinstance(item, dict):
                item[method] = self._operation(path, method, operations)
        servers: list[JSON] = [{"url": url} for url in self.contract.servers]
        components: dict[str, JSON] = {
            "schemas": dict(sorted(self.schemas.items())),
            "securitySchemes": self._schemes(),
        }
        return {
            "openapi": OPENAPI,
            "info": {"title": self.contract.title, "version": self.contract.version},
            **({"servers": servers} if servers else {}),
            "paths": paths,
            "components": {name: value for name, value in components.items() if value},
        }

    def _grouped(self) -> dict[tuple[str, str], list[Operation]]:
        """Every path and method with the operations behind it; only what takes part in a job is exported."""
        grouped: dict[tuple[str, str], list[Operation]] = {}
        playing = [pattern.submit for pattern in self.contract.patterns]
        polls = list({id(p.poll): p.poll for p in self.contract.patterns}.values())
        for operation in (*playing, *polls):
            for path in operation.paths:
                grouped.setdefault((path, operation.method), []).append(operation)
        return grouped

    def _operation(self, path: str, method: str, operations: list[Operation]) -> JSON:
        first = operations[0]
        made: dict[str, JSON] = {"operationId": self.ids[path, method]}
        made.update((name, first.node[name]) for name in CARRIED if name in first.node)
        if path != first.path and any(a.deprecated for a in first.aliases if a.path == path):
            made["deprecated"] = True
        parameters = self._parameters(first)
        if parameters:
            made["parameters"] = parameters
        bodies = [operation.request for operation in operations if operation.request is not None]
        if bodies:
            made["requestBody"] = self._request(operations, bodies)
        made["responses"] = self._responses(path, operations)
        if first.security:
            made["security"] = [{name: []} for name in first.security]
        return made

    def _parameters(self, operation: Operation) -> list[JSON]:
        return [
            {
                "name": parameter.name,
                "in": parameter.location,
                **({"required": True} if parameter.required else {}),
                "schema": self._schema(parameter.schema.lenient) if parameter.schema else {},
            }
            for parameter in operation.parameters
        ]

    def _request(self, operations: list[Operation], bodies: list[Schema]) -> JSON:
        required = all(operation.request_required for operation in operations)
        schema = self._any(body.lenient for body in bodies)
        return {"required": required, "content": {JSON_MEDIA_TYPE: {"schema": schema}}}

    def _responses(self, path: str, operations: list[Operation]) -> JSON:
        made: dict[str, JSON] = {}
        for status in dict.fromkeys(reply.status for o in operations for reply in o.replies):
            made[status] = self._response(status, operations)
        for pattern in self.contract.patterns:
            if pattern.submit is operations[0]:
                self._add_success(made, path, pattern)
        return made or {"default": {"description": "Any reply"}}

    def _add_success(self, made: dict[str, JSON], path: str, pattern: JobPattern) -> None:
        """A create's success, which may be borrowed from the poll, and the link that leads on."""
        reply = pattern.submitted.reply
        success = made.setdefault(reply.status, {"description": _phrase(reply.status)})
        if isinstance(success, dict):
            if "content" not in success and reply.schema is not None:
                success["content"] = {reply.media_type: {"schema": self._schema(reply.schema.strict)}}
            success["links"] = {"poll": self._link(path, pattern)}

    def _link(self, path: str, pattern: JobPattern) -> JSON:
        poll = pattern.poll
        target = path if path in poll.paths else poll.path
        return {
            "operationId": self.ids[target, poll.method],
            "description": "Ask for the job's status with the id from this reply.",
            "parameters": {pattern.parameter.name: f"$response.body#{pattern.submitted.ids[0]}"},
        }

    def _response(self, status: str, operations: list[Operation]) -> JSON:
        holders = [o for o in operations if any(reply.status == status for reply in o.replies)]
        node = _node(self._fragment(holders[0]), holders[0], status)
        made: dict[str, JSON] = {"description": _text(node.get("description")) or _phrase(status)}
        headers = self._headers(holders[0], status)
        if headers:
            made["headers"] = headers
        replies = [reply for o in holders for reply in o.replies if reply.status == status]
        described = [reply.schema.strict for reply in replies if reply.schema is not None]
        if described:
            made["content"] = {replies[0].media_type: {"schema": self._any(described)}}
        return made

    def _headers(self, operation: Operation, status: str) -> dict[str, JSON]:
        fragment = self._fragment(operation)
        pointer, node = _located(fragment, join(operation.pointer, "responses", status))
        listed = node.get("headers")
        made: dict[str, JSON] = {}
        for name in listed if isinstance(listed, dict) else ():
            place, header = _located(fragment, join(pointer, "headers", name))
            kept = {
                key: value
                for key, value in header.items()
                if key in ("description", "required", "deprecated")
            }
            if "schema" in header:
                kept["schema"] = self._schema(schema_at(fragment.document, join(place, "schema")).strict)
            made[name] = kept
        return made

    def _fragment(self, operation: Operation) -> Fragment:
        return next(f for f in self.contract.fragments if f.source == operation.source)

    def _any(self, schemas: Iterable[Mapping[str, JSON]]) -> JSON:
        distinct: list[JSON] = []
        for schema in schemas:
            made = self._schema(schema)
            if made not in distinct:
                distinct.append(made)
        return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}

    def _schema(self, schema: Mapping[str, JSON]) -> JSON:
        """The schema with its ``$defs`` moved to the components, under names that are free or already equal."""
        definitions = schema.get("$defs")
        rest = {name: value for name, value in schema.items() if name not in ("$defs", "$schema")}
        if not isinstance(definitions, dict):
            return rest
        names = {name: self._free_name(name, value) for name, value in definitions.items()}
        for name, value in definitions.items():
            self.schemas[names[name]] = _renamed(value, names)
        return _renamed(rest, names)

    def _free_name(self, name: str, schema: JSON) -> str:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name) or "_"
        candidates = (plain, *(f"{plain}_{number}" for number in range(2, len(self.schemas) + 3)))
        alike = (
            c for c in candidates if c not in self.schemas or self.schemas[c] == _renamed(schema, {name: c})
        )
        return next(alike)

    def _schemes(self) -> dict[str, JSON]:
        used = {
            name
            for pattern in self.contract.patterns
            for o in (pattern.submit, pattern.poll)
            for name in o.security
        }
        return {name: {"type": "http", "scheme": "bearer"} for name in sorted(used)}


def _operation_ids(
    grouped: Mapping[tuple[str, str], list[Operation]],
) -> Iterator[tuple[tuple[str, str], str]]:
    """One id for each path and method: the published one where it is free, else with the method, else a number."""
    taken: set[str] = set()
    for (path, method), operations in grouped.items():
        published = operations[0].operation_id or path.strip("/").replace("/", "_") or "root"
        numbered = (f"{published}_{method}_{number}" for number in range(2, len(grouped) + 3))
        candidates = (published, f"{published}_{method}", *numbered)
        name = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(name)
        yield (path, method), name


def _renamed(schema: JSON, names: Mapping[str, str]) -> JSON:
    """References into ``$defs`` turned into references into the components."""
    if isinstance(schema, list):
        return [_renamed(member, names) for member in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _target(value, names) if key == "$ref" and isinstance(value, str) else _renamed(value, names)
        for key, value in schema.items()
    }


def _target(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
    return f"#/components/schemas/{names.get(name, name)}"


def _node(fragment: Fragment, operation: Operation, status: str) -> dict[str, JSON]:
    return _located(fragment, join(operation.pointer, "responses", status))[1]


def _located(fragment: Fragment, pointer: str) -> tuple[str, dict[str, JSON]]:
    """The object that stands at ``pointer`` or that a reference there leads to."""
    place, value = resolve(fragment.document, f"#{pointer}")
    return place, value if isinstance(value, dict) else {}


def _phrase(status: str) -> str:
    known = status.isdecimal() and int(status) in HTTPStatus.__members__.values()
    return HTTPStatus(int(status)).phrase if known else "Any other reply"


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
