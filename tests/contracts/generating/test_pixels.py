import io
from collections.abc import Callable
from typing import TypeAlias

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.generating.pixels import gif, jpeg, png
from bodydouble.contracts.schema.pictures import flaw_of, format_of, size_of

Draw: TypeAlias = Callable[[int, int], bytes]
SIDES = st.integers(1, 700)


@given(SIDES, SIDES, st.sampled_from([("png", png), ("jpeg", jpeg), ("gif", gif)]))
def test_a_picture_is_of_its_format_and_size_and_whole(
    width: int, height: int, kind: tuple[str, Draw]
) -> None:
    name, draw = kind
    content = draw(width, height)
    assert format_of(content) == name
    assert size_of(content) == (width, height)
    assert flaw_of(content, name) == ""


@pytest.mark.parametrize("size", [(301, 301), (752, 301), (8, 8), (1, 1), (17, 4)])
@pytest.mark.parametrize(("demuxer", "draw"), [("png_pipe", png), ("jpeg_pipe", jpeg)])
def test_a_decoder_shows_the_picture(demuxer: str, draw: Draw, size: tuple[int, int]) -> None:
    with av.open(io.BytesIO(draw(*size)), format=demuxer) as opened:
        (frame,) = opened.decode(video=0)
    plane, (width, height) = frame.planes[0], size
    assert (frame.width, frame.height) == size
    rows = [bytes(plane)[row * plane.line_size :][:width] for row in range(height)]
    assert len(set(b"".join(rows))) == 1


def test_pictures_are_small_to_send() -> None:
    assert len(png(1000, 1000)) < 5_000
    assert len(jpeg(1000, 1000)) < 5_000
