"""What is kept of a body that passes by: JSON within a limit, nothing else."""

from bodydouble.contracts.checks.exchanges import Body, Fields, Message

LIMIT = 32 * 1024 * 1024
"""Bytes; an image of 20 MB is 27 MB in Base64."""


class Capture:
    """Collects a body while it passes by; what is over the limit is counted and let go.

    Attributes:
        size: Bytes that passed by.
    """

    def __init__(self, fields: Fields, limit: int = LIMIT) -> None:
        self.size = 0
        self._fields = fields
        self._limit = limit
        self._pieces: list[bytes] | None = [] if Message(fields).is_json else None

    def take(self, piece: bytes) -> None:
        """Look at the next piece."""
        self.size += len(piece)
        if self._pieces is not None:
            self._pieces.append(piece)
            if self.size > self._limit:
                self._pieces = None

    def message(self) -> Message:
        """Return the message as far as it was kept; an empty body is kept whatever it is said to be."""
        content = b"".join(self._pieces) if self._pieces is not None else None
        return Message(self._fields, Body(b"" if not self.size else content, self.size))
