"""The order in which jobs end, put in order no sooner than somebody asks which one is next.

One heap over a hundred thousand jobs compares some thirty of them, each somewhere else in memory, whenever one leaves:
half as much work as all the rest of a create. Here jobs that end within the same second lie together as they came,
and are sorted when their second is the next one.
"""

from bisect import insort_left
from heapq import heapify, heappop, heappush
from math import inf
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

LAST = 1e15
"""Ends from here on lie together: floating-point numbers are no seconds any more, and some jobs never end."""
_END = attrgetter("ends")


class Ends(Protocol):
    """Whatever has an end."""

    @property
    def ends(self) -> float:
        """When, in seconds."""
        ...


_Thing = TypeVar("_Thing", bound=Ends)


class Endings(Generic[_Thing]):
    """Things in the order of their ends; of those that end at one moment, the first that came is the first."""

    def __init__(self) -> None:
        self._later: dict[float, list[_Thing]] = {}
        self._seconds: list[float] = []
        self._next: list[_Thing] = []  # the first one last
        self._sorted = -inf  # the last second that was put in order

    @property
    def first(self) -> _Thing:
        """What ends first; there must be something."""
        if not self._next:
            self._open()
        return self._next[-1]

    def add(self, thing: _Thing) -> None:
        """Take ``thing`` in."""
        second = min(thing.ends, LAST) // 1
        if second <= self._sorted:
            insort_left(self._next, thing, key=_from_last)
            return
        together = self._later.get(second)
        if together is not None:
            together.append(thing)
        else:
            self._later[second] = [thing]
            heappush(self._seconds, second)

    def pop(self) -> _Thing:
        """Let go of what ends first, and return it; there must be something."""
        if not self._next:
            self._open()
        return self._next.pop()

    def remove(self, thing: _Thing) -> None:
        """Let go of ``thing``, whose end must be what it was when it was taken in."""
        second = min(thing.ends, LAST) // 1
        if second <= self._sorted:
            self._next.remove(thing)
            return
        self._later[second].remove(thing)
        if not self._later[second]:
            del self._later[second]
            self._seconds.remove(second)
            heapify(self._seconds)

    def clear(self) -> None:
        """Let go of everything."""
        self._later.clear()
        self._seconds.clear()
        self._next.clear()
        self._sorted = -inf

    def _open(self) -> None:
        self._sorted = heappop(self._seconds)
        self._next = self._later.pop(self._sorted)
        self._next.sort(key=_END)
        self._next.reverse()


def _from_last(thing: Ends) -> float:
    return -thing.ends
