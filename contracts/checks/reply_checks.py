"""What holds for a reply, whatever it is about."""

from collections.abc import Iterator

from bodydouble.contracts.conventions import REQUEST_HEADER
from bodydouble.contracts.findings import Severity
from bodydouble.contracts.words import either, show

from .body_checks import as_breach, not_json, violations_of, violations_of_text
from .check_rules import Area, Breach, Direction, ExchangeCheck, Rule, Seen
from .exchanges import Ending

FIRST_ERROR = 400
NO_BODY = frozenset({204, 205, 304})
OPTIONAL_VALUES = frozenset({"$error.violations", "$job.credits", "$job.usd"})
"""Values that a reply may lack: nothing was wrong with the body, nothing was charged."""


def _cut(seen: Seen) -> Iterator[Breach]:
    if seen.exchange.ending is Ending.CUT:
        size = seen.exchange.reply.body.size
        got = f"{size} bytes" + (f", then {seen.exchange.trouble}" if seen.exchange.trouble else "")
        yield Breach(message="the reply ends before its end", expected="the whole body", got=got)


def _documented(seen: Seen) -> Iterator[Breach]:
    if seen.exchange.status and seen.documented is None:
        known = [reply.status for reply in seen.match.operation.replies]
        yield Breach(
            message=f"status {seen.exchange.status} is not documented",
            expected=either(known) if known else "a documented status",
            got=str(seen.exchange.status),
            hint="add it with an overlay if it is meant",
        )


def _reply_type(seen: Seen) -> Iterator[Breach]:
    documented, reply = seen.documented, seen.exchange.reply
    if documented is None or documented.schema is None or not _has_body(seen):
        return
    if not _fits(reply.media_type, documented.media_type):
        got = reply.media_type or "no Content-Type"
        yield Breach(message="the media type is not documented", expected=documented.media_type, got=got)


def _reply_json(seen: Seen) -> Iterator[Breach]:
    if _has_body(seen) and seen.exchange.reply.is_json:
        yield from not_json(seen.exchange.reply)


def _reply_body(seen: Seen) -> Iterator[Breach]:
    """An unknown status word is a rule of its own; saying it twice helps nobody."""
    documented = seen.documented
    if documented is None or documented.schema is None or not _has_body(seen):
        return
    status = seen.match.shape.status if seen.match.shape and seen.exchange.succeeded else None
    for violation in violations_of(seen, documented.schema, seen.exchange.reply):
        if not (violation.pointer == status and violation.keyword == "enum"):
            yield as_breach(violation)


def _error_shape(seen: Seen) -> Iterator[Breach]:
    """Errors that the contract gives no schema still have the body that every error has."""
    documented = seen.documented
    if seen.exchange.status < FIRST_ERROR or not _has_body(seen) or (documented and documented.schema):
        return
    body, template = seen.exchange.reply.json_or_none(), seen.conventions.errors.body
    names = [name for name, value in template.items() if value not in OPTIONAL_VALUES]
    missing = [name for name in names if not (isinstance(body, dict) and name in body)]
    if missing:
        got = show(list(body)) if isinstance(body, dict) else seen.exchange.reply.media_type or "no object"
        expected = f"an object with {', '.join(names)}"
        yield Breach(message=f"the error's body lacks {', '.join(missing)}", expected=expected, got=got)


def _headers(seen: Seen) -> Iterator[Breach]:
    for name in dict.fromkeys(_demanded(seen)) if seen.exchange.status else ():
        if seen.exchange.reply.field(name) is None:
            yield Breach(message=f"the header {name} is missing", expected=name, got="nothing")


def _demanded(seen: Seen) -> Iterator[str]:
    """The headers that every reply of the API has, and those that this one documents as required."""
    for name, value in seen.conventions.headers:
        if value.startswith("$") and not value.startswith(REQUEST_HEADER) and value not in OPTIONAL_VALUES:
            yield name
    for header in seen.documented.headers if seen.documented else ():
        if header.required:
            yield header.name.lower()


def _header_values(seen: Seen) -> Iterator[Breach]:
    for header in seen.documented.headers if seen.documented else ():
        value = seen.exchange.reply.field(header.name.lower())
        if header.schema is not None and value is not None:
            for violation in violations_of_text(seen, header.schema, value):
                message = f"the header {header.name.lower()} breaks its schema"
                yield Breach(message=message, expected=violation.expected, got=show(value))


def _echoes(seen: Seen) -> Iterator[Breach]:
    """A request header that comes back is the one that was sent, if it keeps its pattern."""
    patterns = dict(seen.conventions.request_headers)
    for name, value in seen.conventions.headers:
        asked = value.removeprefix(REQUEST_HEADER).lower()
        sent = seen.exchange.request.field(asked) if value.startswith(REQUEST_HEADER) else None
        if sent is None or not seen.exchange.status:
            continue
        told = seen.exchange.reply.field(name)
        if told != sent and (asked not in patterns or patterns[asked].fullmatch(sent)):
            got = "nothing" if told is None else show(told)
            yield Breach(
                message=f"the header {name} does not repeat the request's", expected="the same", got=got
            )


def _has_body(seen: Seen) -> bool:
    """Only bodies that came whole are judged, and only where there is one (RFC 9110 section 6.4)."""
    exchange = seen.exchange
    empty = exchange.method == "HEAD" or exchange.status in NO_BODY
    return exchange.ending is Ending.COMPLETE and not empty


def _fits(got: str, documented: str) -> bool:
    essence = documented.split(";", maxsplit=1)[0].strip().lower()
    kind = essence.removesuffix("*")
    return got == essence or (essence.endswith("/*") and got.startswith(kind.removesuffix("*/")))


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_REPLY = Direction.REPLY

REPLY_RULES: tuple[tuple[Rule, ExchangeCheck], ...] = (
    (Rule("reply-cut", _ERROR, _REPLY, Area.DELIVERY, "A reply comes to its end"), _cut),
    (
        Rule("reply-status-undocumented", _ERROR, _REPLY, Area.STATUS, "The status code is documented"),
        _documented,
    ),
    (
        Rule("reply-media-type", _ERROR, _REPLY, Area.MEDIA, "The media type is the documented one"),
        _reply_type,
    ),
    (Rule("reply-not-json", _ERROR, _REPLY, Area.MEDIA, "A body declared as JSON is JSON"), _reply_json),
    (Rule("reply-body-invalid", _ERROR, _REPLY, Area.BODY, "The reply's body keeps its schema"), _reply_body),
    (
        Rule("reply-error-shape", _WARNING, _REPLY, Area.BODY, "Every error has the API's one error body"),
        _error_shape,
    ),
    (
        Rule("reply-header-missing", _WARNING, _REPLY, Area.HEADERS, "The API's tracing headers are sent"),
        _headers,
    ),
    (
        Rule("reply-header-invalid", _WARNING, _REPLY, Area.HEADERS, "A documented header keeps its schema"),
        _header_values,
    ),
    (
        Rule(
            "reply-header-echo",
            _WARNING,
            _REPLY,
            Area.HEADERS,
            "A header that is repeated is repeated as sent",
        ),
        _echoes,
    ),
)
"""Every rule about a reply."""
