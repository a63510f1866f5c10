"""What an API does the same way everywhere: its error body, its headers, its price, the variables of its clients.

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
      environment: {key: [EXAMPLE_API_KEY], baseUrl: [EXAMPLE_BASE_URL]}

A string that begins with ``$`` stands for a value; :data:`BODY_VALUES` lists those of error bodies, at any depth,
:data:`HEADER_VALUES` those of headers. ``$request.header.NAME`` in a header is the value of a request header if it
matches its pattern under ``requestHeaders``; a header whose value is absent is not sent.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

import msgspec

from .nearest import did_you_mean
from .pointers import JSON
from .words import show

ROOT = "x-bodydouble"
BODY_VALUES: Mapping[str, str] = {
    "$error.message": "what went wrong, one sentence",
    "$error.status": "the status code, a number",
    "$error.title": "the status code's standard phrase",
    "$error.violations": "everything that is wrong with the request, a list; left out when empty",
    "$request.path": "the path that was asked for",
    "$reply.id": "an id of this reply",
    "$reply.time": "the time of the reply, RFC 3339 in UTC",
}
HEADER_VALUES: Mapping[str, str] = {
    "$reply.id": "the job's id, or an id of this reply where there is no job",
    "$job.credits": "what the job has cost so far, in credits",
    "$job.usd": "what the job has cost so far, in US dollars",
}
REQUEST_HEADER = "$request.header."
MEMBERS = ("errors", "headers", "requestHeaders", "price", "environment")

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""RFC 9110 section 5.6.2: what a header's name and both halves of a media type are made of."""

_FIELD_VALUE = r"[!-~]([ -~]*[!-~])?"
"""RFC 9110 section 5.5, the part of it that everyone reads alike: visible ASCII, blanks inside."""

_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
"""POSIX, Base Definitions, section 8.1; lower case, too, since systems take it."""


class ConventionsError(ValueError):
    """``x-bodydouble`` says something that cannot be understood."""


class Price(msgspec.Struct, frozen=True):
    """What a job that succeeds costs."""

    credits: int = 0
    usd: float = 0.0


class Environment(msgspec.Struct, frozen=True):
    """Environment variables that clients in the wild read, the commonest first.

    Attributes:
        key: Those that hold the key.
        base_url: Those that hold the origin.
    """

    key: tuple[str, ...] = ()
    base_url: tuple[str, ...] = ()


class ErrorShape(msgspec.Struct, frozen=True):
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


class Conventions(msgspec.Struct, frozen=True):
    """What holds for every reply.

    Attributes:
        errors: The error body.
        headers: Reply header (lower case) to the value it carries.
        request_headers: Request header (lower case) to the pattern its whole value must match to be read.
        price: What a job costs.
        environment: Variables by which clients are told key and origin.
    """

    errors: ErrorShape = PROBLEM_DETAILS
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, re.Pattern[str]], ...] = ()
    price: Price = Price()
    environment: Environment = Environment()


def read(documents: Iterable[Mapping[str, JSON]]) -> Conventions:
    """Return the conventions that ``documents`` state; later ones win member by member.

    Raises:
        ConventionsError: A member or value is not known, or has the wrong type.
    """
    stated: dict[str, JSON] = {}
    for document in documents:
        stated.update(_object(document.get(ROOT, {}), ROOT, MEMBERS))
    request_headers = dict(
        _request_headers(_object(stated.get("requestHeaders", {}), f"{ROOT}.requestHeaders"))
    )
    headers = _headers(_object(stated.get("headers", {}), f"{ROOT}.headers"), request_headers)
    return Conventions(
        errors=_errors(stated["errors"]) if "errors" in stated else PROBLEM_DETAILS,
        headers=tuple(dict(headers).items()),
        request_headers=tuple(request_headers.items()),
        price=_price(_object(stated.get("price", {}), f"{ROOT}.price", ("credits", "usd"))),
        environment=_environment(stated.get("environment", {})),
    )


def stated(conventions: Conventions) -> dict[str, JSON]:
    """Return what ``x-bodydouble`` says to mean ``conventions``; `read` turns it back into them."""
    errors, price, environment = conventions.errors, conventions.price, conventions.environment
    return {
        "errors": {"mediaType": errors.media_type, "body": dict(errors.body)},
        "headers": dict(conventions.headers),
        "requestHeaders": {name: pattern.pattern for name, pattern in conventions.request_headers},
        "price": {"credits": price.credits, "usd": price.usd},
        "environment": {"key": list(environment.key), "baseUrl": list(environment.base_url)},
    }


