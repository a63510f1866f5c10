"""Real pictures, drawn to order."""

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import av
import pytest

Draw: TypeAlias = Callable[[int, int], bytes]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def draw_png(width: int, height: int) -> bytes:
    """Return a grey PNG of 8 bits per pixel; its size may also be one that no decoder would take."""
    rows = zlib.compress(b"".join(b"\0" + bytes(min(width, 9000)) for _ in range(min(height, 9000))), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")])


def encode(codec: str, pixels: str, width: int, height: int) -> bytes:
    """Return one frame of a flat colour as ``codec`` writes it."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, pixels
    context.framerate = Fraction(1)
    context.options = {"strict": "unofficial"}
    frame = av.VideoFrame(width, height, pixels)
    for plane in frame.planes:
        plane.update(bytes([128]) * plane.buffer_size)
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def draw_jpeg(width: int, height: int) -> bytes:
    return encode("mjpeg", "yuvj420p", width, height)


@pytest.fixture(scope="session")
def png() -> Draw:
    return draw_png


@pytest.fixture(scope="session")
def jpeg() -> Draw:
    return draw_jpeg


@pytest.fixture(scope="session")
def gif() -> Draw:
    return lambda width, height: encode("gif", "gray", width, height)


@pytest.fixture(scope="session")
def bmp() -> Draw:
    return lambda width, height: encode("bmp", "gray", width, height)


@pytest.fixture(scope="session")
def webp() -> Draw:
    return lambda width, height: encode("libwebp", "yuv420p", width, height)
