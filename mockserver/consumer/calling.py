"""Calling: a client that is a Python callable, run in process on virtual time. A named shell."""

import io
from collections.abc import Awaitable, Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

import httpx2
from starlette.types import ASGIApp

from bodydouble.contracts.contract import Contract

from .behaviours import Behaviour
from .carrying import AsyncCarrier, Carrier
from .endings import End, Hung, Life
from .staging import Staging
from .virtual_time import VirtualClock, VirtualLoop, cancel_all, patched_time

ORIGIN = "http://double.test"
KEY = "sk-double-4f1d7c2ab9e06358"
MOST_OUTPUT = 100_000

CRASHES: tuple[type[Exception], ...] = (
    TypeError,
    AttributeError,
    LookupError,
    NameError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    UnicodeError,
    NotImplementedError,  # a client that gives up like this has left something open
)
"""Exceptions that tell of a mistake in the client, whatever happened to it; any other reports a failure."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a callable under test is given.

    Attributes:
        base_url: Where the API is.
        api_key: A good key.
        transport: For an ``httpx2.Client``, which reaches the double in process.
        async_transport: The same for an ``httpx2.AsyncClient``.
        app: The double itself, for other HTTP clients that take an ASGI application.
        sleep: Lets virtual time pass; ``time.sleep`` does the same meanwhile.
        clock: Virtual time in seconds since the epoch; ``time.time`` is the same meanwhile.
    """

    base_url: str
    api_key: str
    transport: httpx2.BaseTransport
    async_transport: httpx2.AsyncBaseTransport
    app: ASGIApp
    sleep: Callable[[float], None]
    clock: Callable[[], float]


Consumer: TypeAlias = Callable[[Surroundings], Any] | Callable[[Surroundings], Awaitable[Any]]
"""Submits one job, sees it through, and returns; raises if there is no result."""


class Caller:
    """Runs callables; one after the other, in one thread.

    Args:
        contract: What is played; the bundled contract if none is given.
        failures: Exceptions that report a failure even if they look like a crash.
        accepts: Tells whether what a callable returned is a success; anything is by default.
    """

    def __init__(
        self,
        contract: Contract | None = None,
        *,
        failures: tuple[type[Exception], ...] = (),
        accepts: Callable[[Any], bool] = lambda _result: True,
    ) -> None:
        self._clock = VirtualClock()
        self._loop = VirtualLoop(self._clock)
        self.staging = Staging(contract, self._clock)
        self._failures = failures
        self._accepts = accepts
        self._carrier = AsyncCarrier(self.staging.app, self._clock)
        self._surroundings = Surroundings(
            ORIGIN,
            KEY,
            Carrier(self._carrier, self._loop.run_until_complete),
            self._carrier,
            self.staging.app,
            self._clock.sleep,
            self._clock,
        )

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()

    def run(self, consumer: Consumer, behaviour: Behaviour) -> Life:
        """Run ``consumer`` once and return what was seen of it."""
        self._clock.reset()
        self._carrier.requests = 0
        world = self.staging.prepare("", behaviour)
        output = io.StringIO()
        with redirect_stdout(output), redirect_stderr(output), patched_time(self._clock):
            end, told = self._ended(consumer)
            cancel_all(self._loop)
        seen = self.staging.seen(world, self._leap)
        printed = output.getvalue()[-MOST_OUTPUT:]
        return Life(end=end, told=told, output=printed, entries=seen.entries, noticed=seen.noticed, key=KEY)

    def _leap(self, seconds: float) -> None:
        self._clock.elapsed += seconds

    def _ended(self, consumer: Consumer) -> tuple[End, str]:
        try:
            result = consumer(self._surroundings)
            if isawaitable(result):
                result = self._loop.run_until_complete(_awaited(result))
            return (End.DONE if self._accepts(result) else End.FAILED), f"returned {result!r}"
        except Hung as hang:
            return End.HUNG, str(hang)
        except SystemExit as left:
            return (End.DONE if left.code in (None, 0) else End.FAILED), f"exit code {left.code!r}"
        except Exception as error:  # noqa: BLE001 - whatever a client raises is how it ends
            return self._raised(error)

    def _raised(self, error: Exception) -> tuple[End, str]:
        crashed = isinstance(error, CRASHES) and not isinstance(error, self._failures)
        return (End.CRASHED if crashed else End.FAILED), f"raised {type(error).__name__}: {error}"


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value
