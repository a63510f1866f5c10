"""Drawn servers: what a test that is given behaviours speaks to, example by example."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import httpx2

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.consumer.expectations import expected
from bodydouble.mockserver.control.client import Control

from .marks import Wanted, wanted
from .stages import Stage, client_of
from .transports import InProcess, OverHttp
from .worlds import Player, TestWorld, world_for


@dataclass(frozen=True, slots=True)
class DrawnServer:
    """A server with a drawn behaviour, for one example.

    Attributes:
        behaviour: What it does.
        world: Where it does that.
    """

    behaviour: Behaviour
    world: TestWorld

    @property
    def base_url(self) -> str:
        """Where any client finds it."""
        return self.world.stage.base_url

    @property
    def origin(self) -> str:
        """Where clients that use :meth:`transport` find it."""
        return self.world.stage.origin

    @property
    def key(self) -> str:
        """What requests carry; the server tells its examples apart by it."""
        return self.world.key

    @property
    def scenario(self) -> JSON:
        """What it does, as scenario files have it."""
        return self.behaviour.as_data()

    @property
    def allowed(self) -> frozenset[End]:
        """How a sound client may end: ``done``, ``failed``, or both."""
        return expected(self.behaviour).allowed

    @property
    def why(self) -> str:
        """The reason for that."""
        return expected(self.behaviour).why

    @property
    def control(self) -> Control:
        """The control of its world."""
        assert self.world.control is not None, "only doubles are drawn"  # noqa: S101 - see drawings_on
        return self.world.control

    def transport(self) -> InProcess | OverHttp:
        """Return what carries requests of ``httpx2`` clients there."""
        return self.world.stage.transport()

    def client(self) -> httpx2.Client:
        """Return a plain client that knows where it is and carries the key."""
        return client_of(self.world.stage, self.transport(), self.key)

    def story(self) -> str:
        """Return what was asked and answered, in words."""
        return self.world.story(repeat=False)


class Drawings(Protocol):
    """Makes a server for one example."""

    def __call__(
        self, test: str, behaviour: Behaviour, stated: Mapping[str, Any]
    ) -> AbstractContextManager[DrawnServer]:
        """Make a server for one example of ``test``, and end it afterwards."""
        ...


def drawings_on(stage: Stage, worker: str, run: str, skip: Callable[[str], object]) -> Drawings:
    """Return what makes servers on ``stage``.

    Args:
        stage: Where.
        worker: The process that runs the tests.
        run: Keeps runs apart that share a double.
        skip: Called with the reason where the stage is no double; it raises.
    """
    numbers = count(1)

    @contextmanager
    def drawing(test: str, behaviour: Behaviour, stated: Mapping[str, Any]) -> Iterator[DrawnServer]:
        if stage.control is None:
            skip(f"the test is given behaviours, and {stage.target} is no double")
        said: Wanted = wanted([((), stated)])
        # The number keeps examples apart, not their chance: the same behaviour does the same again.
        named = Player(test, f"{worker}-{next(numbers)}", run)
        with world_for(stage, said, named, skip, behaviour.scenario) as world:
            yield DrawnServer(behaviour, world)

    return drawing
