"""What the head of a video's reply means: pure."""

import codecs
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from .retry import retry_after
from .steps import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the bytes in a part file are part of.

    Attributes:
        source: Names the thing that is fetched, however its link may change.
        validator: Strong ETag or date for ``If-Range``; empty if the server gave none.
        total: Length of the whole in bytes; None if the server did not say.
    """

    source: str
    validator: str
    total: int | None


class Use(Enum):
    """What to do with a reply."""

    WHOLE = auto()  # the body is the video from its first byte
    REST = auto()  # the body goes on where the bytes at hand end
    RESTART = auto()  # the bytes at hand are worthless: ask for all
    ELSEWHERE = auto()
    EXPIRED = auto()
    AGAIN = auto()
    MARKUP = auto()
    UNCHECKED = auto()  # nobody could tell whether the body is whole
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a reply, understood.

    Attributes:
        use: What to do.
        told: In words what the server said; for a redirect its target.
        status: HTTP status, or None if there was no reply.
        pause: Seconds that the server asked for.
        total: Length of the whole video in bytes, if announced.
        validator: What ``If-Range`` may send later; empty if nothing suits.
    """

    use: Use
    told: str = ""
    status: int | None = None
    pause: float = 0.0
    total: int | None = None
    validator: str = ""


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Object stores say "expired" in these ways; 404 and 410 are an object that moved.
_EXPIRED = frozenset({400, 401, 403, 404, 410})
_AGAIN = frozenset({408, 425, 429})
_OK, _PARTIAL, _UNSATISFIABLE = 200, 206, 416
_MARKUP_TYPES = re.compile(r"(text/html|.*[/+](xml|json)|application/xhtml.*)$")


def describe(reply: Reply, offset: int, note: Note | None) -> Head:
    """Return what the head of ``reply`` means.

    Args:
        reply: Status and header fields.
        offset: Where the requested bytes begin; 0 if all were requested.
        note: What the bytes at hand are part of.
    """
    status = reply.status
    told = f"HTTP {status}"
    if status in _REDIRECTS and reply.header("location"):
        return Head(use=Use.ELSEWHERE, told=reply.header("location"), status=status)
    if status == _OK or (status == _PARTIAL and offset):
        return _with_body(reply, offset, note)
    if status == _UNSATISFIABLE and offset:
        return Head(use=Use.RESTART, told=told, status=status)
    if status in _EXPIRED:
        return Head(use=Use.EXPIRED, told=told, status=status)
    if status in _AGAIN or reply.blames_server:
        return Head(use=Use.AGAIN, told=told, status=status, pause=retry_after(reply) or 0.0)
    return Head(use=Use.REFUSED, told=told, status=status)


def _with_body(reply: Reply, offset: int, note: Note | None) -> Head:
    status = reply.status
    kind = reply.header("content-type").partition(";")[0].strip().lower()
    if _MARKUP_TYPES.match(kind):
        return Head(use=Use.MARKUP, told=f"the host served {kind}", status=status)
    coding = reply.header("content-encoding").strip().lower()
    if coding not in ("", "identity"):
        return Head(
            use=Use.UNCHECKED, told=f"the host encoded it ({coding!a}) although told not to", status=status
        )
    if status == _PARTIAL:
        return _partial(reply, offset, note)
    length = _digits(reply.header("content-length"))
    chunked = "chunked" in reply.header("transfer-encoding").lower()
    if length is None and not chunked:
        return Head(use=Use.UNCHECKED, told="the host did not say how long it is", status=status)
    return Head(use=Use.WHOLE, status=status, total=length, validator=validator_in(reply))


def _partial(reply: Reply, offset: int, note: Note | None) -> Head:
    """Judge a 206: it must go on exactly where we are, in a whole of the length we know (RFC 9110 14.4)."""
    match = re.fullmatch(
        r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", reply.header("content-range").strip()
    )
    if match is None:
        return Head(use=Use.RESTART, told="HTTP 206 without a readable Content-Range", status=reply.status)
    first, last, total = (int(group) for group in match.groups())
    known = note.total if note else None
    if first != offset or last != total - 1 or (known is not None and known != total):
        return Head(use=Use.RESTART, told="HTTP 206 with another range than asked for", status=reply.status)
    return Head(use=Use.REST, status=reply.status, total=total)


def validator_in(reply: Reply) -> str:
    """Return a strong validator for ``If-Range``, or an empty string (RFC 9110 sections 8.8 and 13.1.5).

    A date is strong only if the reply was made at least a second after it.
    """
    etag = reply.header("etag").strip()
    if etag:
        return etag if re.fullmatch(r'"[\x21\x23-\x7e]*"', etag) else ""
    modified = reply.header("last-modified").strip()
    try:
        age = parsedate_to_datetime(reply.header("date")) - parsedate_to_datetime(modified)
    except (ValueError, TypeError, OverflowError):
        return ""
    return modified if age.total_seconds() >= 1 else ""


def looks_like_markup(start: bytes) -> bool:
    """Return whether a file that begins with ``start`` is HTML or XML, whatever it was announced as.

    No container of video begins with ``<``: an MP4 begins with the length of its first box, which would be
    a gigabyte.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start[2:].replace(b"\0", b"")
    return start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _digits(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text.strip()) else None
