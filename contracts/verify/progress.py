"""How far a run is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        phase: What is going on.
        exchanges: How many there were.
        checked: How many replies were judged.
        open_jobs: Jobs that have not ended.
        jobs: Jobs that were submitted.
        found: Kinds of breaches.
    """

    phase: str
    exchanges: int
    checked: int
    open_jobs: int
    jobs: int
    found: int


Listener: TypeAlias = Callable[[Progress], None]
"""Told after every exchange."""
