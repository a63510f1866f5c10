"""Checks of what was seen against what the contract promises: one table of rules, applied by pure functions."""

from collections.abc import Iterator

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.findings import Finding

from .check_rules import Breach, Direction, ExchangeCheck, History, Observation, Rule, Seen, Validators
from .exchanges import Exchange
from .history_checks import HISTORY_RULES
from .job_checks import JOB_RULES
from .matching import Match
from .reply_checks import REPLY_RULES
from .request_checks import REQUEST_RULES

EXCHANGE_RULES: tuple[tuple[Rule, ExchangeCheck], ...] = (*REQUEST_RULES, *REPLY_RULES, *JOB_RULES)
"""Every rule about one exchange, those about the request first."""

RULES: tuple[Rule, ...] = tuple(rule for rule, _ in (*EXCHANGE_RULES, *HISTORY_RULES))
"""Every rule about exchanges and histories."""


class Checker:
    """Checks exchanges against one contract; it keeps compiled validators and nothing else."""

    def __init__(self, contract: Contract) -> None:
        self._conventions: Conventions = contract.conventions
        self._validators = Validators()

    def exchange(self, exchange: Exchange, match: Match) -> tuple[Finding, ...]:
        """Return everything that is wrong with one exchange."""
        return check_exchange(Seen(exchange, match, self._conventions, self._validators))


def check_exchange(seen: Seen) -> tuple[Finding, ...]:
    """Return everything that is wrong with one exchange, by rule in the order of the table."""
    return tuple(
        _finding(rule, breach, seen.exchange.number, str(seen.match.operation))
        for rule, check in EXCHANGE_RULES
        for breach in check(seen)
    )


def check_history(history: History) -> tuple[Finding, ...]:
    """Return everything that is wrong with a job's history, in the order in which it came about."""
    observed = history.observations
    return tuple(
        finding
        for number, now in enumerate(observed)
        for finding in check_observation(history.operation, observed[:number], now)
    )


def check_observation(operation: str, before: tuple[Observation, ...], now: Observation) -> Iterator[Finding]:
    """Yield what is wrong with ``now``, given what was seen of the same job before."""
    for rule, check in HISTORY_RULES:
        for breach in check(before, now):
            yield _finding(rule, breach, now.number, operation)


def _finding(rule: Rule, breach: Breach, number: int, operation: str) -> Finding:
    half = "request" if rule.direction is Direction.REQUEST else "reply"
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        source=f"{half} {number}, {operation}",
        pointer=breach.pointer,
        message=breach.message,
        expected=breach.expected,
        got=breach.got,
        hint=breach.hint,
    )
