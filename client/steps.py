"""The words between a conversation and its driver.

A conversation is a generator. It yields a step, the driver performs it and sends back what came of it.
Conversations never touch the network, the clock or the key; a driver decides nothing.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from .models import Progress

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
"""What a conversation returns."""

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header fields in order; names of reply headers are in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send.

    Attributes:
        method: HTTP method.
        url: Absolute URL; kept out of ``repr`` because a query can be a credential.
        headers: Header fields besides those that the driver adds (host, length, key).
        content: Body.
        authorized: Whether the driver adds the key; it does so only for the configured origin.
    """

    method: str
    url: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    content: bytes = field(default=b"", repr=False)
    authorized: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send a request and read the reply.

    Attributes:
        request: What to send.
        timeout: Seconds for everything together, from connecting to the last byte of the reply.
        limit: Most bytes of (decoded) body to read.
    """

    request: Request
    timeout: float
    limit: int


@dataclass(frozen=True, slots=True)
class Sleep:
    """Do nothing for ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Tell whoever listens."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Warn:
    """Write ``message`` to the log as a warning."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Send a request and read the head of the reply; the body is left for :class:`Read` or :class:`Rest`."""

    request: Request
    timeout: float


@dataclass(frozen=True, slots=True)
class Read:
    """Read the next piece of the opened reply's body within ``timeout`` seconds."""

    timeout: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Read the opened reply to its end, in what is left of the time that it was opened with, and let go of it.

    Attributes:
        limit: Most bytes of (decoded) body to read.
    """

    limit: int


@dataclass(frozen=True, slots=True)
class Shut:
    """Let go of the opened reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What time it is after a step.

    Attributes:
        now: Monotonic seconds; only differences mean anything.
        wall: Seconds since the epoch.
    """

    now: float
    wall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Tick):
    """A reply whose head arrived.

    Attributes:
        status: HTTP status.
        headers: Header fields, names in lower case.
        body: Decoded body, as far as it came.
        cut: Why the body is not whole; empty if it is.
    """

    status: int
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    cut: str = ""

    @property
    def successful(self) -> bool:
        """Whether the status is one of 2xx."""
        return 200 <= self.status <= 299  # noqa: PLR2004 - RFC 9110 section 15.3

    @property
    def blames_client(self) -> bool:
        """Whether the status is one of 4xx."""
        return 400 <= self.status <= 499  # noqa: PLR2004 - RFC 9110 section 15.5

    @property
    def blames_server(self) -> bool:
        """Whether the status is one of 5xx."""
        return 500 <= self.status <= 599  # noqa: PLR2004 - RFC 9110 section 15.6

    def header(self, name: str) -> str:
        """Return the first field called ``name`` in any case, or an empty string."""
        wanted = name.lower()
        return next((value for field_name, value in self.headers if field_name == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Tick):
    """No head of a reply arrived, or no further piece of a body.

    Attributes:
        reason: What happened, in words.
        sent: False only if not one byte of the request can have reached the server.
    """

    reason: str
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Tick):
    """A piece of a body; empty at its end."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """What a driver yields last: the conversation's result."""

    value: T_co


Step: TypeAlias = Send | Sleep | Report | Warn | Open | Read | Rest | Shut
"""What a conversation yields."""
Answer: TypeAlias = Tick | Reply | Failed | Piece
"""What it is sent back."""
# The answer's type follows from the step's (Send and Open: Reply or Failed; Read: Piece or Failed; Rest: Reply;
# all others: Tick), which a generator's single send type cannot say: conversations state it where they receive.
Conversation: TypeAlias = Generator[Step, Any, T]
