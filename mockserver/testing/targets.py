"""Targets: which server the tests of a run speak to."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from bodydouble.contracts.nearest import did_you_mean


class BadTarget(ValueError):
    """No server is called this; the message says what would do."""


class Kind(StrEnum):
    """How a server is reached."""

    IN_PROCESS = "double"
    """The double, called without a socket."""
    OVER_HTTP = "double-http"
    """The double, over a socket of this machine."""
    ELSEWHERE = "URL"
    """Whatever answers there: the real API, or a double that somebody else started."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server that tests speak to.

    Attributes:
        kind: How it is reached.
        url: Where it is, for one that is elsewhere.
    """

    kind: Kind = Kind.IN_PROCESS
    url: str = ""

    def __str__(self) -> str:
        """Return it as the command line names it."""
        return self.url or self.kind.value


NAMES = (Kind.IN_PROCESS.value, Kind.OVER_HTTP.value)


def target_of(name: str) -> Target:
    """Return the server that is called ``name``.

    Raises:
        BadTarget: None is.
    """
    if name in NAMES:
        return Target(Kind(name))
    if "://" not in name:
        hint = did_you_mean(name, NAMES) or f"expected {', '.join(NAMES)} or the URL of a server"
        raise BadTarget(f"no target is called {name[:80]!r}; {hint}")
    try:
        parts = urlsplit(name)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise BadTarget(f"{name[:80]!r} is no URL of a server; expected one such as https://api.example")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("the target's URL holds a user or a password; the key comes from the environment")
    if parts.query or parts.fragment:
        raise BadTarget("the target's URL has a query or a fragment; the API's paths are appended to it")
    return Target(Kind.ELSEWHERE, name.rstrip("/"))


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine, where nothing costs money."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
