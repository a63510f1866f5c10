"""Pictures of one grey, written without a library: as small as a file of their size in pixels can be."""

import struct
import zlib

_STANDARD_LENGTHS = bytes((1, *(0,) * 15))
"""A Huffman table with one code of one bit."""

_FULL_BYTE = 8


def png(width: int, height: int) -> bytes:
    """Return a black picture, 8 bits of grey per pixel (PNG Specification, third edition)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(height * (width + 1)), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg(width: int, height: int) -> bytes:
    """Return a grey picture, baseline (ITU-T T.81): of every block both coefficients' codes are one zero bit.

    Raises:
        struct.error: A side is longer than 65,535 pixels, which JPEG cannot say.
    """
    quantization = bytes((0, *(1,) * 64))
    frame = struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)
    direct, alternating = (bytes((kind,)) + _STANDARD_LENGTHS + b"\0" for kind in (0x00, 0x10))
    scan = bytes((1, 1, 0x00, 0, 63, 0))
    segments = ((0xDB, quantization), (0xC0, frame), (0xC4, direct), (0xC4, alternating), (0xDA, scan))
    return b"\xff\xd8" + _jfif() + b"".join(_segment(*each) for each in segments) + _blocks(width, height)


def _jfif() -> bytes:
    return _segment(0xE0, b"JFIF\0" + struct.pack(">BBBHHBB", 1, 1, 0, 1, 1, 0, 0))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _blocks(width: int, height: int) -> bytes:
    """Two bits a block, the last byte filled up with ones (F.1.2.3), then the end of the image."""
    bits = 2 * (-(-width // 8)) * (-(-height // 8))
    whole, left = divmod(bits, _FULL_BYTE)
    return bytes(whole) + (bytes((0xFF >> left,)) if left else b"") + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    """Return a picture of one colour (GIF89a): a format that few APIs take. One pixel of it is drawn."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + bytes(3) + b"\xff" * 3 + image + b";"
