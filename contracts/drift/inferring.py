"""What real replies say and the contract does not, inferred from what was seen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from types import MappingProxyType

from msgspec.structs import replace

from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.openapi.operations import Operation, Reply, Schema
from bodydouble.contracts.pointers import JSON, join, tokens_of
from bodydouble.contracts.schema.validation import Validator
from bodydouble.contracts.schema.violations import Violation
from bodydouble.contracts.words import count, describe, show
from bodydouble.contracts.words import place as in_words

from .changes import Change, Direction, Impact, Place, Rule, Witness
from .grouping import together, worst_first
from .observations import Observation, by_operation
from .observed_rules import (
    CODE,
    CONSTRAINT,
    EARLY,
    GARBLED,
    MISSING,
    NULL,
    PRESENCE,
    PROMISE,
    REFUSED,
    TAKEN,
    TYPE,
    UNDECLARED,
    VALUE,
)
from .undeclared import filled, undeclared

REFUSALS = frozenset({400, 404, 405, 410, 415, 422})
"""Status codes that blame the request itself (RFC 9110 section 15.5), not who sends it or when."""
FIRST_ERROR = 400
ENOUGH = 2
"""Replies with one status before what they have in common says something."""

_RULES: Mapping[str, Rule] = MappingProxyType(
    {"required": MISSING, "dependentRequired": MISSING, "enum": VALUE, "const": VALUE, "type": TYPE}
)
"""Rules by the keyword of the schema that is broken; any other is a constraint."""

_Judge = Callable[[Schema], Validator]


def infer(observations: Iterable[Observation]) -> tuple[Change, ...]:
    """Return what was seen and the contract does not say, worst first, each once with every file it was seen in.

    Nothing is concluded from one reply about what is always so, and nothing from errors about results. The old side
    of a change is the contract, the new one what was seen.
    """
    listed = tuple(observations)
    validator_of = _validators()
    found = [change for each in listed for change in _of_one(each, validator_of)]
    for group in by_operation(listed):
        found += _presence(group)
    return worst_first(together(found))


def _validators() -> _Judge:
    """Compile each schema once; beside it the schema is kept, so that its identity is not given to another one."""
    compiled: dict[int, tuple[Schema, Validator]] = {}

    def validator_of(schema: Schema) -> Validator:
        if id(schema) not in compiled:
            compiled[id(schema)] = (schema, Validator(dict(schema.lenient)))
        return compiled[id(schema)][1]

    return validator_of


def _of_one(seen: Observation, validator_of: _Judge) -> Iterator[Change]:
    documented = reply_for(seen.operation, seen.code)
    if documented is None:
        listed = ", ".join(reply.status for reply in seen.operation.replies) or "none"
        message = f"a reply came with status {seen.code}, which is not documented ({listed})"
        yield _change(CODE, seen, f"reply {seen.code}", message, new=seen.code)
    elif documented.schema is not None and seen.is_garbled:
        impact = Impact.BREAKING if seen.code < FIRST_ERROR else Impact.RISKY
        message = f"a {seen.code} reply is no JSON"
        yield replace(_change(GARBLED, seen, f"reply {documented.status}", message), impact=impact)
    elif documented.schema is not None and seen.reply is not None:
        yield from _broken(seen, documented, documented.schema, validator_of)
        yield from _undeclared(seen, documented, documented.schema)
    yield from _promises(seen)
    yield from _taken(seen)
    yield from _refused(seen)


def reply_for(operation: Operation, code: int) -> Reply | None:
    """Return the documented reply that a status code falls under: its own, its range, ``default``, or None."""
    by_key = {reply.status: reply for reply in operation.replies}
    keys = (str(code), f"{code // 100}XX", "default")
    return next((by_key[key] for key in keys if key in by_key), None)


def _broken(seen: Observation, reply: Reply, schema: Schema, validator_of: _Judge) -> Iterator[Change]:
    validator = validator_of(schema)
    if validator.is_valid(seen.reply):
        return
    for violation in validator.violations(seen.reply):
        change = _violated(seen, reply, violation)
        # As between two contracts: a client that fails at the shape of an error had failed at the error already.
        is_milder = seen.code >= FIRST_ERROR and change.impact is Impact.BREAKING
        yield replace(change, impact=Impact.RISKY) if is_milder else change


def _violated(seen: Observation, reply: Reply, violation: Violation) -> Change:
    place = general(violation.pointer, seen.reply)
    value = _value_at(seen.reply, violation.pointer)
    rule = _RULES.get(violation.keyword, CONSTRAINT)
    named = in_words(place)
    subject = f"reply {reply.status} {place}".strip()
    if rule is MISSING:
        return _change(
            rule, seen, subject, f"{named} is missing from a {reply.status} reply", old=violation.expected
        )
    if rule is TYPE:
        kind = _kind(value)
        rule = NULL if value is None else TYPE
        message = f"{named} is {kind} in a {reply.status} reply, expected {violation.expected}"
        return _change(rule, seen, subject, message, old=violation.expected, new=kind)
    if rule is VALUE:
        message = f"{named} is {show(value)} in a {reply.status} reply, which is not listed"
        return _change(rule, seen, subject, message, old=violation.expected, new=show(value))
    message = f"{named} in a {reply.status} reply is not {violation.expected}"
    return _change(rule, seen, subject, message, old=violation.expected)


def _kind(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else describe(value).partition(" (")[0]


def _undeclared(seen: Observation, reply: Reply, schema: Schema) -> Iterator[Change]:
    for pointer in undeclared(schema.lenient, seen.reply):
        place = general(pointer, seen.reply)
        kind = _kind(_value_at(seen.reply, pointer))
        message = (
            f"{in_words(place)} is in {reply.status} replies, and the contract does not know it ({kind})"
        )
        yield _change(UNDECLARED, seen, f"reply {reply.status} {place}", message)


def _taken(seen: Observation) -> Iterator[Change]:
    if not 200 <= seen.code < 300 or seen.operation.request is None:  # noqa: PLR2004 - RFC 9110 section 15.3
        return
    for pointer in undeclared(seen.operation.request.lenient, seen.request):
        place = general(pointer, seen.request)
        message = f"a request with {in_words(place)} was taken, which the contract does not know"
        yield _change(TAKEN, seen, f"request {place}", message)


def _refused(seen: Observation) -> Iterator[Change]:
    """A create that the contract allows; images count, and what it does not know is not allowed here."""
    request = seen.operation.request
    if seen.code not in REFUSALS or request is None or seen.request is None:
        return
    if not undeclared(request.lenient, seen.request) and Judge(request.strict, request.lenient).is_valid(
        seen.request
    ):
        message = f"a request that keeps the contract was refused with {seen.code}"
        method, path = seen.operation.method, seen.operation.path
        witness = Witness(direction=Direction.REQUEST, method=method, path=path, value=seen.request)
        yield replace(_change(REFUSED, seen, "request", message, new=seen.code), witness=witness)


def _promises(seen: Observation) -> Iterator[Change]:
    if seen.promise is None or seen.reply is None:
        return
    there = filled(seen.reply)
    for pointer in seen.promise.present:
        if pointer not in there:
            message = f"{in_words(pointer)} is missing where the status is {show(seen.word)}"
            yield _change(PROMISE, seen, f"status {seen.word} {pointer}", message, old="present")
    for pointer in seen.promise.absent:
        if pointer in there:
            message = f"{in_words(pointer)} is there where the status is {show(seen.word)}"
            yield _change(EARLY, seen, f"status {seen.word} {pointer}", message, old="absent")


def _presence(group: tuple[Observation, ...]) -> Iterator[Change]:
    """What every reply with a status has, and not every other reply of the operation: it goes with the status."""
    told = [(seen, filled(seen.reply)) for seen in group if seen.word]
    everywhere = reduce(frozenset.__and__, (there for _, there in told)) if told else frozenset()
    for word in dict.fromkeys(seen.word for seen, _ in told):
        same = [(seen, there) for seen, there in told if seen.word == word]
        first = same[0][0]
        promised = first.promise.present if first.promise is not None else ()
        always = reduce(frozenset.__and__, (there for _, there in same)) - everywhere - frozenset(promised)
        if len(same) >= ENOUGH and always:
            listed = ", ".join(in_words(pointer) for pointer in sorted(always))
            seen_times = count(len(same), "reply")
            message = f"with status {show(word)} always come {listed} ({seen_times} seen)"
            new: list[JSON] = [*sorted(always)]
            yield _change(PRESENCE, first, f"status {word}", message, new=new)


def _change(
    rule: Rule, seen: Observation, subject: str, message: str, *, old: JSON = None, new: JSON = None
) -> Change:
    place = Place(
        operation=str(seen.operation),
        old_source=seen.operation.source,
        old_pointer=seen.operation.pointer,
        new_source=seen.source,
    )
    return Change(
        rule=rule.id, impact=rule.impact, subject=subject, message=message, places=(place,), old=old, new=new
    )


def general(pointer: str, instance: JSON) -> str:
    """Return a place in a value for all its like: which item of an array it is does not matter."""
    node, place = instance, ""
    for token in tokens_of(pointer):
        place = join(place, "*" if isinstance(node, list) else token)
        node = _child(node, token)
    return place


def _value_at(instance: JSON, pointer: str) -> JSON:
    node = instance
    for token in tokens_of(pointer):
        node = _child(node, token)
    return node


def _child(node: JSON, token: str) -> JSON:
    if isinstance(node, dict):
        return node.get(token)
    return (
        node[int(token)] if isinstance(node, list) and token.isdecimal() and int(token) < len(node) else None
    )
