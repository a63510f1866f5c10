"""What comes with a control request: parameters and bodies, held against the document's schemas."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.validation import Validator, Violation
from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.judging import Refused, json_body
from bodydouble.mockserver.problems import Problem

FLAGS: Mapping[str, bool] = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
SHOWN = 3
EXACT = 2.0**53
"""Up to here every whole number is one and the same as a double and as an integer."""

_INTEGER = re.compile(r"-?\d{1,30}", re.ASCII)
_MOST_FIELDS = 100


def parameters(request: Request, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the query's parameters as their schemas say; those that are missing have their defaults, if any.

    Raises:
        Refused: 400 for one that is not known, stands twice, or is something else than it should be.
    """
    try:
        pairs = parse_qsl(
            request.query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise _wrong("", "the query has too many parameters", f"at most {_MOST_FIELDS}", "more") from None
    given: dict[str, Any] = {}
    for name, text in pairs:
        if name not in schemas:
            known = did_you_mean(name, schemas) or f"known are {', '.join(schemas) or 'none'}"
            raise _wrong(
                name, f"no parameter is called {name[:60]!r}; {known}", "a known parameter", "another"
            )
        if name in given:
            raise _wrong(name, f"{name} stands more than once", f"{name} once", "several of them")
        given[name] = _checked(name, text, schemas[name])
    return {name: schema["default"] for name, schema in schemas.items() if "default" in schema} | given


def _checked(name: str, text: str, schema: Mapping[str, Any]) -> JSON:
    value = _typed(text, schema.get("type"))
    if value is None:
        kind = "true or false" if schema["type"] == "boolean" else "a whole number"
        raise _wrong(name, f"{name} must be {kind}", kind, repr(text[:60]))
    violations = Validator(dict(schema)).violations(value)
    if violations:
        first = violations[0]
        told = first.message.replace("the value", name, 1)
        raise _wrong(name, told, first.expected, first.got)
    return value


def _typed(text: str, kind: object) -> str | int | bool | None:
    """Return what ``text`` says; None where it says nothing of this kind."""
    if kind == "boolean":
        return FLAGS.get(text.lower())
    if kind == "integer":
        return int(text) if _INTEGER.fullmatch(text) else None
    return text


def body_of(request: Request, validator: Validator) -> Any:
    """Return the request's body, which fits its schema.

    Raises:
        Refused: 415 unless it is declared as JSON; 400 with everything that is wrong with it.
    """
    value = exact(json_body(request))
    violations = validator.violations(value)
    if violations:
        raise refused(violations)
    return value


def exact(value: JSON) -> JSON:
    """Return ``value`` with whole numbers as integers however they were written: 2.0 is as good as 2 in JSON."""
    match value:
        case float() if value.is_integer() and abs(value) <= EXACT:
            return int(value)
        case list():
            return [exact(item) for item in value]
        case dict():
            return {name: exact(member) for name, member in value.items()}
    return value


def _wrong(place: str, message: str, expected: str, got: str) -> Refused:
    return refused((Violation(place, message, expected, got, "parameter"),))


def wrong_body(pointer: str, message: str, expected: str, got: str) -> Refused:
    """Return the 400 for a body that fits its schema and still cannot be."""
    return refused((Violation(pointer, message, expected, got, "body"),))


def refused(violations: Sequence[Violation]) -> Refused:
    """Return the 400 that tells ``violations``; its text names the first three."""
    told = [f"{each.message}: expected {each.expected}, received {each.got}" for each in violations[:SHOWN]]
    rest = len(violations) - SHOWN
    more = f" (and {rest} more)" if rest > 0 else ""
    return Refused(Problem(400, f"{'; '.join(told)}{more}", tuple(violations)))
