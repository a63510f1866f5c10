"""What is said about a body, a header or a parameter, whoever sent it."""

import contextlib
from collections.abc import Iterable, Iterator

from bodydouble.contracts.openapi.operations import Schema
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json
from bodydouble.contracts.schema.violations import Violation

from .check_rules import Breach, Seen
from .exchanges import Message, NotJSON, Unread


def not_json(message: Message) -> Iterator[Breach]:
    """Yield why a body is no JSON; one that cannot be read is not judged."""
    try:
        _ = message.json
    except NotJSON as problem:
        yield Breach(message=str(problem), expected="JSON", got=f"{message.body.size} bytes")
    except Unread:
        return


def violations_of(seen: Seen, schema: Schema, message: Message) -> Iterable[Violation]:
    """Return how a JSON body breaks its schema; of anything else, nothing."""
    if not message.is_json:
        return ()
    try:
        body = message.json
    except (NotJSON, Unread):
        return ()
    validator = seen.validators.of(schema)
    return () if validator.is_valid(body) else validator.violations(body)


def violations_of_text(seen: Seen, schema: Schema, text: str) -> tuple[Violation, ...]:
    """Return how the text of a header or parameter breaks its schema; none if any way to read the text keeps it."""
    validator = seen.validators.of(schema)
    readings: list[JSON] = [text]
    with contextlib.suppress(DocumentError):
        readings.append(parse_json(text, "the text").value)
    if any(validator.is_valid(reading) for reading in readings):
        return ()
    return validator.violations(readings[-1])


def as_breach(violation: Violation) -> Breach:
    """Return a violation of a schema as a breach of a rule; no signed URL is shown."""
    return Breach(
        pointer=violation.pointer,
        message=violation.message,
        expected=violation.expected,
        got=_without_query(violation.got),
    )


def _without_query(got: str) -> str:
    """A value is shown without the query of a URL in it, which may be signed."""
    address, mark, _ = got.partition("?") if "://" in got else (got, "", "")
    return f"{address}?…" if mark else got
