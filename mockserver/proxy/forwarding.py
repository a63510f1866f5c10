"""What a gateway does to the heads that pass through it: pure functions over header fields.

Everything that is not about the connection itself passes as it came: order, letter case, repetition,
``Accept-Encoding`` and so the bytes of the body. Two things that RFC 9110 asks of gateways are left out on purpose.
``Via`` (section 7.6.3) is not added: servers compress less, or not at all, for a request that carries it, and the
point is to see what the client would have seen. Trailers (section 6.5) end here: the HTTP library drops them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bodydouble.contracts.pointers import JSON

RawFields = list[tuple[bytes, bytes]]
"""Header fields as they stand on the wire, in order."""

CONNECTION_FIELDS = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Fields for one connection only (RFC 9110 section 7.6.1 and 11.7)."""
PROBLEM_TYPE = "urn:bodydouble:proxy"
"""Where the ``type`` of the proxy's own problems begins, so that nobody takes them for upstream's."""
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class BadUpstream(ValueError):
    """The URL is none to forward to; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests go.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Host name or address, without brackets.
        port: Port, also where it is the scheme's own.
        base: What stands before every path; without a slash at its end.
    """

    scheme: str
    host: str
    port: int
    base: str = ""

    @property
    def authority(self) -> str:
        """What the ``Host`` field says: the scheme's own port is left out (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The URL without a path."""
        return f"{self.scheme}://{self.authority}"


def parse_upstream(url: str) -> Upstream:
    """Return where ``url`` points.

    Raises:
        BadUpstream: It is no http or https URL, names no host, or carries a user, a query or a fragment: keys come
            from the client and are never part of the command line.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUpstream(f"no URL: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadUpstream(
            f"expected http://HOST or https://HOST, got {url.split('?', maxsplit=1)[0][:200]!r}"
        )
    if parts.username is not None or parts.password is not None:
        raise BadUpstream("the URL carries a user or password; keys come from the client, in a header")
    if parts.query or parts.fragment:
        raise BadUpstream("the URL has a query or fragment; expected an origin, with a path at most")
    if not f"{parts.hostname}{parts.path}".isascii() or any(c.isspace() for c in url):
        raise BadUpstream("the URL has characters that must be encoded; hosts in punycode, paths in percent")
    return Upstream(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the proxy answers in the place of upstream.

    Attributes:
        status: The status code.
        kind: End of the problem's ``type``.
        title: The same for every problem of the kind.
        detail: What happened this time, and what to try.
    """

    status: int
    kind: str
    title: str
    detail: str

    def body(self) -> dict[str, JSON]:
        """Return problem details (RFC 9457)."""
        kind = f"{PROBLEM_TYPE}:{self.kind}"
        return {"type": kind, "title": self.title, "status": self.status, "detail": self.detail}


def refusal(method: bytes, target: bytes, fields: RawFields) -> Trouble | None:
    """Return why a request is not forwarded, or None if it is."""
    named = {name.lower(): value for name, value in fields}
    if method == b"CONNECT" or not target.startswith(b"/"):
        detail = "this stands in front of one API; use its address as the base URL, not as a forward proxy"
        return Trouble(400, "not-a-forward-proxy", "Expected a path as the request's target", detail)
    if b"upgrade" in named and named[b"upgrade"].strip().lower() != b"h2c":
        detail = "HTTP/1.1 requests are forwarded, nothing else; connect to upstream itself"
        return Trouble(501, "upgrade-refused", "Upgrades are not forwarded", detail)
    expected = named.get(b"expect", b"100-continue").strip().lower()
    if expected != b"100-continue":
        detail = "expected 100-continue, the one expectation there is (RFC 9110 section 10.1.1)"
        return Trouble(417, "expectation-unknown", "The expectation is not known", detail)
    return None


def request_fields(fields: RawFields, upstream: Upstream) -> RawFields:
    """Return the fields of a request as upstream gets them.

    ``Host`` is upstream's. ``Expect`` is answered here: the library sends the body without waiting. A body of unknown
    length stays chunked. One request goes over one connection, so that a reply with too many bytes cannot become the
    beginning of the next, and no request dies with a connection that upstream was about to close.
    """
    chunked = _is_chunked(fields)
    dropped = {b"host", b"expect", *([b"content-length"] if chunked else [])}
    kept = [field for field in end_to_end(fields) if field[0].lower() not in dropped]
    framing = [(b"Transfer-Encoding", b"chunked")] if chunked else []
    return [(b"Host", upstream.authority.encode("ascii")), *kept, *framing, (b"Connection", b"close")]


def end_to_end(fields: Iterable[tuple[bytes, bytes]]) -> RawFields:
    """Return the fields that are not about the connection, nor named by ``Connection`` (RFC 9110 section 7.6.1)."""
    given = list(fields)
    named = {
        option.strip().lower()
        for name, value in given
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    # What a message cannot do without is no option of the connection, whatever it says.
    dropped = CONNECTION_FIELDS | (named - {b"host", b"content-length", b"content-type", b"authorization"})
    return [(name, value) for name, value in given if name.lower() not in dropped]


def has_body(fields: RawFields) -> bool:
    """Return whether a request has a body (RFC 9112 section 6)."""
    lengths = [value for name, value in fields if name.lower() == b"content-length"]
    return _is_chunked(fields) or any(length.strip().strip(b"0") for length in lengths)


def _is_chunked(fields: RawFields) -> bool:
    return any(name.lower() == b"transfer-encoding" for name, _ in fields)


def target_of(target: bytes, upstream: Upstream) -> bytes:
    """Return the request target as upstream gets it: its bytes as they came, behind the base."""
    return upstream.base.encode("ascii") + target
