"""A whole server in a test, held against the contract by interleaved lives of jobs. A named shell: it reads a clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.verify.asgi_target import AppTarget
from bodydouble.contracts.verify.budgets import REMOTE_JOBS, Limits
from bodydouble.contracts.verify.outcomes import Outcome, Verdict
from bodydouble.contracts.verify.pacing import LOCAL, MOVED, Pace, Time
from bodydouble.contracts.verify.reporting import lines
from bodydouble.contracts.verify.running import Run
from bodydouble.contracts.verify.settings import Settings
from bodydouble.contracts.verify.targets import Target
from bodydouble.contracts.verify.url_target import UrlTarget, is_loopback

EXAMPLES = 15
FAILING = frozenset({Severity.ERROR, Severity.WARNING})


class ServerBroken(AssertionError):
    """A server breaks the contract, or could not be looked at; the message is the report.

    Attributes:
        outcome: What came of the run.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("\n".join(lines(outcome, FAILING)))
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class MovedClock:
    """A clock that a server under test follows, and that the run may move.

    Attributes:
        now: Returns what it shows, in seconds.
        advance: Moves it forward by seconds.
    """

    now: Callable[[], float]
    advance: Callable[[float], None]


class JobMachine:
    """Plays jobs against servers.

    Args:
        contract: What is promised.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def __call__(
        self,
        server: Any,
        *,
        key: str = "",
        clock: MovedClock | None = None,
        model: str | None = None,
        examples: int = EXAMPLES,
        seed: int = 0,
        jobs: int | None = None,
        negative: bool | None = None,
        seconds: float | None = None,
        pace: Pace | None = None,
    ) -> Outcome:
        """Play, and return what was seen of a server that keeps the contract.

        Args:
            server: A URL, an ASGI application, or a :class:`~bodydouble.contracts.verify.targets.Target`.
            key: What requests carry.
            clock: The server's, if the run may move it; then no second is waited for.
            model: Which of several kinds of jobs.
            examples: Bodies that are drawn, and lives that are interleaved.
            seed: Decides everything that is drawn.
            jobs: Jobs that may be submitted; by default any number to this machine, few elsewhere.
            negative: Whether creates are sent that must be refused; by default only to this machine.
            seconds: How long it may take.
            pace: Of the polls.

        Raises:
            ServerBroken: It breaks the contract, or not everything could be looked at.
            LookupError: No job takes ``model``.
            BadURL: ``server`` is no URL that can be asked.
        """
        local = not isinstance(server, str) or is_loopback(server)
        settings = Settings(
            seed=seed,
            examples=examples,
            negative=local if negative is None else negative,
            limits=Limits(REMOTE_JOBS if jobs is None and not local else jobs, None, seconds),
            pace=pace or (MOVED if clock else LOCAL if local else Pace()),
        )
        moves = (
            Time(clock.now, clock.advance, wall=time.monotonic) if clock else Time(time.monotonic, time.sleep)
        )
        target = _target(server, moves.clock, key)
        try:
            outcome = Run(self._contract, self._pattern(model), target, moves, settings, key=key)()
        finally:
            target.close()
        if outcome.interrupted:
            raise KeyboardInterrupt
        if outcome.verdict(FAILING) is not Verdict.KEPT:
            raise ServerBroken(outcome)
        return outcome

    def _pattern(self, model: str | None) -> JobPattern:
        patterns = self._contract.patterns
        found = [pattern for pattern in patterns if model is None or model in pattern.models]
        if not found or (model is None and len(found) > 1):
            known = [name for pattern in patterns for name in pattern.models]
            raise LookupError(
                f"expected a model of {', '.join(known) or 'none: the contract has no jobs'}; got {model}"
            )
        return found[0]


def _target(server: Any, clock: Callable[[], float], key: str) -> Target:
    if isinstance(server, str):
        return UrlTarget(server, clock, key)
    if hasattr(server, "ask_together"):
        target: Target = server
        return target
    if not callable(server):
        raise TypeError(f"expected a URL, an ASGI application or a target, got {type(server).__name__}")
    return AppTarget(server, clock, key)
