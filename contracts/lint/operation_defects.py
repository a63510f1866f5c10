"""Rules about operations and their replies."""

from collections.abc import Iterator

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.words import either, show

from .defect_rules import Description, Flaw, Rule, got

_EMPTY_REPLIES = ("204", "205")


def responses_missing(_: Description, operation: Part) -> Iterator[Flaw]:
    """``responses`` is required and has at least one member (section 4.8.10)."""
    if not operation.member("responses"):
        got = "an empty object" if operation.member("responses") == {} else "nothing"
        yield Flaw(
            pointer=operation.pointer,
            message="the operation describes no reply",
            expected="'responses' with at least one reply",
            got=got,
        )


def success_schema_missing(description: Description, operation: Part) -> Iterator[Flaw]:
    """Replies that went well and have a body should say what is in it."""
    replies = _members(operation.member("responses"))
    wanted = [(status, reply) for status, reply in replies if status[:1] == "2" or status == "default"]
    if not replies or any(
        status in _EMPTY_REPLIES or _has_schema(description, reply) for status, reply in wanted
    ):
        return
    yield Flaw(
        pointer=join(operation.pointer, "responses"),
        message="no reply of success has a schema",
        expected="a 2xx reply with a schema",
        got=f"replies for {either([status for status, _ in replies])}",
    )


def _has_schema(description: Description, reply: JSON) -> bool:
    media = _members(description.resolved(reply).get("content"))
    return any(isinstance(node, dict) and "schema" in node for _, node in media)


def response_description_missing(_: Description, response: Part) -> Iterator[Flaw]:
    """``description`` is required (section 4.8.17)."""
    if not isinstance(response.member("description"), str):
        yield Flaw(
            pointer=response.pointer,
            message="the reply has no description",
            expected="'description' with text",
            got=got(response, "description"),
        )


def operation_unsecured(description: Description, operation: Part) -> Iterator[Flaw]:
    """Without ``security`` anywhere the operation is open, which is rarely meant; an empty list says it is."""
    if operation.member("security") is None and description.document.get("security") is None:
        yield Flaw(
            pointer=operation.pointer,
            message="the operation does not say who may call it",
            expected="'security' on the operation or the document",
            hint="add a security scheme by overlay, or an empty list where anybody may call",
        )


def security_scheme_unknown(description: Description, part: Part) -> Iterator[Flaw]:
    """Requirements name members of ``components.securitySchemes`` (section 4.8.30)."""
    schemes = _object(_object(description.document.get("components")).get("securitySchemes"))
    for index, requirement in enumerate(part.listed("security")):
        for name, _ in _members(requirement):
            if name not in schemes:
                yield Flaw(
                    pointer=join(part.pointer, "security", index, name),
                    message=f"the security scheme {show(name)} is not defined",
                    expected="the name of a member of components.securitySchemes",
                    hint=did_you_mean(name, schemes),
                )


def _members(node: JSON) -> list[tuple[str, JSON]]:
    return list(_object(node).items())


def _object(node: JSON) -> dict[str, JSON]:
    return node if isinstance(node, dict) else {}


OPERATION_RULES = (
    Rule(
        "responses-missing",
        Severity.WARNING,
        (Role.OPERATION,),
        "Nobody can know what a call returns, so nothing can be checked or played.",
        responses_missing,
    ),
    Rule(
        "success-schema-missing",
        Severity.WARNING,
        (Role.OPERATION,),
        "A reply without a schema promises nothing that a client could rely on.",
        success_schema_missing,
    ),
    Rule(
        "response-description-missing",
        Severity.WARNING,
        (Role.RESPONSE,),
        "The specification requires it, and strict tools refuse the whole document without it.",
        response_description_missing,
    ),
    Rule(
        "operation-unsecured",
        Severity.NOTE,
        (Role.OPERATION,),
        "Generated clients send no credentials to an operation that asks for none.",
        operation_unsecured,
    ),
    Rule(
        "security-scheme-unknown",
        Severity.ERROR,
        (Role.DOCUMENT, Role.OPERATION),
        "How to authenticate cannot be known from a name alone.",
        security_scheme_unknown,
    ),
)
