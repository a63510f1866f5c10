"""Behaviours that Hypothesis draws, handed to tests: what fails is shrunk to the smallest scenario that still fails."""

import inspect
import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

# Where Hypothesis is not installed this says which extra brings it, so that it comes first.
from bodydouble.contracts.generating.library import SearchStrategy, st  # isort: skip
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.drawing import behaviours
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.staging import Staging

from .drawn import DrawnServer

EXAMPLES = 50
SPEED = 20_000.0
"""Drawn jobs last minutes, and there are many of them."""
ARGUMENT = "server"


def given_server(
    level: Level | str = Level.CONTRACT,
    *,
    examples: int = EXAMPLES,
    contract: Contract | None = None,
    argument: str = ARGUMENT,
    **wanted: Any,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that runs a test against many servers, each with a behaviour that Hypothesis draws.

    The test gets a :class:`~.drawn.DrawnServer`, fresh for every example::

        @given_server(level="faults")
        def test_a_client(server):
            end = run_my_client(server.base_url, server.key)
            assert end in server.allowed, server.why

    What fails is made smaller as long as it fails; the failure tells the scenario, which ``bodydouble serve
    --scenario FILE`` plays, and what was asked and answered.

    Args:
        level: How far behaviours go: ``contract`` for every life and reply that the contract allows, ``faults`` for
            failures on the wire as well, ``futures`` for words and shapes that it does not know yet, too.
        examples: How many behaviours are drawn; ``@settings`` above this decorator wins.
        contract: What is played, where it is not the bundled contract; give it to ``double_settings`` as well.
        argument: The test's parameter that takes the server.
        wanted: Keywords of the marker ``double``: ``clock="manual"``, ``speed=...``, ``seed=...``.

    Raises:
        ValueError: There is no such level.
        TypeError: The test has no such parameter, or is asynchronous.
    """
    strategy: SearchStrategy[Behaviour] = st.deferred(lambda: _strategy(contract, _level(level)))
    _level(level)
    pace = {} if "speed" in wanted or wanted.get("clock") == "manual" else {"speed": SPEED}

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        played = _played(test, argument, {**pace, **wanted})
        drawn: Callable[..., None] = given(behaviour=strategy)(played)
        return hypothesis_settings(max_examples=examples, deadline=None)(drawn)

    return decorate


def _level(name: Level | str) -> Level:
    try:
        return Level(name)
    except ValueError:
        hint = did_you_mean(name, list(Level)) or f"known are {', '.join(Level)}"
        raise ValueError(f"there is no level '{name}'; {hint}") from None


@cache
def _strategy(contract: Contract | None, level: Level) -> SearchStrategy[Behaviour]:
    return behaviours(Staging(contract, ManualClock()).play, level)


def _played(test: Callable[..., None], argument: str, wanted: dict[str, Any]) -> Callable[..., None]:
    """Return ``test`` as Hypothesis is to see it: with a behaviour and a fixture in the place of the server."""
    signature = inspect.signature(test)
    if inspect.iscoroutinefunction(test):
        raise TypeError(
            "given_server takes no asynchronous test; have it call asyncio.run, or a runner of its own"
        )
    if argument not in signature.parameters:
        raise TypeError(
            f"{test.__qualname__} has no parameter '{argument}' for the server; "
            f"it has {', '.join(signature.parameters) or 'none'}"
        )

    kept = signature.replace(
        parameters=[each for each in signature.parameters.values() if each.name != argument]
    )

    @wraps(test)
    def played(*arguments: Any, behaviour: Behaviour, double_drawings: Any, **keywords: Any) -> None:
        given_ = kept.bind_partial(*arguments, **keywords).arguments
        with double_drawings(f"{test.__module__}::{test.__qualname__}", behaviour, wanted) as server:
            try:
                test(**given_, **{argument: server})
            except Exception as error:
                error.add_note(_story(server))
                raise

    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("behaviour", "double_drawings")
    ]
    parameters = [*kept.parameters.values(), *added]
    played.__signature__ = kept.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect reads it
    return played


def _story(server: DrawnServer) -> str:
    scenario = json.dumps(server.scenario, indent=2, ensure_ascii=False)
    return (
        "bodydouble: the smallest scenario found; save it, and 'bodydouble serve --scenario FILE' plays it:\n"
        f"{scenario}\n{server.story()}"
    )
