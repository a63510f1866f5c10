"""Pieces of an exported operation, each from all parts that stand behind it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus

from bodydouble.contracts.openapi.operations import Parameter, Reply
from bodydouble.contracts.openapi.responses import Header
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.components import Components

from .export_groups import Group

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def filled(made: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the members that say something."""
    return {name: held for name, held in made.items() if held not in ("", [], {}, None)}


def any_of(schemas: Iterable[JSON]) -> JSON:
    """Return one schema for what keeps any of ``schemas``."""
    distinct = [*{json.dumps(schema, sort_keys=True): schema for schema in schemas}.values()]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def described(group: Group) -> dict[str, JSON]:
    """Return what people read of the first part, as far as it is what OpenAPI demands."""
    node = group.parts[0].operation.node
    tags = node.get("tags")
    made: dict[str, JSON] = {
        name: node[name] for name in ("summary", "description") if isinstance(node.get(name), str)
    }
    made["tags"] = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    deprecated = node.get("deprecated") is True or is_deprecated(group)
    return {**made, "deprecated": True} if deprecated else made


def is_deprecated(group: Group) -> bool:
    """Whether the path is an alias that is on its way out."""
    aliases = [alias for part in group.parts for alias in part.operation.aliases]
    return any(alias.deprecated for alias in aliases if alias.path == group.path)


def parameters_in(group: Group, components: Components) -> Iterator[JSON]:
    """The parameters of all parts; what not every part demands is optional, what the path names is there."""
    named: dict[tuple[str, str], list[Parameter]] = {}
    for part in group.parts:
        for parameter in part.operation.parameters:
            named.setdefault((parameter.location, parameter.name), []).append(parameter)
    in_path = _PARAMETER.findall(group.path)
    for name in in_path:
        named.setdefault(("path", name), [Parameter(name, "path", required=True, schema=None)])
    for (location, name), several in named.items():
        if location != "path" or name in in_path:
            everywhere = location == "path" or len(several) == len(group.parts)
            yield filled(
                {
                    "name": name,
                    "in": location,
                    "description": several[0].description,
                    "required": everywhere and all(parameter.required for parameter in several),
                }
            ) | {"schema": any_of(components.inline(p.schema.lenient) if p.schema else {} for p in several)}


def headers_in(replies: Iterable[Reply], components: Components) -> dict[str, JSON]:
    """Return the headers of replies with one status; what not every reply has is optional."""
    listed = list(replies)
    named: dict[str, list[Header]] = {}
    for header in (header for reply in listed for header in reply.headers):
        named.setdefault(header.name, []).append(header)
    return {
        name: {
            **filled({"description": several[0].description}),
            "required": len(several) == len(listed) and all(header.required for header in several),
            "schema": any_of(components.inline(h.schema.strict) if h.schema else {} for h in several),
        }
        for name, several in named.items()
    }


def content_of(answers: Sequence[tuple[Reply, JSON]]) -> dict[str, JSON]:
    """Return the content of replies with one status; those without a schema have none."""
    kinds = dict.fromkeys(reply.media_type for reply, schema in answers if schema is not None)
    return {
        kind: {"schema": any_of(s for reply, s in answers if s is not None and reply.media_type == kind)}
        for kind in kinds
    }


def phrase(status: str) -> str:
    """Return what a status code is called, for a reply that nobody has described."""
    codes = {str(code.value): code.phrase for code in HTTPStatus}
    return codes.get(status, "Any other reply")
