"""What holds for the reply to a request that was made to find out: taken or refused, and with which status."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bodydouble.contracts.checks.check_rules import Area, Breach, Direction, Rule
from bodydouble.contracts.checks.exchanges import Ending, Exchange
from bodydouble.contracts.findings import Severity
from bodydouble.contracts.openapi.operations import Operation

from .asking import Asked, Meant
from .pacing import TOO_MANY, UNAVAILABLE, is_readable

REFUSED, SERVER_ERROR, METHOD_NOT_ALLOWED, NOT_IMPLEMENTED = 400, 500, 405, 501
DENIALS = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply with what it was asked for.

    Attributes:
        asked: The request.
        exchange: What came of it.
        operation: What was asked, None where the contract has no such operation.
        valid: Of a create: whether its bytes keep the contract; None where the contract leaves that open.
        breach: Of an invalid create: what is wrong with it, in words.
        tries: How often the same request got no other kind of reply; 0 if it was sent again and got another one.
        earlier: Replies to the same request that were for the moment only.
    """

    asked: Asked
    exchange: Exchange
    operation: Operation | None = None
    valid: bool | None = None
    breach: str = ""
    tries: int = 1
    earlier: tuple[Exchange, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the server took the request."""
        return self.exchange.status // 100 in (2, 3)

    @property
    def refused(self) -> bool:
        """Whether the server blames the request."""
        return REFUSED <= self.exchange.status < SERVER_ERROR

    @property
    def secured(self) -> bool:
        """Whether the contract asks for a key."""
        return self.operation is not None and bool(self.operation.security)


AnswerCheck: TypeAlias = Callable[[Answer], Iterator[Breach]]
"""Looks at one answer and yields its breaches."""


def _status(answer: Answer) -> str:
    return f"status {answer.exchange.status}"


def _no_reply(answer: Answer) -> Iterator[Breach]:
    if answer.exchange.ending is Ending.LOST:
        got = answer.exchange.trouble or "nothing"
        tries = f"no reply in {answer.tries} tries" if answer.tries > 1 else "no reply"
        yield Breach(message=f"{tries}, while others get one", expected="a reply", got=got)


def _server_error(answer: Answer) -> Iterator[Breach]:
    status = answer.exchange.status
    if status >= SERVER_ERROR and not (answer.asked.meant is Meant.METHOD and status == NOT_IMPLEMENTED):
        again = f", {answer.tries} times in a row" if answer.tries > 1 else ""
        yield Breach(
            message=f"the server fails at a request that others of its kind do not fail at{again}",
            expected="a reply below 500",
            got=_status(answer),
        )


def _valid_taken(answer: Answer) -> Iterator[Breach]:
    if answer.asked.meant is Meant.CREATE and answer.valid is True and answer.refused:
        yield Breach(
            message="a valid body is refused",
            expected="the job is accepted",
            got=_status(answer),
            hint="if the server is right, the contract lacks a rule: add it with an overlay",
        )


def _invalid_refused(answer: Answer) -> Iterator[Breach]:
    if answer.asked.meant is Meant.CREATE and answer.valid is False and answer.accepted:
        yield Breach(
            message=f"an invalid body is accepted: {answer.breach}"
            if answer.breach
            else "an invalid body is accepted",
            expected="status 400 or another one below 500",
            got=_status(answer),
            hint="if the server is right, the contract is too strict: correct it with an overlay",
        )


def _unknown_refused(answer: Answer) -> Iterator[Breach]:
    if answer.asked.meant is Meant.UNKNOWN and answer.accepted:
        yield Breach(
            message="an id that was never issued is answered as a job",
            expected="status 404",
            got=_status(answer),
        )


def _incomplete_refused(answer: Answer) -> Iterator[Breach]:
    if answer.asked.meant is Meant.INCOMPLETE and answer.accepted:
        yield Breach(message="a poll without an id is accepted", expected="status 400", got=_status(answer))


def _key_needed(answer: Answer) -> Iterator[Breach]:
    status = answer.exchange.status
    refused = status in DENIALS or not status or status >= SERVER_ERROR
    if answer.asked.meant is Meant.KEYLESS and answer.secured and not refused:
        yield Breach(
            message="a request without a key is not refused for that",
            expected="status 401",
            got=_status(answer),
        )


def _method_refused(answer: Answer) -> Iterator[Breach]:
    if answer.asked.meant is Meant.METHOD and answer.accepted:
        message = f"{answer.asked.method} is accepted, which the contract does not have here"
        yield Breach(message=message, expected="status 405", got=_status(answer))


def _allow_told(answer: Answer) -> Iterator[Breach]:
    """RFC 9110 section 15.5.6."""
    exchange = answer.exchange
    if exchange.status == METHOD_NOT_ALLOWED and exchange.reply.field("allow") is None:
        yield Breach(
            message="the reply does not say which methods are allowed", expected="a header Allow", got="none"
        )


def _retry_after_readable(answer: Answer) -> Iterator[Breach]:
    exchange = answer.exchange
    given = exchange.reply.field("retry-after")
    if exchange.status in (TOO_MANY, UNAVAILABLE) and given is not None and not is_readable(given):
        yield Breach(
            message="Retry-After cannot be read",
            expected="seconds, or a date",
            got=given[:60],
        )


_ERROR, _WARNING, _REPLY = Severity.ERROR, Severity.WARNING, Direction.REPLY

ANSWER_RULES: tuple[tuple[Rule, AnswerCheck], ...] = (
    (Rule("answer-missing", _ERROR, _REPLY, Area.DELIVERY, "Every request gets a reply"), _no_reply),
    (Rule("answer-failed", _ERROR, _REPLY, Area.STATUS, "No request makes the server fail"), _server_error),
    (Rule("valid-refused", _ERROR, _REPLY, Area.BODY, "What keeps the contract is accepted"), _valid_taken),
    (
        Rule("invalid-accepted", _ERROR, _REPLY, Area.BODY, "What breaks the contract is refused"),
        _invalid_refused,
    ),
    (
        Rule("unknown-accepted", _ERROR, _REPLY, Area.IDENTITY, "An id that was never issued is no job"),
        _unknown_refused,
    ),
    (
        Rule("incomplete-accepted", _ERROR, _REPLY, Area.PARAMETERS, "A poll without an id is refused"),
        _incomplete_refused,
    ),
    (Rule("keyless-accepted", _ERROR, _REPLY, Area.HEADERS, "Nobody gets in without a key"), _key_needed),
    (
        Rule(
            "method-accepted", _ERROR, _REPLY, Area.STATUS, "A method that the path does not have is refused"
        ),
        _method_refused,
    ),
    (
        Rule("allow-missing", _WARNING, _REPLY, Area.HEADERS, "A refused method is told the allowed ones"),
        _allow_told,
    ),
    (
        Rule("retry-after-unreadable", _WARNING, _REPLY, Area.HEADERS, "Retry-After is seconds or a date"),
        _retry_after_readable,
    ),
)
"""Every rule about the reply to a request that was made to find out."""


PASSING = frozenset({"retry-after-unreadable"})
"""Rules that hold for a reply that was for the moment only, too."""


def breaches(answer: Answer) -> Iterator[tuple[Rule, Breach]]:
    """Yield what is wrong with an answer, by rule in the order of the table."""
    for rule, check in ANSWER_RULES:
        if not answer.tries and rule.id not in PASSING:
            continue
        for breach in check(answer):
            yield rule, breach
