"""What an API does the same way everywhere: its error body, the headers on its replies, its price.

Read from ``x-bodydouble`` at the root of a document, where an overlay puts it::

    x-bodydouble:
      errors:
        mediaType: application/json
        body: {message: $error.message, statusCode: $error.status}
      headers:
        x-request-id: $reply.id
      requestHeaders:
        x-client-request-id: "[A-Za-z0-9._:-]{1,128}"
      price: {credits: 100, usd: 0.05}

A string that begins with ``$`` stands for a value; :data:`VALUES` lists them. ``$request.header.NAME`` is the value
of a request header if it matches its pattern under ``requestHeaders``; a header whose value is absent is not sent.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .nearest import did_you_mean
from .pointers import JSON

ROOT = "x-bodydouble"
VALUES = {
    "$error.message": "what went wrong, one sentence",
    "$error.status": "the status code, a number",
    "$error.title": "the status code's standard phrase",
    "$error.violations": "everything that is wrong with the request, a list; left out when empty",
    "$request.path": "the path that was asked for",
    "$reply.id": "the job's id, or an id of this reply where there is no job",
    "$reply.time": "the time of the reply, RFC 3339 in UTC",
    "$job.credits": "what the job has cost so far, in credits",
    "$job.usd": "what the job has cost so far, in US dollars",
}
REQUEST_HEADER = "$request.header."
MEMBERS = ("errors", "headers", "requestHeaders", "price")


class ConventionsError(ValueError):
    """``x-bodydouble`` says something that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a job that succeeds costs."""

    credits: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """The body of every error: a template whose ``$`` strings are filled in."""

    media_type: str
    body: Mapping[str, JSON]


PROBLEM_DETAILS = ErrorShape(
    "application/problem+json",
    {
        "title": "$error.title",
        "status": "$error.status",
        "detail": "$error.message",
        "instance": "$request.path",
        "violations": "$error.violations",
    },
)
"""RFC 9457, used where an API says nothing about its errors."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What holds for every reply.

    Attributes:
        errors: The error body.
        headers: Reply header (lower case) to the value it carries.
        request_headers: Request header (lower case) to the pattern its whole value must match to be read.
        price: What a job costs.
    """

    errors: ErrorShape = PROBLEM_DETAILS
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, re.Pattern[str]], ...] = ()
    price: Price = Price()


def read(documents: Iterable[Mapping[str, JSON]]) -> Conventions:
    """Return the conventions that ``documents`` state; later ones win member by member.

    Raises:
        ConventionsError: A member or value is not known, or has the wrong type.
    """
    stated: dict[str, JSON] = {}
    for document in documents:
        stated.update(_object(document.get(ROOT, {}), ROOT))
    for name in stated:
        if name not in MEMBERS:
            raise ConventionsError(f"{ROOT} has no member '{name}'; {_known(name, MEMBERS)}")
    return Conventions(
        errors=_errors(stated["errors"]) if "errors" in stated else PROBLEM_DETAILS,
        headers=tuple(_headers(_object(stated.get("headers", {}), "headers"))),
        request_headers=tuple(_patterns(_object(stated.get("requestHeaders", {}), "requestHeaders"))),
        price=_price(_object(stated.get("price", {}), "price")),
    )


def _errors(stated: JSON) -> ErrorShape:
    node = _object(stated, "errors")
    body = _object(node.get("body", {}), "errors.body")
    for name, value in body.items():
        _check_value(value, f"errors.body.{name}")
    return ErrorShape(str(node.get("mediaType", "application/json")), body)


def _headers(stated: Mapping[str, JSON]) -> Iterable[tuple[str, str]]:
    for name, value in stated.items():
        _check_value(value, f"headers.{name}")
        yield name.lower(), str(value)


def _patterns(stated: Mapping[str, JSON]) -> Iterable[tuple[str, re.Pattern[str]]]:
    for name, pattern in stated.items():
        try:
            yield name.lower(), re.compile(str(pattern))
        except re.error as problem:
            place = f"{ROOT}.requestHeaders.{name}"
            raise ConventionsError(f"{place} is no regular expression: {problem}") from None


def _price(stated: Mapping[str, JSON]) -> Price:
    credit, usd = stated.get("credits", 0), stated.get("usd", 0.0)
    if not isinstance(credit, int) or not isinstance(usd, int | float) or credit < 0 or usd < 0:
        raise ConventionsError(
            f"{ROOT}.price is {stated!r}; expected whole credits and usd, neither below zero"
        )
    return Price(credit, float(usd))


def _check_value(value: JSON, place: str) -> None:
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, member in members:
            _check_value(member, f"{place}.{name}")
    elif isinstance(value, str) and value.startswith("$") and not _stands_for_something(value):
        raise ConventionsError(
            f"{ROOT}.{place} is '{value}', which stands for nothing; {_known(value, VALUES)}"
        )


def _stands_for_something(value: str) -> bool:
    return value in VALUES or value.startswith(REQUEST_HEADER)


def _known(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known) or f"known are {', '.join(known)}"


def _object(value: JSON, place: str) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise ConventionsError(f"{place} must be an object; got {value!r}")
    return value
