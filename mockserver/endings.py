"""The order in which jobs end, kept so that the next one is found without a look at many of them.

One heap over a hundred thousand jobs compares some thirty of them, each somewhere else in memory, whenever one
leaves: half as much work as a whole create. Here jobs that end at nearly the same time share a small heap.
"""

from heapq import heapify, heappop, heappush
from typing import Generic, Protocol, Self, TypeVar

WIDTH = 1 / 64
"""Seconds that share a heap."""
LAST = 1e15
"""Ends from here on share one: floating-point numbers are further apart than that, and some jobs never end."""


class Ends(Protocol):
    """Whatever has an end and is ordered by it."""

    ends: float

    def __lt__(self, other: Self) -> bool:
        """Return whether this one comes first."""
        ...


Ending = TypeVar("Ending", bound=Ends)


class Endings(Generic[Ending]):
    """Things in the order of their ends."""

    def __init__(self) -> None:
        self._shares: dict[float, list[Ending]] = {}
        self._times: list[float] = []

    @property
    def first(self) -> Ending:
        """What ends first; there must be something."""
        return self._shares[self._times[0]][0]

    def add(self, thing: Ending) -> None:
        """Take ``thing`` in."""
        time = min(thing.ends, LAST) // WIDTH
        share = self._shares.get(time)
        if share is not None:
            heappush(share, thing)
        else:
            self._shares[time] = [thing]
            heappush(self._times, time)

    def pop(self) -> Ending:
        """Let go of what ends first, and return it; there must be something."""
        time = self._times[0]
        share = self._shares[time]
        thing = heappop(share)
        if not share:
            del self._shares[time]
            heappop(self._times)
        return thing

    def remove(self, thing: Ending) -> None:
        """Let go of ``thing``, whose end must be what it was when it was taken in."""
        time = min(thing.ends, LAST) // WIDTH
        share = self._shares[time]
        share.remove(thing)
        heapify(share)
        if not share:
            del self._shares[time]
            self._times.remove(time)
            heapify(self._times)

    def clear(self) -> None:
        """Let go of everything."""
        self._shares.clear()
        self._times.clear()
