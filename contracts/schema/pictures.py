"""What the bytes of a picture say about themselves: format, size in pixels, whether they are whole.

Nothing is decompressed. Bytes after the end of a picture are ignored, as every decoder does: phones append
previews, depth maps and short films to the photographs they take.
"""

import io
import re
import struct
import zlib

# Patterns here are compiled when the first picture comes, and kept by re.
_SIGNATURES = (
    ("jpeg", rb"\xff\xd8\xff"),
    ("png", rb"\x89PNG\r\n\x1a\n"),
    ("gif", rb"GIF8[79]a"),
    ("webp", rb"(?s)RIFF.{4}WEBP"),
    ("bmp", rb"(?s)BM.{4}\0{4}"),
    ("tiff", rb"II[*+]\0|MM\0[*+]"),
    ("heif", rb"(?s).{4}ftyp(?:avif|avis|heic|heix|hevc|hevx|mif1|msf1)"),
    ("svg", rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:[^\0]{0,1000}?<)?svg[\s>]"),
)
MEASURABLE = ("jpeg", "png", "gif", "webp", "bmp")
"""Formats whose size :func:`size_of` reads. The others keep it where a small hostile file costs minutes."""

# No picture in the wild comes near, and each segment costs a step of a loop.
_MOST_SEGMENTS = 10_000
_MOST_CHUNKS = 100_000
# T.81 B.1.1.2 lets any number of fill bytes stand before a marker; encoders write none or one.
_MARKER = rb"(?s)\xff{1,16}([^\0\xff])"
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # TEM and RST0-RST7 have no length
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9


def format_of(content: bytes) -> str:
    """Return the format that the first bytes name (``"jpeg"``, ``"png"``, …), or ``""``."""
    return next((name for name, signature in _SIGNATURES if re.match(signature, content)), "")


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as displayed (Exif rotation applied), or ``None`` if unreadable.

    Args:
        content: A picture in one of the formats :data:`MEASURABLE`; its beginning is enough.
    """
    # Loads an HTTP client and an XML parser that most servers never need: only the first picture pays.
    import imagesize  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types; reason above

    width, height = imagesize.get(io.BytesIO(content))
    return (int(width), int(height)) if min(width, height) >= 0 else None


def flaw_of(content: bytes, name: str) -> str:
    """Return what makes decoders stumble over ``content``, or ``""``; other formats than two are trusted.

    Args:
        content: The whole picture.
        name: Its format, as :func:`format_of` gives it.
    """
    match name:
        case "png":
            return _png_flaw(content)
        case "jpeg":
            return _jpeg_flaw(content)
        case _:
            return ""


def _png_flaw(content: bytes) -> str:
    """Walk the chunks to IEND (PNG Specification, third edition, section 5)."""
    view, position, kinds = memoryview(content), 8, set[bytes]()
    for _ in range(_MOST_CHUNKS):
        if position + 12 > len(content):
            return "it ends before its IEND chunk"
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 8 + length
        if (kind == b"IHDR") == bool(kinds):
            return "it does not begin with its only IHDR chunk"
        if end + 4 > len(content):
            return f"it ends within its {kind.decode('latin-1')!r} chunk"
        is_critical = not kind[0] & 0x20
        if is_critical and zlib.crc32(view[position + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            return f"the checksum of its {kind.decode('latin-1')!r} chunk is wrong"
        kinds.add(kind)
        if kind == b"IEND":
            return "" if b"IDAT" in kinds else "it has no IDAT chunk"
        position = end + 4
    return f"it has more than {_MOST_CHUNKS} chunks"


def _jpeg_flaw(content: bytes) -> str:
    """Walk the segments to the first scan, then look for the end (ITU-T T.81 annex B)."""
    position = 2
    begins = re.compile(_MARKER)
    for _ in range(_MOST_SEGMENTS):
        marker = begins.match(content, position)
        if marker is None or marker[1][0] == _END_OF_IMAGE:
            return "it breaks off before its picture data"
        position = marker.end()
        if marker[1][0] in _STANDALONE:
            continue
        length = int.from_bytes(content[position : position + 2], "big")
        position += max(length, 2)
        if marker[1][0] == _START_OF_SCAN:
            # Entropy-coded data never holds this pair: T.81 F.1.2.3 stuffs a zero after each 0xFF.
            return "" if content.find(b"\xff\xd9", position) >= 0 else "it ends before its EOI marker"
    return f"it has more than {_MOST_SEGMENTS} segments"
