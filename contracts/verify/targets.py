"""What a run speaks to: anything that takes a request and returns an exchange."""

from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Fields, Message

from .asking import Asked

KEY_SHOWN = "Bearer [key]"
"""What an exchange holds in the place of the key, which stays with whoever sends."""
TICK = 1e-6
"""Seconds between two stamps of a clock that stands still: what came later is later."""
MAX_REPLY = 64 * 1024 * 1024
"""Bytes of a reply that are read; a longer one is no reply of a job API, and no short video."""


class Target(Protocol):
    """A server under test."""

    @property
    def origin(self) -> str:
        """Where it is, as a report names it."""

    def ask(self, asked: Asked) -> Exchange:
        """Send a request; whatever happens to it is an exchange, too."""

    def ask_together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        """Send requests at once, so that none has been answered when the last is sent."""

    def reaches(self, url: str) -> bool:
        """Whether a result's URL can be fetched from here."""

    def close(self) -> None:
        """Let go of connections."""


class Stamps:
    """Times of a run, in seconds from its start, each later than the one before.

    Args:
        clock: Seconds of any clock; it may stand still.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._origin = clock()
        self._last = 0.0

    def __call__(self) -> float:
        """Return the next stamp."""
        self._last = max(self._clock() - self._origin, self._last + TICK)
        return self._last


class Numbers:
    """Counts exchanges from 1."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> int:
        """Return the next number."""
        self._last += 1
        return self._last


def exchange_of(
    asked: Asked,
    times: tuple[float, float, float],
    number: int,
    *,
    status: int = 0,
    fields: Fields = (),
    content: bytes = b"",
    ending: Ending = Ending.COMPLETE,
    trouble: str = "",
) -> Exchange:
    """Return the exchange of a request with what came back.

    Args:
        asked: The request.
        times: When it began, when the head of the reply came, when the reply ended.
        number: Of the exchange.
        status: The reply's; 0 where none came.
        fields: The reply's.
        content: The reply's body, as far as it came.
        ending: How it ended.
        trouble: What went wrong, in words.
    """
    path, query = _split(asked.url)
    started, answered, ended = times
    sent = (*asked.fields, ("authorization", KEY_SHOWN)) if asked.keyed else asked.fields
    return Exchange(
        number=number,
        method=asked.method,
        path=path,
        query=query,
        request=Message(sent, Body(asked.body, len(asked.body))),
        status=status,
        reply=Message(fields, Body(content, len(content))),
        started=started,
        answered=answered,
        ended=ended,
        ending=ending,
        trouble=trouble,
    )


def _split(url: str) -> tuple[str, str]:
    if "://" not in url:
        path, _, query = url.partition("?")
        return path, query
    parts = urlsplit(url)
    return parts.path, parts.query


def is_loopback_host(host: str) -> bool:
    """Return whether a host's name is this machine: what happens there costs nobody anything."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or _is_loopback_v4(host)


def _is_loopback_v4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdecimal() for part in parts)  # noqa: PLR2004 - IPv4
