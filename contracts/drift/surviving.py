"""What a client was seen to survive: it was run against the new contract, went on, and met what changed.

That it went on is for whoever ran it to say; whether it met a change is decided here, from what it asked and was
answered. Being called is not enough: a client survives a property that is gone if a reply came without it, and a
value that is new if that value came. What no run can show (servers, defaults, formats) nobody is said to survive.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.checks.matching import Matcher, told_status
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.schema.validation import Validator

from .changes import Change, Impact, Place
from .counterparts import counterparts
from .inferring import general, reply_for
from .undeclared import undeclared
from .versions import Version

COUNTING = (Impact.BREAKING, Impact.RISKY)
"""What there is to survive."""


class Call(msgspec.Struct, frozen=True):
    """One call of an operation of the new contract that was answered with success.

    Attributes:
        operation: As the new contract has it.
        exchange: What was asked and answered.
        word: The job's status as the reply tells it; ``""`` where it tells none.
    """

    operation: Operation
    exchange: Exchange
    word: str = ""


class Meeting(msgspec.Struct, frozen=True):
    """One place of a change, and how the client called the operation there.

    Attributes:
        change: What changed.
        old: The operation as the old contract has it.
        calls: Of its counterpart, at least one.
    """

    change: Change
    old: Operation
    calls: tuple[Call, ...]


def calls_in(contract: Contract, exchanges: Iterable[Exchange]) -> tuple[Call, ...]:
    """Return the calls among what a client asked a double of ``contract`` and was answered whole with success."""
    matcher = Matcher(contract)
    found = []
    for exchange in exchanges:
        match = matcher.match(exchange) if exchange.succeeded else None
        if match is not None:
            word = told_status(match.shape, exchange.reply.json_or_none()) if match.shape else None
            found.append(Call(match.operation, exchange, word or ""))
    return tuple(found)


def survived(
    changes: Iterable[Change], old: Version, new: Version, calls: Sequence[Call]
) -> tuple[Change, ...]:
    """Return ``changes`` with those marked that the client met and survived, in every place of each.

    Args:
        changes: From ``old`` to ``new``.
        old: What the client was written for.
        new: What it was run against.
        calls: Of a run that went well.
    """
    pairs = {
        (before.source, str(before)): (before, str(after)) for before, after in counterparts(old, new).both
    }
    meets = _meets(pairs, calls)
    return tuple(replace(change, survives=True) if meets(change) else change for change in changes)


_Pairs = Mapping[tuple[str, str], tuple[Operation, str]]


def _meets(pairs: _Pairs, calls: Sequence[Call]) -> Callable[[Change], bool]:
    def meeting(change: Change, place: Place) -> Meeting | None:
        old, name = pairs.get((place.old_source, place.operation), (None, ""))
        found = tuple(call for call in calls if str(call.operation) == name)
        return None if old is None or not found else Meeting(change, old, found)

    def meets(change: Change) -> bool:
        evidence = _EVIDENCE.get(change.rule)
        if change.impact not in COUNTING or evidence is None:
            return False
        met = [meeting(change, place) for place in change.places]
        return all(each is not None and evidence(each) for each in met)

    return meets


def _called(_meeting: Meeting) -> bool:
    return True


def _sent(meeting: Meeting) -> bool:
    """Every body was sent as the new contract wants it, and nothing in it that has no name there any more."""
    place = _pointer(meeting.change, "request")
    return place is not None and all(_is_kept(call, place) for call in meeting.calls)


def _is_kept(call: Call, place: str) -> bool:
    request, body = call.operation.request, call.exchange.request.json_or_none()
    if request is None or body is None:
        return request is None and not call.exchange.request.body.size
    unknown = [general(pointer, body) for pointer in undeclared(request.lenient, body)]
    return Judge(request.lenient).is_valid(body) and not any(_is_within(each, place) for each in unknown)


def _named_otherwise(meeting: Meeting) -> bool:
    """A parameter of the query is not sent by its old name."""
    name = _parameter(meeting.change)
    return bool(name) and all(name not in _query(call) for call in meeting.calls)


def _given(meeting: Meeting) -> bool:
    """A parameter of the query is sent."""
    name = _parameter(meeting.change)
    return bool(name) and all(name in _query(call) for call in meeting.calls)


def _parameter(change: Change) -> str:
    if change.rule == "job-poll-parameter-renamed":
        return str(change.old)
    location, _, name = change.subject.partition(" ")
    return name if location == "query" else ""


def _query(call: Call) -> frozenset[str]:
    return frozenset(name for name, _ in parse_qsl(call.exchange.query, keep_blank_values=True))


def _told(meeting: Meeting) -> bool:
    """Every status that is new was told."""
    words = meeting.change.new
    return isinstance(words, list) and {*map(str, words)} <= {call.word for call in meeting.calls}


def _absent(meeting: Meeting) -> bool:
    """A reply came without the property, where it used to have it."""
    place = _pointer(meeting.change, "reply")
    bodies = [call.exchange.reply.json_or_none() for call in meeting.calls]
    return bool(place) and any(_lacks(body, tokens_of(place or "")) for body in bodies)


def _lacks(value: JSON, tokens: tuple[str, ...]) -> bool:
    if isinstance(value, list) and tokens[0] == "*":
        return len(tokens) > 1 and any(_lacks(item, tokens[1:]) for item in value)
    if not isinstance(value, dict):
        return False
    if len(tokens) == 1:
        return tokens[0] not in value
    return _lacks(value.get(tokens[0]), tokens[1:])


def _different(meeting: Meeting) -> bool:
    """A reply came that the old contract did not allow at this place."""
    place = _pointer(meeting.change, "reply")
    return bool(place) and any(
        _is_within(broken, place or "") for call in meeting.calls for broken in _broken(meeting.old, call)
    )


def _broken(old: Operation, call: Call) -> tuple[str, ...]:
    reply, body = reply_for(old, call.exchange.status), call.exchange.reply.json_or_none()
    if reply is None or reply.schema is None:
        return ()
    found = Validator(dict(reply.schema.lenient)).violations(body)
    return tuple(general(violation.pointer, body) for violation in found)


def _pointer(change: Change, direction: str) -> str | None:
    """The place in the body that a change is about, ``""`` for the body as a whole; None if it is about no body."""
    return place_of(change.subject) if change.subject.partition(" ")[0] == direction else None


def place_of(subject: str) -> str:
    """Return the place in a body that the subject of a change names, ``""`` where it names none."""
    rest = subject.partition(" ")[2]
    return rest[rest.index("/") :] if "/" in rest else ""


def _is_within(pointer: str, place: str) -> bool:
    return f"{pointer}/".startswith(f"{place}/")


_EVIDENCE: Mapping[str, Callable[[Meeting], bool]] = MappingProxyType(
    {
        "path-moved": _called,
        "method-changed": _called,
        "security-added": _called,
        "security-narrowed": _called,
        "job-id-renamed": _called,
        "job-status-moved": _called,
        "job-status-removed": _called,
        "reply-status-moved": _called,
        "job-status-added": _told,
        "job-status-replaced": _told,
        "job-poll-parameter-renamed": _named_otherwise,
        "parameter-removed": _named_otherwise,
        "parameter-renamed": _named_otherwise,
        "parameter-moved": _named_otherwise,
        "required-parameter-added": _given,
        "parameter-became-required": _given,
        "request-model-swapped": _sent,
        "request-body-removed": _sent,
        "request-body-became-required": _sent,
        "request-property-removed": _sent,
        "request-required-property-added": _sent,
        "request-property-became-required": _sent,
        "request-property-renamed": _sent,
        "request-type-changed": _sent,
        "request-type-narrowed": _sent,
        "request-nullable-removed": _sent,
        "request-enum-narrowed": _sent,
        "request-enum-replaced": _sent,
        "request-bound-tightened": _sent,
        "request-map-narrowed": _sent,
        "request-narrowed": _sent,
        "reply-property-removed": _absent,
        "reply-property-renamed": _absent,
        "reply-property-became-optional": _absent,
        "reply-type-changed": _different,
        "reply-type-widened": _different,
        "reply-nullable-added": _different,
        "reply-enum-widened": _different,
        "reply-enum-replaced": _different,
        "reply-bound-loosened": _different,
        "reply-map-widened": _different,
        "reply-widened": _different,
    }
)
"""What shows that a client met a change, by rule."""
