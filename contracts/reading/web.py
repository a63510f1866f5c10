"""Documents fetched by their address: a plain GET, no key, no cookie, with an end to everything."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import SplitResult, urlsplit

from .fragments import FragmentError
from .sources import MAX_BYTES

MAX_REDIRECTS = 5
DEFAULT_TIMEOUT = 30.0
"""Seconds for everything: looking up the name, every redirect, the last byte."""

_SCHEMES = ("http", "https")
_OK = 200
_SHOWN = 200


class WebError(FragmentError):
    """An address that nothing could be fetched from."""


def is_address(named: str) -> bool:
    """Return whether the user named an address and no file."""
    return named.lower().startswith(("http://", "https://"))


def shown_address(address: str) -> str:
    """Return an address as messages show it: without query and password, which may be secrets."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address[:_SHOWN]
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def fetch(address: str, *, timeout: float = DEFAULT_TIMEOUT) -> bytes:
    """Return what a GET of ``address`` answers.

    Nothing but the address is sent: no key, no cookie, no password, whatever the environment or ``.netrc`` has;
    proxies of the environment are used. Up to five redirects are followed, never from https to http.

    Raises:
        WebError: The address makes no sense, nobody answers within ``timeout`` seconds, the status is no 200, or
            there are more than 64 MiB.
    """
    _checked(address, shown_address(address))
    return _within(timeout, lambda: _get(address, timeout), shown_address(address))


def _checked(address: str, shown: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as problem:
        raise WebError(shown, f"no address: {problem}") from None
    if parts.scheme not in _SCHEMES or not host:
        raise WebError(shown, "no address", expected="http://HOST/… or https://HOST/…")
    if parts.username is not None or parts.password is not None:
        hint = "fetch it with a tool of yours, and give the file"
        raise WebError(shown, "the address holds a password, and none is ever sent", hint=hint)
    return parts


def _within(timeout: float, work: Callable[[], bytes], shown: str) -> bytes:
    """Return what ``work`` returns, or give it up: a server that sends one byte a second breaks no timeout of a read.

    The thread that is given up ends with the process.
    """
    results: list[bytes | Exception] = []

    def perform() -> None:
        try:
            results.append(work())
        except Exception as problem:  # noqa: BLE001 - it is raised again below, in the thread that asked
            results.append(problem)

    thread = threading.Thread(target=perform, daemon=True)
    thread.start()
    thread.join(timeout)
    if not results:
        hint = "try again later, or --timeout with more seconds"
        raise WebError(shown, f"no whole answer within {timeout:g} seconds", hint=hint)
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def _get(address: str, timeout: float) -> bytes:
    # The HTTP library costs 100 ms to import, and most documents are files.
    import httpx2  # noqa: PLC0415  # see above

    shown = shown_address(address)
    try:
        with httpx2.Client(timeout=timeout, follow_redirects=False) as client:
            following = address
            for _ in range(MAX_REDIRECTS + 1):
                client.cookies.clear()
                request = client.build_request("GET", following, headers={"Accept": "*/*"})
                with closing(client.send(request, auth=None, stream=True)) as response:
                    if response.next_request is None:
                        return _whole(response.status_code, response.iter_bytes(), shown)
                    following = _next(following, str(response.next_request.url), shown)
    except httpx2.HTTPError as problem:
        raise WebError(shown, f"cannot be fetched: {str(problem) or type(problem).__name__}") from None
    except (httpx2.InvalidURL, UnicodeError) as problem:
        raise WebError(shown, f"no address: {problem}") from None
    raise WebError(shown, f"redirected more than {MAX_REDIRECTS} times")


def _next(current: str, following: str, shown: str) -> str:
    if urlsplit(current).scheme == "https" and _checked(following, shown).scheme != "https":
        raise WebError(shown, "redirected from https to http", got=shown_address(following))
    _checked(following, shown_address(following))
    return following


def _whole(status: int, pieces: Iterator[bytes], shown: str) -> bytes:
    if status != _OK:
        raise WebError(shown, f"answered with status {status}", expected="status 200 and a document")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MAX_BYTES:
            raise WebError(shown, "too large", expected=f"at most {MAX_BYTES:,} bytes")
    return bytes(body)
