"""Checks of what was seen against what the contract promises: one table of rules, applied by pure functions."""

from collections.abc import Iterator

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.conventions import Conventions
from bodydouble.contracts.findings import Finding

from .check_rules import Breach, Direction, ExchangeCheck, History, Observation, Rule, Seen, Validators
from .exchanges import Exchange
from .history_checks import HISTORY_RULES
from .job_checks import JOB_RULES
from .life_checks import LIFE_RULES
from .matching import Match
from .reply_checks import REPLY_RULES
from .request_checks import REQUEST_RULES
from .result_checks import RESULT_RULES, Fetched

EXCHANGE_RULES: tuple[tuple[Rule, ExchangeCheck], ...] = (*REQUEST_RULES, *REPLY_RULES, *JOB_RULES)
"""Every rule about one exchange, those about the request first."""

RULES: tuple[Rule, ...] = tuple(
    rule for rule, _ in (*EXCHANGE_RULES, *HISTORY_RULES, *LIFE_RULES, *RESULT_RULES)
)
"""Every rule about exchanges, histories and results."""


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
    steps = tuple(
        finding
        for number, now in enumerate(observed)
        for finding in check_observation(history.operation, observed[:number], now)
    )
    return (*steps, *check_life(history))


def check_life(history: History) -> Iterator[Finding]:
    """Yield what is wrong with a job's life as a whole, beyond what each observation has shown."""
    for rule, check in LIFE_RULES:
        for breach in check(history):
            yield _finding(rule, breach, history.observations[-1].number, history.operation)


def check_result(fetched: Fetched, operation: str = "the result") -> tuple[Finding, ...]:
    """Return everything that is wrong with a result; its link is not shown, for its query may be a key.

    Args:
        fetched: What came of fetching it.
        operation: What was fetched, in words.
    """
    number = fetched.exchange.number
    return tuple(
        _finding(rule, breach, number, operation) for rule, check in RESULT_RULES for breach in check(fetched)
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
