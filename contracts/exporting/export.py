"""One resolved, valid OpenAPI 3.1 document for a contract, so that other tools can use it.

Fragments on one path become one operation that takes any of their bodies; schemas are the converted ones (requests
in the lenient reading, replies in the strict one); what OpenAPI demands and upstream left out is filled in; links
lead from every create to its poll; aliases are paths of their own. What OpenAPI cannot say stands in our extensions,
so that the document means the same contract when it is loaded again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import ROOT, stated
from bodydouble.contracts.jobs.job_pattern import JobPattern, ReplyShape
from bodydouble.contracts.jobs.job_statement import STATED
from bodydouble.contracts.jobs.reply_shapes import places_of
from bodydouble.contracts.openapi.aliases import ALIAS_OF, ALIASES
from bodydouble.contracts.openapi.operations import JSON_MEDIA_TYPE, Reply
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.components import Components

from .export_groups import Group, Part, groups_of, repeated_by
from .export_parts import (
    any_of,
    content_of,
    described,
    filled,
    headers_in,
    is_deprecated,
    parameters_in,
    phrase,
)

OPENAPI = "3.1.0"


def export(contract: Contract) -> dict[str, JSON]:
    """Return the document; pure, and the same for the same contract."""
    groups = groups_of(contract.patterns)
    by_place = {(group.path, group.method): group for group in groups}
    exporter = _Exporter(by_place, _operation_ids(groups), repeated_by(groups))
    paths = exporter.paths()
    bearers = sorted({name for group in groups for part in group.parts for name in part.operation.security})
    components: dict[str, JSON] = {
        "schemas": dict(sorted(exporter.components.schemas.items())),
        "securitySchemes": {name: {"type": "http", "scheme": "bearer"} for name in bearers},
    }
    return filled(
        {
            "openapi": OPENAPI,
            "info": {"title": contract.title, "version": contract.version},
            "servers": [{"url": url} for url in contract.servers],
            "paths": paths,
            "components": filled(components),
            ROOT: stated(contract.conventions),
        }
    )


@dataclass(frozen=True, slots=True)
class _Exporter:
    """Builds the paths of one document.

    Attributes:
        groups: What stands behind each path and method.
        ids: The operation id of each.
        repeated: The path that each alias repeats.
        components: Schemas as collected so far.
    """

    groups: Mapping[tuple[str, str], Group]
    ids: Mapping[tuple[str, str], str]
    repeated: Mapping[tuple[str, str], str]
    components: Components = field(default_factory=Components)

    def paths(self) -> dict[str, JSON]:
        made: dict[str, dict[str, JSON]] = {}
        for group in self.groups.values():
            made.setdefault(group.path, {})[group.method] = self._operation(group)
        return dict(made)

    def _operation(self, group: Group) -> JSON:
        schemes = dict.fromkeys(name for part in group.parts for name in part.operation.security)
        jobs: list[JSON] = [
            self._statement(group, part, part.pattern) for part in group.parts if part.pattern
        ]
        return filled(
            {
                "operationId": self.ids[group.path, group.method],
                **described(group),
                "parameters": list(parameters_in(group, self.components)),
                "requestBody": self._request(group),
                "responses": self._responses(group),
                "security": [{name: []} for name in schemes],
                STATED: jobs[0] if len(jobs) == 1 else jobs,
                ALIASES: list(self._aliases(group)),
                ALIAS_OF: self.repeated.get((group.path, group.method)),
            }
        )

    def _aliases(self, group: Group) -> Iterator[JSON]:
        for (path, method), repeated in self.repeated.items():
            if (repeated, method) == (group.path, group.method):
                yield {"path": path, "deprecated": is_deprecated(self.groups[path, method])}

    def _body(self, group: Group, part: Part) -> dict[str, JSON]:
        """The schema of what a part takes; among several parts it has a name, so that it can be referred to."""
        request = part.operation.request
        schema = request.lenient if request else {}
        return (
            self.components.named(f"{part.label}.body", schema)
            if group.chooses
            else self.components.inline(schema)
        )

    def _reply(self, group: Group, part: Part, reply: Reply) -> dict[str, JSON] | None:
        if reply.schema is None:
            return None
        if group.chooses and reply is part.shape.reply:
            return self.components.named(f"{part.label}.reply", reply.schema.strict)
        return self.components.inline(reply.schema.strict)

    def _request(self, group: Group) -> JSON:
        if not any(part.operation.request for part in group.parts):
            return None
        schema = any_of(self._body(group, part) for part in group.parts)
        required = all(part.operation.request_required for part in group.parts)
        return {"required": required, "content": {JSON_MEDIA_TYPE: {"schema": schema}}}

    def _responses(self, group: Group) -> JSON:
        made: dict[str, JSON] = {}
        for status, answers in group.answers().items():
            replies = [reply for _, reply in answers]
            schemas = [(reply, self._reply(group, part, reply)) for part, reply in answers]
            made[status] = {
                "description": next((r.description for r in replies if r.description), phrase(status)),
                **filled(
                    {
                        "headers": headers_in(replies, self.components),
                        "content": content_of(schemas),
                        "links": self._links(group, status),
                    }
                ),
            }
        return made

    def _links(self, group: Group, status: str) -> JSON:
        links: list[JSON] = []
        for part in group.parts:
            if part.pattern and part.shape.reply.status == status:
                link = self._link(group, part.pattern)
                links += [link] if link not in links else []
        return {f"poll{_nth(number)}": link for number, link in enumerate(links, start=1)}

    def _link(self, group: Group, pattern: JobPattern) -> JSON:
        poll = self._poll(group, pattern)
        return {
            "operationId": self.ids[poll.path, poll.method],
            "description": "Ask for the job's status with the id from this reply.",
            "parameters": {pattern.parameter.name: f"$response.body#{pattern.submitted.ids[0]}"},
        }

    def _poll(self, group: Group, pattern: JobPattern) -> Group:
        """The poll beside the path that submits, where there is one."""
        path = group.path if group.path in pattern.poll.paths else pattern.poll.path
        return self.groups[path, pattern.poll.method]

    def _statement(self, group: Group, part: Part, pattern: JobPattern) -> JSON:
        poll = self._poll(group, pattern)
        stated: dict[str, JSON] = {
            "poll": f"GET {poll.path}",
            "parameter": pattern.parameter.name,
            "model": pattern.model,
            "models": list(pattern.models),
            "body": self._body(group, part)["$ref"] if group.chooses else "",
            "submitted": self._told(group, part),
            "polled": self._told(poll, Part(pattern.poll, pattern.polled)),
        }
        return filled(stated)

    def _told(self, group: Group, part: Part) -> JSON:
        schema = self._reply(group, part, part.shape.reply) if group.chooses else None
        return _stated(part.shape, schema.get("$ref") if schema else "")


def _stated(shape: ReplyShape, schema: JSON) -> JSON:
    """What there is to state about a reply, so that nothing need be derived again."""
    statuses: dict[str, JSON] = {
        promise.status: {
            "stage": str(promise.stage),
            "present": list(promise.present),
            "absent": list(promise.absent),
        }
        for promise in shape.promises
    }
    told: dict[str, JSON] = {
        "reply": shape.reply.status,
        "schema": schema,
        "id": list(shape.ids),
        "status": shape.status if shape.status in places_of(shape.reply).outlines else "",
        "statuses": statuses,
    }
    return filled(told)


def _operation_ids(groups: Iterable[Group]) -> dict[tuple[str, str], str]:
    """One id for each path and method: the published one where it is free, else with the method, else a number."""
    ids: dict[tuple[str, str], str] = {}
    for group in groups:
        published = group.parts[0].operation.operation_id or group.path.strip("/").replace("/", "_") or "root"
        candidates = chain([published], (f"{published}_{group.method}{_nth(n)}" for n in count(1)))
        taken = set(ids.values())
        ids[group.path, group.method] = next(name for name in candidates if name not in taken)
    return ids


def _nth(number: int) -> str:
    return f"_{number}" if number > 1 else ""
