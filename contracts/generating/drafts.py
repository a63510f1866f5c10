"""Requests to one operation as they would be sent, but for the origin and the key; the corners and the broken ones."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import quote, urlencode

from bodydouble.contracts.openapi.contents import JSON_MEDIA_TYPE
from bodydouble.contracts.openapi.operations import Operation, Parameter
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Unsampleable

from .corners import corners
from .judges import Judge
from .near_invalid import near_invalid

Given: TypeAlias = Mapping[str, str]
"""Values of parameters that are known already, such as the id of a job, by the parameters' names."""

TEXT: Mapping[str, JSON] = {"type": "string", "minLength": 1}
"""What a parameter is where nothing is said."""

MAX_ARGUMENT = 4_000
"""Characters of an encoded parameter: half of what RFC 9110 section 4.1 recommends that all take of a whole URI."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is not sent yet.

    Attributes:
        operation: What it calls.
        path: Percent-encoded, beginning with a slash.
        query: Names and values, not encoded.
        headers: Names and values besides key, host and lengths.
        content: The body as it is sent; None for no body.
        body: The same as JSON; None where there is none or where it is no JSON.
        label: What is special about it, in words.
        pointer: What is wrong, of a request that is: a place in the body, or a parameter's name.
        keyword: The rule that it breaks; ``""`` for a valid request.
        expected: What should have been there, in words; ``""`` for a valid request.
    """

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    body: JSON = None
    label: str = ""
    pointer: str = ""
    keyword: str = ""
    expected: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether it keeps the contract."""
        return not self.keyword

    @property
    def target(self) -> str:
        """Path and query, encoded."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def __str__(self) -> str:
        return f"{self.operation.method.upper()} {self.target}: {self.label}"


def readings_of(operation: Operation) -> tuple[Mapping[str, JSON], ...]:
    """Return the schema of the body in both readings; a request must be right, or wrong, in both."""
    schema = operation.request
    return (schema.strict, schema.lenient) if schema is not None else ()


def parameter_readings(parameter: Parameter) -> tuple[Mapping[str, JSON], ...]:
    """Return the schema of a parameter in both readings."""
    schema = parameter.schema
    return (schema.strict, schema.lenient) if schema is not None else (TEXT,)


def drafted(operation: Operation, arguments: Mapping[str, JSON]) -> Draft:
    """Return the request with these arguments and no body; parameters without one are left out."""
    path, query, headers = operation.path, list[tuple[str, str]](), list[tuple[str, str]]()
    for parameter in operation.parameters:
        if parameter.name not in arguments:
            continue
        text = as_text(arguments[parameter.name])
        match parameter.location:
            case "path":
                path = path.replace(f"{{{parameter.name}}}", quote(text, safe=""))
            case "query":
                query.append((parameter.name, text))
            case "header":
                headers.append((parameter.name.lower(), text))
    return Draft(operation, path, tuple(query), tuple(headers))


def with_body(draft: Draft, body: JSON) -> Draft:
    """Return the draft with a JSON body."""
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = (*draft.headers, ("content-type", JSON_MEDIA_TYPE))
    return replace(draft, headers=headers, content=content, body=body)


def as_text(value: JSON) -> str:
    """Return the text that stands for a value in a URL or header."""
    return value if isinstance(value, str) else json.dumps(value)


def plain_arguments(operation: Operation, given: Given) -> dict[str, JSON]:
    """Return the plainest value of each required parameter, and those that are given.

    Raises:
        Unsampleable: A parameter that must be there has no valid value.
    """
    arguments: dict[str, JSON] = {}
    for parameter in operation.parameters:
        if parameter.name in given:
            arguments[parameter.name] = given[parameter.name]
        elif parameter.required:
            first = next(corners(*parameter_readings(parameter)), None)
            if first is None:
                raise Unsampleable(f"the parameter {parameter.name} of {operation} has no valid value")
            arguments[parameter.name] = first.value
    return arguments


