"""Checking: the way in for Python callables, sync and async. A named shell: the search's time is the machine's."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from bodydouble.contracts.contract import Contract

from .calling import Caller, Consumer
from .levels import Level
from .outcome_reports import lines
from .outcomes import Outcome, Verdict
from .searching import EXAMPLES, Settings, search

SECONDS = 60.0


def check_consumer(
    consumer: Consumer,
    *,
    contract: Contract | None = None,
    level: Level | str = Level.FAULTS,
    examples: int = EXAMPLES,
    seconds: float = SECONDS,
    seed: int = 0,
    failures: tuple[type[Exception], ...] = (),
    accepts: Callable[[Any], bool] = lambda _result: True,
    first: bool = False,
) -> Outcome:
    """Hold a callable that submits one job and sees it through against everything that the contract allows.

    It runs in this process on virtual time: ``time.sleep``, ``time.time`` and ``time.monotonic`` are the double's
    meanwhile, and so is the time of the event loop on which a coroutine runs. It must not be called from a running
    event loop, nor from several threads at once.

    Args:
        consumer: Takes :class:`~bodydouble.mockserver.consumer.calling.Surroundings`; returns when it has the result,
            raises when there is none.
        contract: What is played; the bundled contract if none is given.
        level: How much it has to bear.
        examples: How many runs at most.
        seconds: How long they may take, in real time.
        seed: Repeats the search.
        failures: Exceptions that report a failure even if they look like a mistake, such as ``KeyError``.
        accepts: Tells whether what the callable returned is a success.
        first: Whether the first failure is enough.
    """
    caller = Caller(contract, failures=failures, accepts=accepts)
    settings = Settings(
        level=Level(level), examples=examples, seconds=seconds, seed=seed, endless=True, first=first
    )
    began = perf_counter()
    try:
        return search(
            lambda behaviour: caller.run(consumer, behaviour),
            caller.staging.play,
            settings,
            lambda: perf_counter() - began,
            client=getattr(consumer, "__name__", type(consumer).__name__),
        )
    finally:
        caller.close()


def assert_consumer(consumer: Consumer, **options: Any) -> Outcome:
    """Check as :func:`check_consumer` does, and raise unless the client kept to everything.

    Raises:
        AssertionError: It did not, or nothing could be looked at; the message is the report.
    """
    outcome = check_consumer(consumer, **options)
    if outcome.verdict() is not Verdict.KEPT:
        raise AssertionError("\n".join(lines(outcome)))
    return outcome
