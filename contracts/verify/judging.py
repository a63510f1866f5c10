"""Replies judged: by the rules about exchanges and histories, and by what the request was made to show."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from bodydouble.contracts.checks.check_rules import Breach, Observation, Rule
from bodydouble.contracts.checks.checks import Checker, check_observation
from bodydouble.contracts.checks.exchanges import Body, Exchange, Message
from bodydouble.contracts.checks.matching import Match, Role
from bodydouble.contracts.checks.request_checks import REQUEST_RULES
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.generating.judges import Judge
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json

from .answer_rules import Answer, breaches
from .asking import Asked, Meant

OF_REQUESTS = frozenset(rule.id for rule, _ in REQUEST_RULES)
"""Rules that blame the client, which is us; here it breaks them on purpose."""
CHANGED = "job-result-changed"
UNDOCUMENTED = "reply-status-undocumented"
FIRST_ERROR = 400


class Referee:
    """Judges what one job pattern's server says.

    Args:
        contract: What is promised.
        pattern: Of the jobs.
    """

    def __init__(self, contract: Contract, pattern: JobPattern) -> None:
        self._checker = Checker(contract)
        self._pattern = pattern
        request = pattern.submit.request
        self._bodies = Judge(request.strict, request.lenient) if request else None

    def verdict(self, body: bytes) -> bool | None:
        """Return whether a create with these bytes keeps the contract.

        None where the contract leaves it open: the readings of its schema disagree, or it has none.
        """
        if self._bodies is None or not (body or self._pattern.submit.request_required):
            return None
        try:
            value = parse_json(body.decode(), "the body").value
        except (UnicodeDecodeError, DocumentError):
            return False
        if self._bodies.is_valid(value):
            return True
        return False if self._bodies.is_invalid(value) else None

    def why(self, body: bytes) -> str:
        """Return in words what is wrong with the bytes of a create, ``""`` if nothing is."""
        try:
            value: JSON = parse_json(body.decode(), "the body").value
        except (UnicodeDecodeError, DocumentError):
            return "it is no JSON"
        found = self._bodies.violations(value) if self._bodies else ()
        return f"{found[0].pointer or 'the body'}: {found[0].message}" if found else ""

    def match(self, asked: Asked, job: str = "") -> Match | None:
        """Return what a request calls, or None for what the contract has no operation for."""
        if asked.meant in (Meant.METHOD, Meant.RESULT):
            return None
        if asked.method == self._pattern.submit.method.upper() and (
            asked.body or asked.meant is Meant.CREATE
        ):
            return Match(self._pattern.submit, Role.SUBMIT, self._pattern)
        return Match(self._pattern.poll, Role.POLL, self._pattern, job)

    def of_answer(self, answer: Answer, match: Match | None) -> Iterator[Finding]:
        """Yield what is wrong with one reply."""
        exchange = answer.exchange
        if match is not None and exchange.status:
            found = self._checker.exchange(_without_body(exchange), match)
            silent = exchange.status >= FIRST_ERROR and not _documents_errors(match)
            passed = OF_REQUESTS | ({UNDOCUMENTED} if silent else set())
            yield from (finding for finding in found if finding.rule not in passed)
        name = _name(answer, match)
        for rule, breach in breaches(answer):
            yield finding_of(rule, breach, exchange.number, name)
        for passing in answer.earlier:
            yield from self.of_answer(replace(answer, exchange=passing, tries=0, earlier=()), match)

    def of_history(self, match: Match, before: Sequence[Observation], now: Observation) -> Iterator[Finding]:
        """Yield what is wrong with an observation, given what was seen of the job before."""
        operation, seen = str(match.operation), tuple(before)
        found = check_observation(operation, seen, now)
        if not any(one.submitted and one.stage is not None and one.stage.is_final for one in seen):
            yield from found
            return
        # A create may tell the result, too, by a schema of its own: it is no other result for that.
        yield from (finding for finding in found if finding.rule != CHANGED)
        polls = tuple(one for one in seen if not one.submitted)
        yield from (
            finding for finding in check_observation(operation, polls, now) if finding.rule == CHANGED
        )


def finding_of(rule: Rule, breach: Breach, number: int, operation: str) -> Finding:
    """Return a breach as a finding about one exchange."""
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        source=f"reply {number}, {operation}",
        pointer=breach.pointer,
        message=breach.message,
        expected=breach.expected,
        got=breach.got,
        hint=breach.hint,
    )


def _documents_errors(match: Match) -> bool:
    """Whether the operation documents any error; where it documents none, that one occurs is no breach of it."""
    return any(reply.status[:1] in "45d" for reply in match.operation.replies)


def _name(answer: Answer, match: Match | None) -> str:
    if answer.asked.meant is Meant.RESULT:
        return "the result"
    return str(match.operation) if match else f"{answer.exchange.method} {answer.exchange.path}"


def without_keys(finding: Finding, key: str) -> Finding:
    """Return a finding that does not show the key, which a server may have sent back."""
    if not key or key not in f"{finding.message}{finding.got}":
        return finding
    message, got = (text.replace(key, "[key]") for text in (finding.message, finding.got))
    return msgspec.structs.replace(finding, message=message, got=got)


def _without_body(exchange: Exchange) -> Exchange:
    """What was sent is judged by the contract's readings, not by rules that blame whoever sent it."""
    return replace(exchange, request=Message(exchange.request.fields, Body(None, 0)))
