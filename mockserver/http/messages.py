"""What travels between the ASGI shell and everything that decides: one request in, one response out."""

from collections.abc import Mapping

import msgspec

Headers = list[tuple[bytes, bytes]]
"""Header fields in order, names in lower case."""


class Request(msgspec.Struct, frozen=True):
    """A request whose body has been read.

    Attributes:
        method: Upper case.
        path: As asked for, decoded.
        query: The raw query string.
        headers: Lower-case names; of a header that stands twice, the last value.
        body: The whole body.
        origin: ``scheme://host`` under which the client reached the server.
        path_id: The job's id, where the path template holds it.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    body: bytes = b""
    origin: str = "http://localhost"
    path_id: str | None = None


class Response(msgspec.Struct, frozen=True):
    """A response, complete.

    Attributes:
        status: The status code.
        headers: As sent.
        body: The whole body.
        note: What the log says about it; ``""`` for nothing.
    """

    status: int
    headers: Headers
    body: bytes
    note: str = ""
