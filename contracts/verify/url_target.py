"""A server anywhere: requests over HTTP. A named shell: it opens connections."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2

from bodydouble.contracts.checks.exchanges import Ending, Exchange, fields_of

from .asking import Asked
from .targets import MAX_REPLY, Numbers, Stamps, exchange_of, is_loopback_host

TIMEOUT = 30.0
"""Seconds that a server may keep silent."""
AT_ONCE = 4
"""Requests that are under way together."""
USER_AGENT = "bodydouble-verify"
MAX_REDIRECTS = 5


class BadURL(ValueError):
    """A URL that cannot be verified; the message says why."""


class UrlTarget:
    """A server behind a URL.

    Args:
        url: Its origin, or a base below which its paths lie.
        clock: Seconds of a clock that never runs backwards.
        key: What requests carry; ``""`` sends none.
        timeout: Seconds that the server may keep silent.

    Raises:
        BadURL: It is no http(s) URL, or carries a user, a query or a fragment.
    """

    def __init__(self, url: str, clock: Callable[[], float], key: str = "", timeout: float = TIMEOUT) -> None:
        self.origin = checked(url)
        self._key = key
        self._stamps, self._numbers = Stamps(clock), Numbers()
        limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        local = is_loopback(self.origin)
        # A proxy of the environment is meant for the world outside, not for a server on this machine.
        self._client = httpx2.Client(timeout=timeout, limits=limits, trust_env=not local)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="verify")

    def ask(self, asked: Asked) -> Exchange:
        """Send a request."""
        return self._send(asked, self._stamps())

    def ask_together(self, asked: Sequence[Asked]) -> tuple[Exchange, ...]:
        """Send requests at once."""
        starts = [self._stamps() for _ in asked]
        return tuple(self._pool.map(self._send, asked, starts))

    def reaches(self, url: str) -> bool:
        """Whether a URL can be fetched at all."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and bool(parts.netloc)

    def close(self) -> None:
        """Close every connection."""
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def _send(self, asked: Asked, started: float) -> Exchange:
        url = asked.url if asked.is_foreign else f"{self.origin}{asked.url}"
        headers = [("user-agent", USER_AGENT), *asked.fields]
        sent = asked
        if asked.keyed and self._key:
            headers.append(("authorization", f"Bearer {self._key}"))
        try:
            request = self._client.build_request(
                asked.method, url, headers=headers, content=asked.body or None
            )
            reply = self._client.send(request, stream=True, follow_redirects=asked.is_foreign)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as problem:
            now = self._stamps()
            times = (started, now, self._stamps())
            return exchange_of(sent, times, self._numbers(), ending=Ending.LOST, trouble=_words(problem))
        return self._read(sent, reply, started)

    def _read(self, asked: Asked, reply: httpx2.Response, started: float) -> Exchange:
        answered, ending, trouble = self._stamps(), Ending.COMPLETE, ""
        content = bytearray()
        try:
            for piece in reply.iter_raw():
                content += piece
                if len(content) > MAX_REPLY:
                    ending, trouble = Ending.LEFT, f"the reply has more than {MAX_REPLY} bytes"
                    break
        except httpx2.HTTPError as problem:
            ending, trouble = Ending.CUT, _words(problem)
        finally:
            reply.close()
        return exchange_of(
            asked,
            (started, answered, self._stamps()),
            self._numbers(),
            status=reply.status_code,
            fields=fields_of(reply.headers.raw),
            content=bytes(content),
            ending=ending,
            trouble=trouble,
        )


def checked(url: str) -> str:
    """Return ``url`` without a slash at its end.

    Raises:
        BadURL: See :class:`UrlTarget`.
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as problem:
        raise BadURL(f"{url} is no URL: {problem}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise BadURL(f"expected a URL such as http://127.0.0.1:8000, got {url or 'nothing'}")
    if parts.username is not None or parts.password is not None:
        raise BadURL("the URL holds a user or a password; the key comes from the environment")
    if parts.query or parts.fragment:
        raise BadURL("the URL has a query or a fragment; the contract's paths are appended to it")
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine."""
    try:
        return is_loopback_host(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"[:200]
