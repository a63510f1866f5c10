"""Hiring: the clerk who makes entries is loaded when there is something to enter, and serves all worlds then."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any


class Hired:
    """The clerk of one process, as far as he is needed."""

    def __init__(self, salt: bytes, keys: Iterable[str] = (), id_header: str = "") -> None:
        """Set up; see :class:`~bodydouble.mockserver.journals.journaling.Clerk`.

        Args:
            salt: Random bytes, 16 or more, the same as long as digests have to be compared.
            keys: The good keys, as far as they are known.
            id_header: The header in which clients name their requests, or ``""``.
        """
        self._salt, self._keys, self._id_header = salt, tuple(keys), id_header

    @cached_property
    def clerk(self) -> Any:
        """The clerk; his type is not named because that would load him."""
        # What scrubs is a twentieth of a start, and nothing needs it before requests have been answered.
        from .journaling import Clerk  # noqa: PLC0415

        return Clerk(self._salt, self._keys, self._id_header)
