"""Images as a text carries them: those that keep an API's rules up to their edges, and those that break one."""

import base64
from collections.abc import Iterator
from typing import TypeAlias

from bodydouble.contracts.schema.images import ImageRules

from .pixels import gif, jpeg, png

Labelled: TypeAlias = tuple[str, str]
"""What an image is like, in words, and the text that carries it."""

LINKS: tuple[Labelled, ...] = (
    ("an https link", "https://example.com/image.png"),
    ("an http link with port, query and fragment", "http://example.com:8080/a/b.jpg?x=1&y=%20#top"),
    ("a link in capitals", "HTTPS://EXAMPLE.COM/IMAGE.PNG"),
    ("a link without a path", "https://example.com"),
)
_LEAST, _LARGEST = 1, 4_000
_LINE = 76

HEAVY = 1_000_000
"""Bytes of an image: where a rule allows more, its limit is not tried, for every list would be as heavy."""


def sound_images(rules: ImageRules) -> Iterator[Labelled]:
    """Yield images that keep the rules, at the edges of what they allow; each is a few kilobytes."""
    yield from LINKS
    smallest = _smallest(rules)
    for name, draw in (("png", png), ("jpeg", jpeg)):
        if name in rules.formats:
            content = draw(smallest, smallest)
            yield f"the smallest {name} as a data URI", as_data_uri(content, f"image/{name}")
            yield f"the smallest {name} in Base64", base64.b64encode(content).decode()
    draw, kind = (png, "png") if "png" in rules.formats else (jpeg, "jpeg")
    if kind in rules.formats:
        for what, (width, height) in _edges(rules, smallest):
            yield f"the {what} image, {width}x{height}", as_data_uri(draw(width, height), f"image/{kind}")
        text = base64.b64encode(draw(smallest, smallest)).decode()
        lines = "\r\n".join(text[start : start + _LINE] for start in range(0, len(text), _LINE))
        yield "Base64 in lines", lines
        if rules.max_bytes is not None and rules.max_bytes <= HEAVY:
            whole = _padded(draw(smallest, smallest), rules.max_bytes)
            yield f"an image of {rules.max_bytes} bytes exactly", as_data_uri(whole, f"image/{kind}")


def unsound_images(rules: ImageRules) -> Iterator[Labelled]:
    """Yield images that break one rule each, or are none at all."""
    draw, kind = (png, "image/png") if "png" in rules.formats else (jpeg, "image/jpeg")
    smallest = _smallest(rules)
    sound = draw(smallest, smallest)
    if rules.shorter_side_over is not None:
        side = rules.shorter_side_over
        yield f"an image whose shorter side is {side}", as_data_uri(draw(side, side), kind)
    if rules.ratio_over is not None:
        width, height = _of_ratio(rules.ratio_over, smallest)
        yield f"an image of {width}x{height}, just the least ratio", as_data_uri(draw(width, height), kind)
    if rules.ratio_under is not None:
        width, height = _of_ratio(rules.ratio_under, smallest)
        yield f"an image of {width}x{height}, just the largest ratio", as_data_uri(draw(width, height), kind)
    if rules.max_bytes is not None and rules.max_bytes <= HEAVY:
        whole = _padded(sound, rules.max_bytes + 1)
        yield f"an image of {rules.max_bytes + 1} bytes, one too many", as_data_uri(whole, kind)
    if "gif" not in rules.formats:
        yield "a gif", as_data_uri(gif(smallest, smallest), "image/gif")
    yield "an image that breaks off", as_data_uri(sound[:-20], kind)
    yield "an image under a wrong label", as_data_uri(sound, "image/webp")
    yield "a data URI of nothing", as_data_uri(b"", kind)
    yield "text that is no image", as_data_uri(b"hello", kind)
    yield "a link to a file", "file:///etc/hosts"
    yield "a link without a host", "https://"


def as_data_uri(content: bytes, media_type: str) -> str:
    """Return bytes as a ``data:`` URI in Base64 (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _padded(content: bytes, size: int) -> bytes:
    """Bytes behind the end of a picture are ignored by every decoder."""
    return content + bytes(max(size - len(content), 0))


def _smallest(rules: ImageRules) -> int:
    return max((rules.shorter_side_over or 0) + 1, _LEAST)


def _edges(rules: ImageRules, side: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The widest and the tallest picture with the smallest shorter side, one pixel within the limits."""
    if rules.ratio_over is not None:
        across, down = rules.ratio_over
        yield "tallest", (side, min((side * down - 1) // across, _LARGEST))
    if rules.ratio_under is not None:
        across, down = rules.ratio_under
        yield "widest", (min((side * across - 1) // down, _LARGEST), side)


def _of_ratio(ratio: tuple[int, int], side: int) -> tuple[int, int]:
    times = -(-side // min(ratio))
    return ratio[0] * times, ratio[1] * times
