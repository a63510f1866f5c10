"""Replies in a test, held against the contract one by one and, job by job, together."""

from itertools import count
from typing import Any
from urllib.parse import urlsplit

from bodydouble.contracts.checks.check_rules import Observation
from bodydouble.contracts.checks.checks import Checker, check_observation
from bodydouble.contracts.checks.curl import curl
from bodydouble.contracts.checks.exchanges import Body, Exchange, Fields, Message
from bodydouble.contracts.checks.history_checks import observe
from bodydouble.contracts.checks.matching import Match, Matcher, Role, told_ids
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.reports import as_lines


class ContractBroken(AssertionError):
    """A reply breaks the contract; the message lists everything.

    Attributes:
        findings: What was found.
        repeat: The command that sends the request again, with ``$API_KEY`` for the key; ``""`` where nobody knows to
            whom.
    """

    def __init__(self, findings: tuple[Finding, ...], repeat: str = "") -> None:
        again = (f"    repeat: {repeat}",) if repeat else ()
        super().__init__("\n".join(("the contract is broken:", *as_lines(findings), *again)))
        self.findings = findings
        self.repeat = repeat


class NoExchange(TypeError):
    """What was given is neither a response nor an exchange."""


class ExchangeChecker:
    """Judges replies, and remembers what they said about each job.

    Args:
        contract: What is promised.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._checker = Checker(contract)
        self._matcher = Matcher(contract)
        self._seen: dict[str, tuple[Observation, ...]] = {}
        self._numbers = count(1)

    def __call__(self, response: Any) -> None:
        """Judge a reply.

        Args:
            response: A response of httpx2, httpx or requests, read to its end, or an exchange.

        Raises:
            ContractBroken: It breaks the contract in more than a note.
            NoExchange: It is nothing of the kind.
            LookupError: The contract has no such operation.
        """
        exchange = self._exchange(response)
        found = tuple(each for each in self.findings(exchange) if each.severity is not Severity.NOTE)
        if found:
            raise ContractBroken(found, _repeat(response, exchange))

    def findings(self, response: Any) -> tuple[Finding, ...]:
        """Return everything that breaks the contract in a reply, notes included; arguments as for a call.

        Raises:
            LookupError: The contract has no such operation.
        """
        exchange = self._exchange(response)
        match = self._matcher.match(exchange)
        if match is None:
            raise LookupError(self._unknown(exchange))
        return (*self._checker.exchange(exchange, match), *self._history(exchange, match))

    def _exchange(self, response: Any) -> Exchange:
        return response if isinstance(response, Exchange) else exchange_of(response, next(self._numbers))

    def _history(self, exchange: Exchange, match: Match) -> tuple[Finding, ...]:
        if match.shape is None:
            return ()
        told = told_ids(match.shape, exchange.reply.json_or_none()) if match.role is Role.SUBMIT else ()
        job = next(iter(told), "") or match.asked_id
        if not job:
            return ()
        now, before = observe(exchange, match), self._seen.get(job, ())
        found = tuple(check_observation(str(match.operation), before, now))
        self._seen[job] = (*before, now)
        return found

    def _unknown(self, exchange: Exchange) -> str:
        asked = f"{exchange.method} {exchange.path}"
        known = [str(operation) for operation in self._contract.operations]
        hint = did_you_mean(asked, known) or f"known are {', '.join(known)}"
        return f"the contract has no operation {asked}; {hint}"


def exchange_of(response: Any, number: int) -> Exchange:
    """Return a response of an HTTP library as an exchange.

    The number stands for the moment, too: what a test asks later was answered later.

    Raises:
        NoExchange: It has not what such responses have.
    """
    try:
        request = response.request
        url = urlsplit(str(request.url))
        content = request.body if hasattr(request, "body") else request.content
        sent = content.encode() if isinstance(content, str) else bytes(content or b"")
        return Exchange(
            number=number,
            method=str(request.method).upper(),
            path=url.path,
            query=url.query,
            request=_message(request.headers, sent),
            status=int(response.status_code),
            reply=_decoded(response.headers, bytes(response.content)),
            started=float(number),
            answered=number + 0.25,
            ended=number + 0.5,
        )
    except (AttributeError, TypeError, ValueError) as problem:
        raise NoExchange(
            f"expected a response of httpx2, httpx or requests that was read to its end, got {type(response).__name__}"
        ) from problem


def _repeat(response: Any, exchange: Exchange) -> str:
    """The command that repeats a request; an exchange does not know whom it was with."""
    if isinstance(response, Exchange):
        return ""
    url = urlsplit(str(response.request.url))
    return curl(exchange, f"{url.scheme}://{url.netloc.rpartition('@')[2]}").text


def _message(headers: Any, content: bytes) -> Message:
    fields: Fields = tuple((str(name).lower(), str(value)) for name, value in headers.items())
    return Message(fields, Body(content, len(content)))


def _decoded(headers: Any, content: bytes) -> Message:
    """These libraries have undone the content coding, which the header still names."""
    message = _message(headers, content)
    coding = ("content-encoding", "content-length") if message.field("content-encoding") else ()
    return Message(tuple(field for field in message.fields if field[0] not in coding), message.body)
