"""Levels: how much a client has to bear; each includes those before it."""

from enum import StrEnum


class Level(StrEnum):
    """How far behaviours go."""

    CONTRACT = "contract"
    FAULTS = "faults"
    FUTURES = "futures"

    @property
    def included(self) -> tuple["Level", ...]:
        """The levels up to this one."""
        levels = tuple(Level)
        return levels[: levels.index(self) + 1]
