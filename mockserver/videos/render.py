# /// script
# requires-python = ">=3.11"
# dependencies = ["av==18.1.0"]
# ///
"""Renders the clips that stand in for results: run by hand, its files are kept beside it.

A paper boat crosses the picture while a bar fills and the seconds count up, so that whoever sees it knows that
it plays, how far it is, and that it is not the real thing. Frames are drawn with integers and encoded by one
thread, whatever the processor: the release of PyAV named above gives the same bytes again.

Usage: ``python render.py [FOLDER]``
"""

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.codec.context import Flags

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[int, int]
Canvas: TypeAlias = tuple[bytearray, bytearray, bytearray]
"""Planes of Y, Cb and Cr, row by row; those of colour have half the width and height."""

DURATIONS = (2, 4, 5, 6, 8, 10)  # seconds
WIDTH, HEIGHT, RATE = 640, 360, 24
CAPTION = "STAND-IN FOR YOUR VIDEO"
ENCODER = {
    "preset": "veryslow",
    "tune": "animation",
    "crf": "31",
    "x264-params": "threads=1:cpu-independent=1:bframes=0:ref=4:keyint=120"
    ":colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv",
}

# Y, Cb and Cr, limited range, BT.709.
NIGHT: Colour = (40, 144, 122)
SEA: Colour = (66, 158, 104)
PAPER: Colour = (225, 127, 129)
SHADE: Colour = (180, 131, 125)
LAMP: Colour = (168, 64, 156)

WATERLINE = 268
HULL = ((-72, -36), (-38, -14), (38, -14), (72, -36), (44, 16), (-44, 16))
SAIL = ((0, -80), (34, -14), (-34, -14))
SAIL_IN_SHADE = ((0, -80), (34, -14), (0, -14))

# A character, then its rows from top to bottom; five pixels each, the leftmost one in bit 4.
FONT = (
    "0 0e 11 13 15 19 11 0e", "1 04 0c 04 04 04 04 0e", "2 0e 11 01 02 04 08 1f", "3 1f 02 04 02 01 11 0e",
    "4 02 06 0a 12 1f 02 02", "5 1f 10 1e 01 01 11 0e", "6 06 08 10 1e 11 11 0e", "7 1f 01 02 04 08 08 08",
    "8 0e 11 11 0e 11 11 0e", "9 0e 11 11 0f 01 02 0c", "A 0e 11 11 11 1f 11 11", "D 1c 12 11 11 11 12 1c",
    "E 1f 10 10 1e 10 10 1f", "F 1f 10 10 1e 10 10 10", "I 0e 04 04 04 04 04 0e", "N 11 11 19 15 13 11 11",
    "O 0e 11 11 11 11 11 0e", "R 1e 11 11 1e 14 12 11", "S 0f 10 10 0e 01 01 1e", "T 1f 04 04 04 04 04 04",
    "U 11 11 11 11 11 11 0e", "V 11 11 11 11 11 0a 04", "Y 11 11 11 0a 04 04 04", "- 00 00 00 1f 00 00 00",
    "  00 00 00 00 00 00 00",
)  # fmt: skip


def blank() -> Canvas:
    """Return a canvas of the background's colour."""
    y, cb, cr = (bytearray([value]) for value in NIGHT)
    return y * (WIDTH * HEIGHT), cb * (WIDTH * HEIGHT // 4), cr * (WIDTH * HEIGHT // 4)


def polygon(canvas: Canvas, points: list[Point], colour: Colour) -> None:
    """Fill a polygon; what lies outside the canvas is cut off."""
    for plane, value, half in zip(canvas, colour, (0, 1, 1), strict=True):
        width = WIDTH >> half
        corners = [(x >> half, y >> half) for x, y in points]
        for row in range(max(0, min(y for _, y in corners)), min(HEIGHT >> half, max(y for _, y in corners))):
            crossings = sorted(_crossings(corners, row))
            for left, right in zip(crossings[::2], crossings[1::2], strict=True):
                begin, end = max(0, left), min(width, right)
                plane[row * width + begin : row * width + end] = bytes([value]) * (end - begin)


def _crossings(corners: list[Point], row: int) -> Iterator[int]:
    """Yield where the middle of a row crosses the edges."""
    for (x, y), (to_x, to_y) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y <= row) != (to_y <= row):
            yield x + (to_x - x) * (2 * (row - y) + 1) // (2 * (to_y - y))


def rectangle(canvas: Canvas, corner: Point, size: Point, colour: Colour) -> None:
    """Fill a rectangle, given its upper left corner."""
    (x, y), (width, height) = corner, size
    polygon(canvas, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)


def write(canvas: Canvas, text: str, corner: Point, scale: int) -> None:
    """Write a line of text, given its upper left corner and the size of a pixel of the font."""
    for position, character in enumerate(text):
        rows = bytes.fromhex(next(glyph[1:] for glyph in FONT if glyph[0] == character))
        for row, bits in enumerate(rows):
            for column in (column for column in range(5) if bits >> 4 - column & 1):
                x, y = corner[0] + (6 * position + column) * scale, corner[1] + row * scale
                rectangle(canvas, (x, y), (scale, scale), PAPER)


def backdrop() -> Canvas:
    """Return what does not move."""
    canvas = blank()
    write(canvas, CAPTION, (44, 32), 4)
    rectangle(canvas, (40, 324), (WIDTH - 80, 12), SHADE)
    return canvas


def draw(behind: Canvas, frame: int, seconds: int) -> Canvas:
    """Return one frame of a clip of so many seconds."""
    y, cb, cr = behind
    canvas = (y[:], cb[:], cr[:])
    total = seconds * RATE
    x = 60 + (WIDTH - 120) * frame // total // 2 * 2
    bob = abs(frame % RATE - RATE // 2) // 3 * 2
    for shape, colour in ((HULL, PAPER), (SAIL, PAPER), (SAIL_IN_SHADE, SHADE)):
        polygon(canvas, [(x + dx, WATERLINE - bob + dy) for dx, dy in shape], colour)
    rectangle(canvas, (0, WATERLINE), (WIDTH, 32), SEA)
    rectangle(canvas, (40, 324), ((WIDTH - 80) * (frame + 1) // total, 12), LAMP)
    write(canvas, f"{frame // RATE} OF {seconds} S", (44, 88), 8)
    return canvas


def encode(path: Path, seconds: int) -> None:
    """Write one clip: H.264 in MP4, the index before the data so that it plays while it loads."""
    with av.open(
        path, "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
    ) as output:
        stream = output.add_stream("libx264", rate=RATE, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
        stream.codec_context.flags |= Flags.bitexact
        behind = backdrop()
        for number in range(seconds * RATE):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            for plane, content in zip(frame.planes, draw(behind, number, seconds), strict=True):
                plane.update(bytes(content))
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def main(folder: Path, durations: tuple[int, ...] = DURATIONS) -> None:
    """Write clips of so many seconds into ``folder``, named after them: ``6s.mp4``."""
    for seconds in durations:
        encode(folder / f"{seconds}s.mp4", seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
