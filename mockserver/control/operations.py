"""The operations of the control API, as its document describes them: which one a request asks for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bodydouble.contracts.nearest import ranked
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.schema.validation import Validator
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.problems import Problem

METHODS = ("get", "put", "post", "delete")
_PARAMETER = re.compile(r"\{(\w+)\}")
_LONG = frozenset({"job", "decision"})
"""Places that take slashes: ids are what they are."""


class Operation(msgspec.Struct, frozen=True):
    """One operation.

    Attributes:
        name: Its ``operationId``.
        method: Upper case.
        path: The template.
        pattern: What a path must look like; a group for each parameter.
        query: Schemas of the query's parameters, by name.
        body: Judges the body; None where none is taken.
        is_open: Whether it needs no token.
    """

    name: str
    method: str
    path: str
    pattern: re.Pattern[str]
    query: Mapping[str, Mapping[str, Any]]
    body: Validator | None
    is_open: bool


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Return every operation of a document; longer paths come first, so that no id swallows what follows it."""
    found = [
        _operation(path, method, node, document)
        for path, item in document["paths"].items()
        for method, node in item.items()
        if method in METHODS
    ]
    return tuple(sorted(found, key=lambda operation: -operation.path.count("/")))


def _operation(path: str, method: str, node: Mapping[str, Any], document: Mapping[str, Any]) -> Operation:
    parameters = [_resolved(parameter, document) for parameter in node.get("parameters", ())]
    return Operation(
        name=node["operationId"],
        method=method.upper(),
        path=path,
        pattern=re.compile(_PARAMETER.sub(_group, re.sub(r"\.", r"\.", path)), re.DOTALL),
        query={each["name"]: each["schema"] for each in parameters if each["in"] == "query"},
        body=_validator(node, document),
        is_open=node.get("security") == [],
    )


def _group(parameter: re.Match[str]) -> str:
    name = parameter[1]
    return f"(?P<{name}>.+)" if name in _LONG else f"(?P<{name}>[^/]+)"


def _resolved(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref")
    if reference is None:
        return node
    found: Any = look_up(dict(document), reference.removeprefix("#"))
    return found  # type: ignore[no-any-return]  # the document is ours


def _validator(node: Mapping[str, Any], document: Mapping[str, Any]) -> Validator | None:
    if "requestBody" not in node:
        return None
    (media,) = node["requestBody"]["content"].values()
    schemas: JSON = document["components"]["schemas"]
    return Validator({**media["schema"], "components": {"schemas": schemas}})


def asked_for(known: Sequence[Operation], method: str, path: str) -> tuple[Operation, Mapping[str, str]]:
    """Return the operation that a request asks for, and what its path says in place of the parameters.

    Args:
        known: In the order in which they are tried.
        method: Upper case; HEAD is GET.
        path: Decoded.

    Raises:
        Refused: 404 with the nearest operations; 405 with the methods that the path takes.
    """
    wanted = "GET" if method == "HEAD" else method
    matching = [(each, found) for each in known if (found := each.pattern.fullmatch(path))]
    if not matching:
        near = ", ".join(ranked(f"{wanted} {path}", [f"{each.method} {each.path}" for each in known])[:3])
        raise Refused(Problem(404, f"Control has no path {path[:200]!r}; nearest are {near}"))
    first = matching[0][0].path
    same = [(each, found) for each, found in matching if each.path == first]
    for each, found in same:
        if each.method == wanted:
            return each, found.groupdict()
    methods = [each.method for each, _ in same]
    allowed = ", ".join((*methods, *(("HEAD",) if "GET" in methods else ())))
    message = f"{method[:20]} is not allowed on {first}; expected {allowed}"
    raise Refused(Problem(405, message, headers=((b"allow", allowed.encode()),)))