def _errors(given: JSON) -> ErrorShape:
    place = f"{ROOT}.errors"
    node = _object(given, place, ("mediaType", "body"))
    media_type = node.get("mediaType", "application/json")
    if not isinstance(media_type, str) or not all(map(_is_word, media_type.partition("/")[::2])):
        raise _wrong(f"{place}.mediaType", "a media type such as application/json", media_type)
    body = _object(node.get("body", dict(PROBLEM_DETAILS.body)), f"{place}.body")
    for inner, value in _leaves(body, f"{place}.body"):
        _check_known(value, inner, BODY_VALUES)
    return ErrorShape(media_type, body)


def _leaves(value: JSON, place: str) -> Iterator[tuple[str, JSON]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{place}.{name}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{place}[{index}]")
    else:
        yield place, value


def _headers(given: Mapping[str, JSON], readable: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        place = f"{ROOT}.headers.{name}"
        _check_name(name, place)
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise _wrong(place, "a text or a number", value)
        if not re.fullmatch(_FIELD_VALUE, str(value)):
            raise _wrong(place, "visible ASCII characters", value)
        if not str(value).startswith(REQUEST_HEADER):
            _check_known(value, place, HEADER_VALUES)
        elif (read_from := str(value).removeprefix(REQUEST_HEADER).lower()) not in readable:
            known = _known(read_from, readable)
            raise ConventionsError(
                f"{place} reads {read_from}, which has no pattern in {ROOT}.requestHeaders; {known}"
            )
        yield name.lower(), str(value)


def _request_headers(given: Mapping[str, JSON]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, pattern in given.items():
        place = f"{ROOT}.requestHeaders.{name}"
        _check_name(name, place)
        if not isinstance(pattern, str):
            raise _wrong(place, "a regular expression", pattern)
        try:
            yield name.lower(), re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as problem:
            raise ConventionsError(f"{place} is no regular expression: {problem}") from None


def _price(given: Mapping[str, JSON]) -> Price:
    credit, usd = given.get("credits", 0), given.get("usd", 0.0)
    if isinstance(credit, bool) or not isinstance(credit, int) or credit < 0:
        raise _wrong(f"{ROOT}.price.credits", "a whole number, not below zero", credit)
    if isinstance(usd, bool) or not isinstance(usd, int | float) or not _is_amount(usd):
        raise _wrong(f"{ROOT}.price.usd", "a number, not below zero", usd)
    return Price(credit, float(usd))


def _environment(given: JSON) -> Environment:
    place = f"{ROOT}.environment"
    node = _object(given, place, ("key", "baseUrl"))
    return Environment(*(_variables(node.get(name, []), f"{place}.{name}") for name in ("key", "baseUrl")))


def _variables(given: JSON, place: str) -> tuple[str, ...]:
    names = given if isinstance(given, list) else None
    if names is None or not all(isinstance(name, str) and re.fullmatch(_VARIABLE, name) for name in names):
        raise _wrong(place, "a list of names of environment variables", given)
    return tuple(map(str, names))


def _is_amount(number: float) -> bool:
    try:
        return isfinite(number) and number >= 0
    except OverflowError:
        return False


def _is_word(text: str) -> bool:
    return re.fullmatch(_WORD, text) is not None


def _check_name(name: str, place: str) -> None:
    if not _is_word(name):
        raise _wrong(place, "the name of a header", name)


def _check_known(value: JSON, place: str, values: Mapping[str, str]) -> None:
    if isinstance(value, str) and value.startswith("$") and value not in values:
        raise ConventionsError(
            f"{place} is {show(value)}, which stands for nothing here; {_known(value, values)}"
        )


def _known(name: str, known: Iterable[str]) -> str:
    listed = list(known)
    return did_you_mean(name, listed) or f"known are {', '.join(listed) or 'none'}"


def _object(value: JSON, place: str, known: Iterable[str] = ()) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise _wrong(place, "an object", value)
    for name in value:
        if known and name not in known:
            raise ConventionsError(f"{place} has no member {show(name)}; {_known(name, known)}")
    return value


def _wrong(place: str, expected: str, value: JSON) -> ConventionsError:
    return ConventionsError(f"{place} must be {expected}; got {show(value)}")
