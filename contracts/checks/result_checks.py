"""What holds for the result of a job that has succeeded: its link can be fetched, and what comes is what it says."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.jobs.naming import snake_case
from bodydouble.contracts.pointers import tokens_of

from .check_rules import Area, Breach, Direction, Rule
from .exchanges import Ending, Exchange, Message

_VIDEO, _AUDIO, _IMAGE = "video", "audio", "image"
KINDS = (_VIDEO, _AUDIO, _IMAGE)

_SIGNATURES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (_IMAGE, re.compile(rb".{4}ftyp(?:avif|avis|heic|heix|mif1|msf1)", re.DOTALL)),
    (_AUDIO, re.compile(rb".{4}ftypM4[AB] ", re.DOTALL)),
    (_VIDEO, re.compile(rb".{4}(?:ftyp|moov|mdat|wide|free)", re.DOTALL)),
    (_VIDEO, re.compile(rb"\x1a\x45\xdf\xa3")),
    (_VIDEO, re.compile(rb"RIFF.{4}AVI ", re.DOTALL)),
    (_VIDEO, re.compile(rb"FLV\x01|\x00\x00\x01[\xba\xb3]|OggS.{24,300}theora", re.DOTALL)),
    (_VIDEO, re.compile(rb"\x47.{187}\x47", re.DOTALL)),
    (_AUDIO, re.compile(rb"ID3|\xff[\xfb\xf3\xf2\xf1\xf9]|fLaC|OggS|FORM.{4}AIF", re.DOTALL)),
    (_AUDIO, re.compile(rb"RIFF.{4}WAVE", re.DOTALL)),
    (_IMAGE, re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0{4}", re.DOTALL)),
)
"""Beginnings of the containers in use; the first that fits counts."""

_FIRST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Fetched:
    """An attempt to fetch a result.

    Attributes:
        exchange: What was asked and answered; of the body its beginning is enough.
        place: JSON Pointer of the link in the job's reply.
        kind: What the link should lead to, one of ``KINDS``; ``""`` for anything.
    """

    exchange: Exchange
    place: str
    kind: str = ""


ResultCheck: TypeAlias = Callable[[Fetched], Iterator[Breach]]
"""Looks at one attempt and yields its breaches."""


def promised_kind(place: str) -> str:
    """Return what the names on the way to a link say it leads to: ``/video/url`` to a video; ``""`` for no hint."""
    words = [word for name in reversed(tokens_of(place)) for word in re.split(r"_+", snake_case(name))]
    return next((kind for word in words for kind in KINDS if word.removesuffix("s") == kind), "")


def kind_of(content: bytes) -> str:
    """Return what the beginning of a file is that of, one of ``KINDS``; ``""`` if of nothing known here."""
    return next((kind for kind, signature in _SIGNATURES if signature.match(content)), "")


def _fetchable(fetched: Fetched) -> Iterator[Breach]:
    exchange = fetched.exchange
    if not exchange.status or exchange.status >= _FIRST_ERROR:
        got = f"status {exchange.status}" if exchange.status else exchange.trouble or "no reply"
        yield _breach(fetched, "the result cannot be fetched", "a status of success", got)


def _whole(fetched: Fetched) -> Iterator[Breach]:
    exchange = fetched.exchange
    if exchange.ending is Ending.CUT:
        got = f"{exchange.reply.body.size} bytes" + (f", then {exchange.trouble}" if exchange.trouble else "")
        yield _breach(fetched, "the result breaks off", "all of its bytes", got)


def _of_its_kind(fetched: Fetched) -> Iterator[Breach]:
    content = _content(fetched)
    if content is None:
        return
    if not content:
        yield _breach(fetched, "the result is empty", fetched.kind or "some bytes", "0 bytes")
    elif fetched.kind and kind_of(content) != fetched.kind:
        got = kind_of(content) or f"bytes that begin with {content[:12]!r}"
        yield _breach(fetched, f"the result is no {fetched.kind}", f"a {fetched.kind}", got)


def _declared(fetched: Fetched) -> Iterator[Breach]:
    """Stores declare what nobody told them as octets; that says nothing and is not wrong."""
    media_type = fetched.exchange.reply.media_type
    content = _content(fetched)
    kind = kind_of(content) if content else ""
    named = media_type.partition("/")[0]
    if kind and named != kind and media_type not in _SAYS_NOTHING and not _holds(media_type, kind):
        got = media_type or "no Content-Type"
        yield _breach(fetched, "the result is declared as something else", f"{kind}/…", got)


_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-binary"})
_CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "application/mp4": (_VIDEO, _AUDIO),
    "application/ogg": (_VIDEO, _AUDIO),
    "audio/mp4": (_VIDEO,),
    "video/mp4": (_AUDIO,),
    "audio/webm": (_VIDEO,),
    "video/ogg": (_AUDIO,),
}
"""Media types of containers whose beginning does not tell what they hold."""


def _holds(media_type: str, kind: str) -> bool:
    return kind in _CONTAINERS.get(media_type, ())


def _content(fetched: Fetched) -> bytes | None:
    """The beginning of what was fetched; None where nothing was, or where it was not kept."""
    exchange = fetched.exchange
    if not exchange.status or exchange.status >= _FIRST_ERROR or exchange.method == "HEAD":
        return None
    return _kept(exchange.reply) if exchange.ending is not Ending.CUT or exchange.reply.body.size else None


def _kept(reply: Message) -> bytes | None:
    return None if reply.field("content-encoding") else reply.body.content


def _breach(fetched: Fetched, message: str, expected: str, got: str) -> Breach:
    return Breach(message=message, pointer=fetched.place, expected=expected, got=got)


_ERROR, _WARNING, _REPLY = Severity.ERROR, Severity.WARNING, Direction.REPLY

RESULT_RULES: tuple[tuple[Rule, ResultCheck], ...] = (
    (
        Rule("result-unfetchable", _ERROR, _REPLY, Area.RESULT, "The result of a job can be fetched"),
        _fetchable,
    ),
    (Rule("result-cut", _ERROR, _REPLY, Area.DELIVERY, "A result comes to its end"), _whole),
    (Rule("result-kind", _ERROR, _REPLY, Area.RESULT, "A result is what its name says"), _of_its_kind),
    (
        Rule("result-media-type", _WARNING, _REPLY, Area.MEDIA, "A result is declared as what it is"),
        _declared,
    ),
)
"""Every rule about a result."""
