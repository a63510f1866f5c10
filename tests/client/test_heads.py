"""The head of a video's reply, understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client.heads import Note, Use, describe, looks_like_markup, validator_in
from bodydouble.client.steps import Reply

NOTE = Note(source="a 0", validator='"v1"', total=100)


def head(status: int, **headers: str) -> Reply:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(now=0, wall=0, status=status, headers=fields)


def video(status: int = 200, **headers: str) -> Reply:
    return head(status, content_type="video/mp4", **headers)


@pytest.mark.parametrize(
    ("reply", "offset", "use"),
    [
        (video(content_length="100"), 0, Use.WHOLE),
        (video(transfer_encoding="chunked"), 0, Use.WHOLE),
        (video(content_length="100"), 40, Use.WHOLE),
        (video(), 0, Use.UNCHECKED),
        (video(content_length="12monkeys"), 0, Use.UNCHECKED),
        (video(content_length="100", content_encoding="gzip"), 0, Use.UNCHECKED),
        (video(content_length="100", content_encoding="identity"), 0, Use.WHOLE),
        (head(200, content_length="100"), 0, Use.WHOLE),
        (head(200, content_length="100", content_type="application/octet-stream"), 0, Use.WHOLE),
        (head(200, content_length="100", content_type="text/html; charset=utf-8"), 0, Use.MARKUP),
        (head(200, content_length="100", content_type="TEXT/HTML"), 0, Use.MARKUP),
        (head(200, content_length="100", content_type="application/xml"), 0, Use.MARKUP),
        (head(200, content_length="100", content_type="text/xml"), 0, Use.MARKUP),
        (head(200, content_length="100", content_type="application/problem+json"), 0, Use.MARKUP),
        (head(200, content_length="100", content_type="application/xhtml+xml"), 0, Use.MARKUP),
        (video(206, content_range="bytes 40-99/100"), 40, Use.REST),
        (video(206, content_range="bytes 40-98/100"), 40, Use.RESTART),
        (video(206, content_range="bytes 0-99/100"), 40, Use.RESTART),
        (video(206, content_range="bytes 40-199/200"), 40, Use.RESTART),
        (video(206, content_range="bytes 40-99/*"), 40, Use.RESTART),
        (video(206), 40, Use.RESTART),
        (video(206, content_range="bytes 0-99/100"), 0, Use.REFUSED),
        (head(416), 40, Use.RESTART),
        (head(416), 0, Use.REFUSED),
        (head(302, location="/x"), 0, Use.ELSEWHERE),
        (head(302), 0, Use.REFUSED),
        (head(304), 0, Use.REFUSED),
        (head(400), 0, Use.EXPIRED),
        (head(401), 0, Use.EXPIRED),
        (head(403), 40, Use.EXPIRED),
        (head(404), 0, Use.EXPIRED),
        (head(410), 0, Use.EXPIRED),
        (head(405), 0, Use.REFUSED),
        (head(408), 0, Use.AGAIN),
        (head(429, retry_after="9"), 0, Use.AGAIN),
        (head(503), 0, Use.AGAIN),
        (head(204), 0, Use.REFUSED),
    ],
)
def test_what_to_do_with_a_reply(reply: Reply, offset: int, use: Use) -> None:
    assert describe(reply, offset, NOTE).use is use


def test_a_busy_host_says_how_long() -> None:
    assert describe(head(429, retry_after="9"), 0, None).pause == 9


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["content_range", "content_length", "content_type", "location"]), st.text()
    ),
    st.integers(0, 10),
)
def test_any_head_is_understood(status: int, headers: dict[str, str], offset: int) -> None:
    assert isinstance(describe(head(status, **headers), offset, NOTE).use, Use)


LATER, EARLIER = "Wed, 21 Oct 2015 07:28:01 GMT", "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (head(200, etag='"v1"'), '"v1"'),
        (head(200, etag='W/"v1"'), ""),
        (head(200, etag='W/"v1"', last_modified=EARLIER, date=LATER), ""),
        (head(200, etag="v1"), ""),
        (head(200, etag='"a\r\nX: y"'), ""),
        (head(200, last_modified=EARLIER, date=LATER), EARLIER),
        (head(200, last_modified=EARLIER, date=EARLIER), ""),
        (head(200, last_modified=EARLIER), ""),
        (head(200, last_modified="yesterday", date=LATER), ""),
        (head(200), ""),
    ],
)
def test_only_a_strong_validator_guards_a_range(reply: Reply, expected: str) -> None:
    assert validator_in(reply) == expected


@pytest.mark.parametrize(
    "start",
    [
        b"<!doctype html>",
        b"<html>",
        b"  \n<?xml",
        b"\xef\xbb\xbf<Error>",
        b"<a",
        "\ufeff<?xml".encode("utf-16-le"),
        "\ufeff\n<?xml".encode("utf-16-be"),
    ],
)
def test_markup_is_known_by_its_beginning(start: bytes) -> None:
    assert looks_like_markup(start)


@pytest.mark.parametrize(
    "start", [b"", b"\x00\x00\x00\x20ftyp", b"\x00\x00\x00<ftyp", b"\x1aE\xdf\xa3", b"RIFF", b"\xff\xfe"]
)
def test_video_is_not_markup(start: bytes) -> None:
    assert not looks_like_markup(start)
