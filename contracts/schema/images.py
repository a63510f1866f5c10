"""The rules that an input image must keep, and which of them a given one breaks.

The rules are data, from the overlay that knows the API. A link is taken as it is and never fetched; an image
inside the request is decoded within limits, and its bytes are believed, not its label.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

import msgspec

from bodydouble.contracts.pointers import JSON

from .data_uris import Encoded, UndecodableError, read_base64, read_data_uri
from .pictures import MEASURABLE, flaw_of, format_of, size_of

Ratio: TypeAlias = tuple[int, int]
"""Width to height, both positive: ``(2, 5)`` is written ``"2:5"``."""

# Compiled when first needed, and kept by re.
_SCHEME = r"\s*([A-Za-z][A-Za-z0-9+.-]{0,30}):"
_LINK = r"""(?ix)https?://
    (?:[^\s/?\#@\\]*+@)?                                # user information
    (?:\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x1f\x7f/?\#@:\[\]\\<>^|`{}"]+)   # host
    (?::(\d{0,5}))?                                     # port
    (?:[/?\#][^\s\x00-\x1f\x7f]*+)?"""
_RATIO = r"([1-9][0-9]{0,5}):([1-9][0-9]{0,5})"
_KEYS = ("formats", "shorterSideOver", "ratioOver", "ratioUnder", "maxBytes")

_SHOWN = 48  # characters of a value that a fault may quote: enough to recognise it
_PEEK = 1 << 16  # bytes that hold the size of any picture worth telling about beside a graver fault
# Decoders in wide use refuse more, for memory's sake; a file of 70 bytes can claim four thousand million.
_MOST_PIXELS = 1 << 28
_LARGEST_PORT = 65535

_WANTED = "an http(s) link, a Base64 image or a data: URI"


class ImageFault(msgspec.Struct, frozen=True):
    """One broken rule.

    Attributes:
        message: The rule and the numbers, one sentence without a full stop.
        expected: What the rule asks for, in words.
        got: What was there, in words; quotes at most 60 characters of the value.
    """

    message: str
    expected: str
    got: str


class ImageRules(msgspec.Struct, frozen=True):
    """What an API documents about its input images.

    Attributes:
        formats: Names of the accepted formats, of those in :data:`MEASURABLE`.
        shorter_side_over: The shorter side has more pixels than this.
        ratio_over: Width to height exceeds this.
        ratio_under: Width to height is less than this.
        max_bytes: The decoded image has at most so many bytes.
    """

    formats: tuple[str, ...]
    shorter_side_over: int | None = None
    ratio_over: Ratio | None = None
    ratio_under: Ratio | None = None
    max_bytes: int | None = None

    @classmethod
    def from_json(cls, value: JSON) -> "ImageRules":
        """Read rules as an overlay states them.

        Args:
            value: ``{"formats": ["jpeg", "png"], "shorterSideOver": 300, "ratioOver": "2:5",
                "ratioUnder": "5:2", "maxBytes": 20000000}``; all but ``formats`` may be left out.

        Raises:
            ValueError: It is something else; the message says what.
        """
        if not isinstance(value, dict):
            raise ValueError(f"image rules are an object, not {value!r:.60}")  # noqa: TRY004 - bad data, no bug
        if unknown := sorted(value.keys() - set(_KEYS)):
            raise ValueError(f"image rules have no {unknown[0]!r:.60}; they know {', '.join(_KEYS)}")
        over, under = _ratio(value, "ratioOver"), _ratio(value, "ratioUnder")
        if over and under and over[0] * under[1] >= under[0] * over[1]:
            raise ValueError(f"no ratio is over {_colon(over)} and under {_colon(under)}")
        return cls(
            formats=_formats(value.get("formats")),
            shorter_side_over=_count(value, "shorterSideOver"),
            ratio_over=over,
            ratio_under=under,
            max_bytes=_count(value, "maxBytes"),
        )


def broken_rules(value: str, rules: ImageRules) -> tuple[ImageFault, ...]:
    """Return everything that is wrong with an input image; nothing if it is fine.

    Args:
        value: An http(s) link, a Base64 image or a ``data:`` URI (RFC 2397), from anyone.
        rules: What the API asks of an image inside the request. A link is judged by its form alone.
    """
    link = _link().fullmatch(value)
    if link is not None and int(link[1] or 0) <= _LARGEST_PORT:
        return ()
    scheme = _scheme(value)
    if scheme in {"http", "https"}:
        return (_link_fault(value, link),)
    if scheme not in {"", "data"}:
        return (ImageFault(f"the image must be {_WANTED}; {scheme}: is none", _WANTED, _quoted(value)),)
    try:
        encoded = read_data_uri(value.lstrip()) if scheme else read_base64(value)
        return tuple(_faults(value, encoded, rules))
    except UndecodableError as error:
        return (_undecodable(value, scheme, error),)


def _scheme(value: str) -> str:
    match = re.match(_SCHEME, value)
    return match[1].lower() if match else ""


def _undecodable(value: str, scheme: str, error: UndecodableError) -> ImageFault:
    if scheme:
        return ImageFault(f"the image's data: URI cannot be read: {error}", error.expected, _quoted(value))
    message = f"the image must be {_WANTED}; it cannot be read as Base64: {error}"
    return ImageFault(message, _WANTED, _quoted(value))


@cache
def _link() -> re.Pattern[str]:
    """Most images are links; looking the pattern up in re's own memory costs as much as using it."""
    return re.compile(_LINK)


def _link_fault(value: str, link: re.Match[str] | None) -> ImageFault:
    if link is None:
        message = "the image's link must have a host and no white space"
        return ImageFault(message, "https://host/path", _quoted(value))
    message = f"the image's link must name a port up to {_LARGEST_PORT}; it is {link[1]}"
    return ImageFault(message, f"a port from 0 to {_LARGEST_PORT}", f"port {link[1]}")


def _faults(value: str, encoded: Encoded, rules: ImageRules) -> Iterator[ImageFault]:
    """Judge the bytes; those beyond the limit are never decoded."""
    is_too_large = rules.max_bytes is not None and encoded.size > rules.max_bytes
    content = encoded.decode(_PEEK if is_too_large else encoded.size)
    name = format_of(content)
    if not content:
        yield ImageFault("the image is empty", _list(rules.formats), _quoted(value))
        return
    if is_too_large:
        yield _over("the image must have at most", rules.max_bytes or 0, encoded.size)
    if name not in rules.formats:
        yield _wrong_format(value, name, rules)
    yield from _label_faults(encoded.media_type, name)
    if not is_too_large and (flaw := flaw_of(content, name)):
        yield ImageFault(f"the image is damaged: {flaw}", f"a whole {name.upper()}", f"{encoded.size} bytes")
        content = content[:_PEEK]
    if name in MEASURABLE:
        yield from _size_faults(size_of(content), rules)


def _over(rule: str, most: int, got: int) -> ImageFault:
    return ImageFault(f"{rule} {most} bytes; it has {got}", f"at most {most} bytes", f"{got} bytes")


def _wrong_format(value: str, name: str, rules: ImageRules) -> ImageFault:
    wanted = _list(rules.formats)
    if name:
        return ImageFault(f"the image must be {wanted}; it is {name.upper()}", wanted, name.upper())
    message = f"the image must be {wanted}; what {_quoted(value)} decodes to is no picture"
    return ImageFault(message, _WANTED, "bytes of no known image format")


def _label_faults(media_type: str, name: str) -> Iterator[ImageFault]:
    """Refuse a label that says something else than the bytes; one that says nothing is no contradiction."""
    meant = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}.get(media_type, media_type)
    if name and meant not in {"", "application/octet-stream", _media_type(name)}:
        label = ascii(media_type[:40])[1:-1]
        message = f"the image is labelled {label}; its bytes are {name.upper()}"
        yield ImageFault(message, f"the label {_media_type(name)}, or none", label)


def _media_type(name: str) -> str:
    return {"svg": "image/svg+xml"}.get(name, f"image/{name}")


def _size_faults(size: tuple[int, int] | None, rules: ImageRules) -> Iterator[ImageFault]:
    if size is None:
        yield ImageFault("the image must say its width and height", "width and height", "neither")
        return
    width, height = size
    got = f"{width}x{height} pixels"
    if not width * height:
        yield ImageFault(f"the image must have an area; it is {got}", "at least one pixel", got)
    if width * height > _MOST_PIXELS:
        message = f"the image must have at most {_MOST_PIXELS} pixels; it claims {got}"
        yield ImageFault(message, f"at most {_MOST_PIXELS} pixels", got)
    least = rules.shorter_side_over
    if least is not None and min(size) <= least:
        message = f"the image's shorter side must exceed {least} pixels; it is {min(size)}"
        yield ImageFault(message, f"more than {least} pixels", got)
    if width * height:
        yield from _ratio_faults(width, height, rules)


def _ratio_faults(width: int, height: int, rules: ImageRules) -> Iterator[ImageFault]:
    got = _colon((width, height))
    if rules.ratio_over and width * rules.ratio_over[1] <= height * rules.ratio_over[0]:
        bound = _colon(rules.ratio_over)
        message = f"the image's width to height must exceed {bound}; it is {got}"
        yield ImageFault(message, f"a ratio over {bound}", got)
    if rules.ratio_under and width * rules.ratio_under[1] >= height * rules.ratio_under[0]:
        bound = _colon(rules.ratio_under)
        message = f"the image's width to height must stay under {bound}; it is {got}"
        yield ImageFault(message, f"a ratio under {bound}", got)


def _quoted(value: str) -> str:
    return repr(value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")


def _list(names: tuple[str, ...]) -> str:
    return " or ".join(name.upper() for name in names)


def _colon(ratio: Ratio) -> str:
    return f"{ratio[0]}:{ratio[1]}"


def _formats(value: JSON) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(name in MEASURABLE for name in value):
        raise ValueError(f"'formats' lists at least one of {', '.join(MEASURABLE)}, not {value!r:.60}")
    return tuple(str(name) for name in value)


def _count(rules: dict[str, JSON], key: str) -> int | None:
    value = rules.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ValueError(f"{key!r} is a whole number from 1, not {value!r:.60}")
    return value


def _ratio(rules: dict[str, JSON], key: str) -> Ratio | None:
    value = rules.get(key)
    if value is None:
        return None
    match = re.fullmatch(_RATIO, value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{key!r} is width to height like '2:5', not {value!r:.60}")
    return int(match[1]), int(match[2])
