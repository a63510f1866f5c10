from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.pictures import MEASURABLE, flaw_of, format_of, size_of

Draw: TypeAlias = Callable[[int, int], bytes]


@pytest.mark.parametrize("name", MEASURABLE)
def test_a_picture_says_its_format_and_size(name: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(name)(320, 130)
    assert format_of(content) == name
    assert size_of(content) == (320, 130)
    assert flaw_of(content, name) == ""


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<SVG >", "svg"),
        (b"II*\0\x08\0\0\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (b"\0\0\0\x20ftypavif", "heif"),
        (b"\0\0\0\x20ftypisom", ""),
        (b"%PDF-1.7", ""),
        (b"PK\x03\x04", ""),
        (b"BM is how this sentence begins", ""),
        (b"<html><p>svg</p>", ""),
        (b" \x89PNG\r\n\x1a\n", ""),
        (b"", ""),
    ],
)
def test_the_first_bytes_name_the_format(content: bytes, name: str) -> None:
    assert format_of(content) == name


@pytest.mark.parametrize("name", ["png", "jpeg"])
def test_a_picture_cut_anywhere_has_a_flaw(name: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(name)(40, 30)
    assert [end for end in range(3, len(content)) if not flaw_of(content[:end], name)] == []


@pytest.mark.parametrize("name", ["png", "jpeg"])
def test_bytes_after_the_end_are_ignored(name: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(name)(40, 30)
    assert flaw_of(content + b"PK\x03\x04<script>", name) == ""


def test_a_changed_bit_of_a_png_is_noticed(png: Draw) -> None:
    content = png(40, 30)
    for index in range(8, len(content)):
        changed = content[:index] + bytes([content[index] ^ 1]) + content[index + 1 :]
        assert flaw_of(changed, "png"), index


def test_the_thumbnail_of_a_jpeg_that_was_cut_does_not_end_it(jpeg: Draw) -> None:
    thumbnail, content = jpeg(16, 16), jpeg(320, 240)
    application_data = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = content[:2] + application_data + content[2:]
    assert (size_of(whole), flaw_of(whole, "jpeg")) == ((320, 240), "")
    assert flaw_of(whole[:-2], "jpeg") == "it ends before its EOI marker"


def test_a_png_begins_with_its_only_header(png: Draw) -> None:
    content = png(40, 30)
    header = content[8:33]
    assert "only IHDR" in flaw_of(content[:8] + content[33:], "png")
    assert "only IHDR" in flaw_of(content[:33] + header + content[33:], "png")
    assert flaw_of(content[:33] + content[-12:], "png") == "it has no IDAT chunk"


def test_a_jpeg_taken_upright_is_measured_upright(jpeg: Draw) -> None:
    directory = b"II*\0\x08\0\0\0\x01\0" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0" + bytes(4)
    exif = b"Exif\0\0" + directory
    content = jpeg(320, 240)
    rotated = content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + content[2:]
    assert size_of(rotated) == (240, 320)


def test_a_picture_without_a_size_is_told_apart_from_one_of_size_nought(jpeg: Draw, png: Draw) -> None:
    content = jpeg(40, 30)
    assert size_of(content.replace(b"\xff\xc0", b"\xff\xef")) is None
    assert size_of(png(0, 30)) == (0, 30)


@given(st.binary(), st.sampled_from(MEASURABLE))
def test_any_bytes_are_looked_at_without_an_error(content: bytes, name: str) -> None:
    assert isinstance(flaw_of(content, name), str)
    assert format_of(content) in {"", *MEASURABLE, "tiff", "heif", "svg"}


@given(data=st.data())
def test_any_change_of_a_real_picture_is_looked_at_without_an_error(
    data: st.DataObject, png: Draw, jpeg: Draw
) -> None:
    content = bytearray(data.draw(st.sampled_from([png(40, 30), jpeg(40, 30)])))
    for index in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[index] = data.draw(st.integers(0, 255))
    name = format_of(bytes(content))
    assert isinstance(flaw_of(bytes(content), name), str)
    if name in MEASURABLE:
        size = size_of(bytes(content))
        assert size is None or min(size) >= 0


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("jpeg", b"\xff\xd8" + b"\xff\xe0\0\x02" * 2_000_000),
        ("jpeg", b"\xff\xd8" + b"\xff\xd0" * 4_000_000),
        ("jpeg", b"\xff" * 8_000_000),
        ("jpeg", b"\xff\xd8\xff" + b"x" * 8_000_000),
        ("png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IHDR\xa8\xd3\x61\x5e" + b"\0\0\0\0tEXt0000" * 600_000),
        ("svg", b"<" * 8_000_000),
        ("svg", b" " * 8_000_000),
    ],
)
def test_millions_of_empty_parts_do_not_hold_the_server_up(name: str, content: bytes) -> None:
    flaw_of(content, name)
    format_of(content)


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_too_many_parts_are_a_flaw(name: str, png: Draw, jpeg: Draw) -> None:
    if name == "png":
        content = png(40, 30)
        content = content[:33] + b"\0\0\0\0tEXt0000" * 100_000 + content[33:]
    else:
        content = jpeg(40, 30)
        content = content[:2] + b"\xff\xe0\0\x02" * 10_000 + content[2:]
    assert "more than" in flaw_of(content, name)