def corner_drafts(operation: Operation, given: Given | None = None) -> Iterator[Draft]:
    """Yield the valid requests at the corners, the plainest first: corners of the body, then of each parameter.

    Args:
        operation: What to call.
        given: Parameters that are not varied.

    Raises:
        Unsampleable: No valid request can be made.
    """
    fixed = given or {}
    plain = drafted(operation, plain_arguments(operation, fixed))
    bodies = [*corners(*readings)] if (readings := readings_of(operation)) else []
    for corner in bodies:
        yield replace(with_body(plain, corner.value), label=corner.label, pointer=corner.pointer)
    if not bodies:
        yield replace(plain, label="as plain as can be")
    for parameter in _varied(operation, fixed):
        for corner in corners(*parameter_readings(parameter)):
            if is_sendable(parameter, corner.value):
                arguments = {**plain_arguments(operation, fixed), parameter.name: corner.value}
                draft = drafted(operation, arguments)
                sound = with_body(draft, bodies[0].value) if bodies else draft
                yield replace(sound, label=f"{parameter.name}: {corner.label}", pointer=parameter.name)


def broken_drafts(operation: Operation, given: Given | None = None) -> Iterator[Draft]:
    """Yield requests that break exactly one rule.

    Args:
        operation: What to call.
        given: Parameters that are not varied.

    Raises:
        Unsampleable: No valid request can be made.
    """
    fixed = given or {}
    plain = drafted(operation, plain_arguments(operation, fixed))
    readings = readings_of(operation)
    for broken in near_invalid(*readings) if readings else ():
        yield replace(
            with_body(plain, broken.value),
            label=broken.label,
            pointer=broken.pointer,
            keyword=broken.keyword,
            expected=broken.expected,
        )
    yield from _without_json(plain)
    base = next(corner_drafts(operation, fixed))
    for parameter in _varied(operation, fixed):
        yield from _without_parameter(base, parameter)
        yield from _wrong_parameter(base, parameter)


def is_sendable(parameter: Parameter, value: JSON) -> bool:
    """Return whether a value arrives as it was sent.

    An empty segment is no path, a header takes visible ASCII, and servers limit the length of both.
    """
    text = as_text(value)
    if len(quote(text)) > MAX_ARGUMENT:
        return False
    if parameter.location == "path":
        return bool(text) and text not in {".", ".."}
    if parameter.location == "header":
        return text.isascii() and text.isprintable() and text.strip() == text != ""
    return parameter.location == "query"


def _varied(operation: Operation, given: Given) -> list[Parameter]:
    return [
        parameter
        for parameter in operation.parameters
        if parameter.name not in given and parameter.location != "cookie"
    ]


def _without_json(plain: Draft) -> Iterator[Draft]:
    """Requests whose body is missing or no JSON, where one is needed."""
    if plain.operation.request is None or not plain.operation.request_required:
        return
    declared = replace(plain, headers=(*plain.headers, ("content-type", JSON_MEDIA_TYPE)), expected="JSON")
    yield replace(declared, content=b"", label="no body", keyword="required")
    for content, label in (
        (b'{"', "a body that breaks off"),
        (b"{} {}", "two bodies"),
        (b"\xff\xfe{}", "a body that is not UTF-8"),
    ):
        yield replace(declared, content=content, label=label, keyword="json")


def _without_parameter(base: Draft, parameter: Parameter) -> Iterator[Draft]:
    if parameter.required and parameter.location == "query":
        rest = tuple(pair for pair in base.query if pair[0] != parameter.name)
        broken = replace(base, pointer=parameter.name, keyword="required", expected="one value")
        yield replace(broken, query=rest, label=f"without the parameter {parameter.name}")


def _wrong_parameter(base: Draft, parameter: Parameter) -> Iterator[Draft]:
    """What arrives is text: a value is wrong only if no way to read the text is right."""
    judge = Judge(*parameter_readings(parameter))
    for broken in near_invalid(*parameter_readings(parameter)) if parameter.location == "query" else ():
        text = as_text(broken.value)
        if all(judge.is_invalid(reading) for reading in _as_read(text)):
            pairs = tuple((name, text if name == parameter.name else held) for name, held in base.query)
            yield replace(
                base,
                query=pairs,
                label=f"{parameter.name}: {broken.label}",
                pointer=parameter.name,
                keyword=broken.keyword,
                expected=broken.expected,
            )


def _as_read(text: str) -> list[JSON]:
    try:
        return [text, json.loads(text)]
    except ValueError:
        return [text]
