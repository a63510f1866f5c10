"""A contract as JSON and back: what has been built once need not be built at every start.

Documents are told once; operations say which one they are from, and where they stand in it. Schemas are told as they
have been converted, in both readings of ``nullable`` where these differ.
"""

from typing import Any, TypeAlias

import msgspec

from bodydouble.contracts.jobs.job_pattern import JobPattern, Promise, ReplyShape
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.contracts.openapi.aliases import Alias
from bodydouble.contracts.openapi.contents import Schema
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.openapi.parameters import Parameter
from bodydouble.contracts.openapi.responses import Header, Reply
from bodydouble.contracts.reading.fragment import Fragment

from .contract import Contract
from .conventions import read
from .findings import Finding, Severity
from .pointers import JSON, look_up

Node: TypeAlias = dict[str, Any]
"""A JSON object that :func:`written` has made."""


def written(contract: Contract) -> Node:
    """Return ``contract`` as JSON; :func:`contract_of` turns it back."""
    places = {id(fragment.document): index for index, fragment in enumerate(contract.fragments)}
    used = (operation for pattern in contract.patterns for operation in (pattern.submit, pattern.poll))
    # What an overlay states about one pattern may change its operation, which is then in no list.
    distinct = list({id(operation): operation for operation in (*contract.operations, *used)}.values())
    numbers = {id(operation): number for number, operation in enumerate(distinct)}
    return {
        "fragments": [_members(fragment) for fragment in contract.fragments],
        "operations": [_operation(each, places[id(each.document)]) for each in contract.operations],
        "restated": [
            _operation(each, places[id(each.document)]) for each in distinct[len(contract.operations) :]
        ],
        "patterns": [
            {
                **_members(pattern),
                "submit": numbers[id(pattern.submit)],
                "poll": numbers[id(pattern.poll)],
                "parameter": _described(pattern.parameter),
                "submitted": _shape(pattern.submitted),
                "polled": _shape(pattern.polled),
            }
            for pattern in contract.patterns
        ],
        "findings": [_members(finding) for finding in contract.findings],
    }


def _members(struct: msgspec.Struct) -> Node:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _operation(operation: Operation, place: int) -> Node:
    node = _members(operation)
    del node["node"]
    return {
        **node,
        "document": place,
        "request": _schema(operation.request),
        "parameters": [_described(parameter) for parameter in operation.parameters],
        "replies": [_reply(reply) for reply in operation.replies],
        "aliases": [_members(alias) for alias in operation.aliases],
    }


def _reply(reply: Reply) -> Node:
    headers = [_described(header) for header in reply.headers]
    return {**_members(reply), "schema": _schema(reply.schema), "headers": headers}


def _described(described: Parameter | Header) -> Node:
    return {**_members(described), "schema": _schema(described.schema)}


def _shape(shape: ReplyShape) -> Node:
    promises = [_members(promise) for promise in shape.promises]
    return {**_members(shape), "reply": _reply(shape.reply), "promises": promises}


def _schema(schema: Schema | None) -> Node | None:
    if schema is None:
        return None
    node = {"pointer": schema.pointer, "strict": schema.strict}
    return node if schema.lenient == schema.strict else {**node, "lenient": schema.lenient}


def contract_of(node: Node) -> Contract:
    """Return the contract that :func:`written` has told."""
    fragments = tuple(
        Fragment(each["source"], each["document"], tuple(each["duplicates"])) for each in node["fragments"]
    )
    operations = tuple(_operation_of(each, fragments) for each in node["operations"])
    restated = tuple(_operation_of(each, fragments) for each in node["restated"])
    known = (*operations, *restated)
    return Contract(
        fragments,
        operations,
        tuple(_pattern_of(each, known) for each in node["patterns"]),
        read(fragment.document for fragment in fragments),
        tuple(_finding_of(each) for each in node["findings"]),
    )


def _pattern_of(node: Node, known: tuple[Operation, ...]) -> JobPattern:
    return JobPattern(
        known[node["submit"]],
        known[node["poll"]],
        _parameter_of(node["parameter"]),
        node["model"],
        tuple(node["models"]),
        _shape_of(node["submitted"]),
        _shape_of(node["polled"]),
    )


def _operation_of(node: Node, fragments: tuple[Fragment, ...]) -> Operation:
    document = fragments[node["document"]].document
    held: Any = look_up(document, node["pointer"])
    return Operation(
        **{
            **node,
            "request": _schema_of(node["request"]),
            "parameters": tuple(map(_parameter_of, node["parameters"])),
            "replies": tuple(map(_reply_of, node["replies"])),
            "security": tuple(node["security"]),
            "aliases": tuple(Alias(**each) for each in node["aliases"]),
            "node": held,
            "document": document,
        }
    )


def _parameter_of(node: Node) -> Parameter:
    return Parameter(**{**node, "schema": _schema_of(node["schema"])})


def _reply_of(node: Node) -> Reply:
    headers = tuple(Header(**{**each, "schema": _schema_of(each["schema"])}) for each in node["headers"])
    return Reply(**{**node, "schema": _schema_of(node["schema"]), "headers": headers})


def _shape_of(node: Node) -> ReplyShape:
    promises = tuple(
        Promise(each["status"], Stage(each["stage"]), tuple(each["present"]), tuple(each["absent"]))
        for each in node["promises"]
    )
    return ReplyShape(_reply_of(node["reply"]), tuple(node["ids"]), node["status"], promises)


def _finding_of(node: Node) -> Finding:
    evidence = tuple(node["evidence"])
    return Finding(**{**node, "severity": Severity(node["severity"]), "evidence": evidence})


def _schema_of(node: Node | None) -> Schema | None:
    if node is None:
        return None
    strict: dict[str, JSON] = node["strict"]
    return Schema(node["pointer"], strict, node.get("lenient", strict))
