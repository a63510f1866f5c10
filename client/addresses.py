"""URLs: which origin is meant, what is asked there, and who may be told the key."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, quote, urlsplit

from .errors import ConfigurationError

_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
_VERSION = re.compile(r"/v[0-9]+$")


def root_of(base_url: str, source: str) -> str:
    """Return what every path is appended to: the origin, and a path prefix if ``base_url`` has one.

    A trailing slash and a trailing version (``/v1``, ``/v2``) are dropped, because the paths bring theirs.

    Args:
        base_url: As a user writes it.
        source: Where it came from, for the message.

    Raises:
        ConfigurationError: It is no absolute http(s) URL, or has credentials, a query or a fragment.
    """
    parts = _split(base_url)
    if parts is None:
        raise ConfigurationError(
            f"the base URL from {source} must be like https://host or https://host:port/v2, "
            f"got {_harmless(base_url)}"
        )
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"the base URL from {source} must not contain a user name or password")
    if parts.query or parts.fragment:
        raise ConfigurationError(f"the base URL from {source} must end with its path, without '?' or '#'")
    path = _VERSION.sub("", parts.path.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def base_url_from(environ: Mapping[str, str], variables: Sequence[str], otherwise: str) -> tuple[str, str]:
    """Return the base URL in the first of ``variables`` that is set and not empty, and where it came from."""
    for name in variables:
        if environ.get(name):
            return environ[name], f"the environment variable {name}"
    return otherwise, "the API's description"


def poll_url(root: str, path: str, parameter: str, job_id: str) -> str:
    """Return the URL that asks for ``job_id``, which is percent-encoded whole (RFC 3986 section 2.1)."""
    encoded = quote(job_id, safe="")
    if not parameter:
        return root + path.replace("{id}", encoded)
    return f"{root}{path}{'&' if '?' in path else '?'}{quote(parameter, safe='')}={encoded}"


def usable_link(url: str) -> bool:
    """Return whether ``url`` is an absolute http(s) URL that can be requested."""
    return _split(url) is not None


def same_origin(one: str, other: str) -> bool:
    """Return whether two URLs have the same scheme, host and port (RFC 6454 section 4)."""
    first, second = _split(one), _split(other)
    return first is not None and second is not None and _origin(first) == _origin(second)


def without_query(url: str) -> str:
    """Return ``url`` fit for showing: without user name, query and fragment."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts else _harmless(url)


def _split(url: str) -> SplitResult | None:
    """Return the parts of an absolute http(s) URL in visible characters, or None."""
    if any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        url.encode()
    except ValueError:
        return None
    return parts if usable else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _harmless(text: str) -> str:
    """Return the beginning of ``text``, escaped, up to where a credential may begin."""
    return ascii(re.split(r"[?#]", text)[0].rpartition("@")[2][:80])
