"""What travels between the ASGI shell and everything that decides: one request in, one response out.

The collector skips all of it: many wait for the journal, and nothing that they refer to refers back to them.
"""

from collections.abc import Mapping

import msgspec

from bodydouble.contracts.schema.violations import Violation
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Fault

Headers = list[tuple[bytes, bytes]]
"""Header fields in order, names in lower case."""


class Request(msgspec.Struct, frozen=True, gc=False):
    """A request whose body has been read.

    Attributes:
        method: Upper case.
        path: As asked for, decoded.
        query: The raw query string.
        headers: Lower-case names; of a header that stands twice, the last value.
        body: The whole body.
        scheme: ``http`` or ``https``.
        server: Host and port that the server listens on, or None.
        path_id: The id that the path template holds.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"
    server: tuple[str, int | None] | None = None
    path_id: str | None = None


class About(msgspec.Struct, frozen=True, gc=False):
    """What is known of a request and its reply beyond their bytes: for the journal, and for the wire.

    The attributes are those of an :class:`~bodydouble.mockserver.journals.journal.Entry`, but for the last two.

    Attributes:
        purpose: What the request was for.
        at: When it was decided, in the world's seconds since the epoch.
        namespace: Whose world it was.
        route: The path template that it matched, or ``""``.
        job: The job's id, or ``""``.
        asked: The id that was asked about, as it arrived.
        stage: Where the job stands as the reply tells it, or ``""``.
        scenario: The scenario that the request asked for, or ``""``.
        decision: Names what decided about a fault, or ``""``.
        violations: What was wrong with the request.
        url_until: When the result's URL in the reply ends, or None.
        expired: Whether a result was refused because its URL had ended.
        first: Position of the first byte of the result that is sent.
        sent: Bytes of the result from there.
        size: Bytes of the whole result; 0 where the reply holds none of it.
        fault: What goes wrong with the reply on its way, or None.
        share: Number from 0 up to 1 that decides where.
    """

    purpose: Purpose
    at: float
    namespace: str = ""
    route: str = ""
    job: str = ""
    asked: str = ""
    stage: str = ""
    scenario: str = ""
    decision: str = ""
    violations: tuple[Violation, ...] = ()
    url_until: float | None = None
    expired: bool = False
    first: int = 0
    sent: int = 0
    size: int = 0
    fault: Fault | None = None
    share: float = 0.0


class Response(msgspec.Struct, frozen=True, gc=False):
    """A response, complete.

    Attributes:
        status: The status code.
        headers: As sent.
        body: The whole body.
        note: What the log says about it; ``""`` for nothing.
        about: What the journal and the wire have to know, or None where neither is concerned.
    """

    status: int
    headers: Headers
    body: bytes
    note: str = ""
    about: About | None = None
