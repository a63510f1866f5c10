"""Exchanges: a request with what came back, as whoever stood between client and server saw it."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import parse_qsl

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.json_text import parse_json

MAX_DECODED = 32 * 1024 * 1024
"""Bytes that a compressed body may become; beyond that it is not read."""

Fields = tuple[tuple[str, str], ...]
"""Header fields in order, names in lower case."""


class Ending(StrEnum):
    """How an exchange ended."""

    COMPLETE = "complete"
    """The reply came whole."""
    CUT = "cut"
    """The reply began and did not come to its end."""
    LOST = "lost"
    """No reply came."""
    LEFT = "left"
    """The client broke off before the reply had come to its end."""


class Unread(ValueError):
    """A body that cannot be looked at; the message says why. It is no statement about the body."""


class NotJSON(ValueError):
    """A body that is no JSON."""


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent after the head.

    Attributes:
        content: The bytes, still encoded as ``Content-Encoding`` says; None where they were not kept.
        size: How many bytes there were.
    """

    content: bytes | None = b""
    size: int = 0


@dataclass(frozen=True)
class Message:
    """One half of an exchange.

    Attributes:
        fields: Its header fields.
        body: Its body.
    """

    fields: Fields = ()
    body: Body = Body()

    def field(self, name: str) -> str | None:
        """Return the first value of a header field, or None."""
        return next((value for given, value in self.fields if given == name), None)

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; ``""`` if none is given."""
        return (self.field("content-type") or "").split(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the media type is JSON or builds on it (RFC 6839 section 3.1)."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @cached_property
    def decoded(self) -> bytes:
        """The body without its content codings.

        Raises:
            Unread: It was not kept, is coded in a way that is not known here, or becomes too large.
        """
        if self.body.content is None:
            raise Unread(f"a body of {self.body.size} bytes was not kept")
        content = self.body.content
        for coding in reversed(_codings(self.field("content-encoding") or "")):
            content = _without(coding, content)
        return content

    @cached_property
    def json(self) -> JSON:
        """The body as JSON.

        Raises:
            Unread: See :attr:`decoded`.
            NotJSON: It is none; the message says what is wrong and where.
        """
        try:
            return parse_json(self.decoded.decode("utf-8"), "the body").value
        except UnicodeDecodeError as error:
            raise NotJSON(f"the body is not UTF-8 at byte {error.start}") from None
        except DocumentError as error:
            raise NotJSON(" ".join(str(error).split())) from None

    def json_or_none(self) -> JSON:
        """Return the body as JSON, or None where there is none to read."""
        try:
            return self.json
        except (Unread, NotJSON):
            return None


@dataclass(frozen=True)
class Exchange:
    """A request and its reply.

    Attributes:
        number: Counts the exchanges of one observer from 1, in the order in which they ended.
        method: As sent.
        path: As sent, percent-encoded, without the query.
        query: As sent, without the question mark.
        request: What was asked.
        status: The reply's status code; 0 where no reply came.
        reply: What was answered.
        started: When the request began, in seconds of a clock that never runs backwards.
        answered: When the reply's head came.
        ended: When the reply's last byte came, or the exchange failed.
        ending: How it ended.
        trouble: What went wrong between here and the server, in words; ``""`` for nothing.
    """

    number: int
    method: str
    path: str
    query: str = ""
    request: Message = Message()
    status: int = 0
    reply: Message = Message()
    started: float = 0.0
    answered: float = 0.0
    ended: float = 0.0
    ending: Ending = Ending.COMPLETE
    trouble: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the server said that the request went well, and all of its reply came."""
        return 200 <= self.status < 300 and self.ending is Ending.COMPLETE  # noqa: PLR2004 - RFC 9110 section 15.3

    def query_values(self, name: str) -> tuple[str, ...]:
        """Return the values of a query parameter, decoded."""
        pairs = parse_qsl(self.query, keep_blank_values=True, max_num_fields=None)
        return tuple(value for key, value in pairs if key == name)


def fields_of(raw: list[tuple[bytes, bytes]]) -> Fields:
    """Return header fields as text; any byte is a character of Latin-1 (RFC 9110 section 5.5)."""
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


def _codings(stated: str) -> list[str]:
    return [coding for part in stated.split(",") if (coding := part.strip().lower())]


def _without(coding: str, content: bytes) -> bytes:
    if coding == "identity":
        return content
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Unread(f"the content coding {coding[:40]!r} is not known here")
    return b"".join(_inflated(content, raw=coding == "deflate" and not _has_zlib_head(content)))


def _has_zlib_head(content: bytes) -> bool:
    """Some servers send ``deflate`` without the zlib wrapper that RFC 9110 section 8.4.1.2 demands."""
    return len(content) > 1 and content[0] & 15 == 8 and (content[0] << 8 | content[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950


def _inflated(content: bytes, *, raw: bool) -> Iterator[bytes]:
    """Yield what gzip members or a deflate stream hold (RFC 1950 to 1952)."""
    left, room = content, MAX_DECODED
    while left:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
        try:
            piece = inflater.decompress(left, room + 1)
        except zlib.error as error:
            raise Unread(f"the body cannot be decompressed: {error}") from None
        room -= len(piece)
        if room < 0:
            raise Unread(f"the body decompresses to more than {MAX_DECODED} bytes")
        if not inflater.eof:
            raise Unread("the compressed body ends too early")
        yield piece
        left = inflater.unused_data
