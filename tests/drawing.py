"""Pictures with nothing on them, drawn without a library."""

import base64
import struct
import zlib


def png(width: int, height: int) -> bytes:
    """Return a black picture in PNG, 8 bits of grey per pixel (RFC 2083)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(height * (width + 1)), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in chunks)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def base64_png(width: int, height: int) -> str:
    return base64.b64encode(png(width, height)).decode()
