"""What holds for a request."""

from collections.abc import Iterator

from bodydouble.contracts.findings import Severity

from .body_checks import as_breach, not_json, violations_of, violations_of_text
from .check_rules import Area, Breach, Direction, ExchangeCheck, Rule, Seen


def _key(seen: Seen) -> Iterator[Breach]:
    if seen.match.operation.security and seen.exchange.request.field("authorization") is None:
        yield Breach(
            message="the request carries no key",
            expected="the header Authorization: Bearer KEY",
            got="no Authorization header",
        )


def _parameters(seen: Seen) -> Iterator[Breach]:
    for parameter in seen.match.operation.parameters:
        if parameter.required and parameter.location == "query":
            count = len(seen.exchange.query_values(parameter.name))
            if count != 1:
                got = f"{count} of them" if count else "nothing"
                message = f"the query parameter {parameter.name} must stand once"
                yield Breach(message=message, expected="one value", got=got)


def _parameter_values(seen: Seen) -> Iterator[Breach]:
    """A list may be sent as one text or as several, so that only single values are judged."""
    for parameter in seen.match.operation.parameters:
        values = seen.exchange.query_values(parameter.name) if parameter.location == "query" else ()
        if parameter.schema is not None and len(values) == 1:
            for violation in violations_of_text(seen, parameter.schema, values[0]):
                message = f"the query parameter {parameter.name} breaks its schema"
                yield Breach(message=message, expected=violation.expected, got=violation.got)


def _body_missing(seen: Seen) -> Iterator[Breach]:
    if seen.match.operation.request_required and not seen.exchange.request.body.size:
        yield Breach(message="the request has no body", expected="a JSON body", got="nothing")


def _request_type(seen: Seen) -> Iterator[Breach]:
    request = seen.exchange.request
    if seen.match.operation.request is not None and request.body.size and not request.is_json:
        got = request.media_type or "no Content-Type"
        yield Breach(
            message="the request's body is not declared as JSON", expected="application/json", got=got
        )


def _request_json(seen: Seen) -> Iterator[Breach]:
    if seen.match.operation.request is not None and seen.exchange.request.body.size:
        yield from not_json(seen.exchange.request)


def _request_body(seen: Seen) -> Iterator[Breach]:
    schema = seen.match.operation.request
    if schema is not None and seen.exchange.request.body.size:
        yield from map(as_breach, violations_of(seen, schema, seen.exchange.request))


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_REQUEST = Direction.REQUEST

REQUEST_RULES: tuple[tuple[Rule, ExchangeCheck], ...] = (
    (
        Rule(
            "request-key-missing",
            _ERROR,
            _REQUEST,
            Area.HEADERS,
            "A request carries the key where one is needed",
        ),
        _key,
    ),
    (
        Rule(
            "request-parameter-missing",
            _ERROR,
            _REQUEST,
            Area.PARAMETERS,
            "Required query parameters stand once",
        ),
        _parameters,
    ),
    (
        Rule(
            "request-parameter-invalid",
            _ERROR,
            _REQUEST,
            Area.PARAMETERS,
            "A query parameter keeps its schema",
        ),
        _parameter_values,
    ),
    (Rule("request-body-missing", _ERROR, _REQUEST, Area.DELIVERY, "A required body is sent"), _body_missing),
    (
        Rule("request-media-type", _WARNING, _REQUEST, Area.MEDIA, "A JSON body is declared as JSON"),
        _request_type,
    ),
    (
        Rule("request-not-json", _ERROR, _REQUEST, Area.MEDIA, "A body that is to be JSON is JSON"),
        _request_json,
    ),
    (
        Rule("request-body-invalid", _ERROR, _REQUEST, Area.BODY, "The request's body keeps its schema"),
        _request_body,
    ),
)
"""Every rule about a request."""
