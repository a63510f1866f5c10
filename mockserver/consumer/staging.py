"""Staging: one application, and in it a world of its own for each run of a client."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.findings import Finding
from bodydouble.mockserver.app import Double, create_app
from bodydouble.mockserver.clocks import Clock
from bodydouble.mockserver.journals.journal import Entry
from bodydouble.mockserver.noticing import Noticing
from bodydouble.mockserver.replies import Play
from bodydouble.mockserver.worlds import World

from .behaviours import Behaviour

LONG_TTL = 1e6
"""Seconds that results' URLs are good for: that they end is no part of any behaviour but those that say so."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the double saw of a run."""

    entries: tuple[Entry, ...]
    noticed: tuple[Finding, ...]


class Staging:
    """Prepares worlds and looks at what became of them.

    Attributes:
        app: What clients talk to.
        play: The replies of the job that clients are tested with.
    """

    def __init__(self, contract: Contract | None, clock: Clock, *, speed: float = 1.0, seed: int = 0) -> None:
        self.app: Double = create_app(contract, clock=clock, speed=speed, seed=seed, url_ttl=LONG_TTL)
        service = self.app.service
        self.play: Play = next(
            play
            for route in service.routes.routes
            if route.submissions
            for play in (
                route.submissions.only.play
                if route.submissions.only
                else next(iter(route.submissions.by_model.values())).play,
            )
        )
        self._noticing = Noticing(service.routes, service.contract.conventions.price)

    def prepare(self, name: str, behaviour: Behaviour) -> World:
        """Return the world called ``name``, new, in which ``behaviour`` is played; ``""`` is the default one."""
        world = self.app.service.worlds.named(name)
        world.reset()
        world.scenario = behaviour.scenario
        return world

    def seen(self, world: World, leap: Callable[[float], None]) -> Seen:
        """Return what became of a run, seen from after the end of all its jobs.

        Args:
            world: Of the run.
            leap: Moves the world's clock forward by seconds.
        """
        entries = tuple(world.journal)
        latest = max((job.ends for job in world.jobs if job.ends < inf), default=0.0)
        leap(max(latest - world.clock(), 0.0) + 1.0)
        return Seen(entries, self._noticing.report(world, over=True).findings)
