import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks import exchanges
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message, NotJSON, Unread, fields_of

BODY = json.dumps({"id": "ä"}, ensure_ascii=False).encode()


def coded(content: bytes | None, coding: str = "", size: int = 1) -> Message:
    fields = (("content-type", "application/json"), *([("content-encoding", coding)] if coding else []))
    return Message(fields, Body(content, size))


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("content", "coding"),
    [
        (BODY, ""),
        (BODY, "identity"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), "X-GZIP"),
        (gzip.compress(BODY[:4], mtime=0) + gzip.compress(BODY[4:], mtime=0), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (raw_deflate(BODY), "deflate"),
        (zlib.compress(gzip.compress(BODY, mtime=0)), "gzip, deflate"),
    ],
)
def test_a_body_is_read_through_its_codings(content: bytes, coding: str) -> None:
    assert coded(content, coding).json == {"id": "ä"}


@pytest.mark.parametrize(
    ("content", "coding", "words"),
    [
        (None, "", "not kept"),
        (BODY, "br", "'br' is not known"),
        (b"no gzip", "gzip", "cannot be decompressed"),
        (gzip.compress(BODY, mtime=0)[:-9], "gzip", "ends too early"),
    ],
)
def test_a_body_that_cannot_be_looked_at_is_not_called_bad(
    content: bytes | None, coding: str, words: str
) -> None:
    with pytest.raises(Unread, match=words):
        _ = coded(content, coding).json
    assert coded(content, coding).json_or_none() is None


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "MAX_DECODED", 1000)
    with pytest.raises(Unread, match="more than 1000 bytes"):
        _ = coded(gzip.compress(b"0" * 5_000_000, mtime=0), "gzip").decoded
    assert len(coded(gzip.compress(b"0" * 1000, mtime=0), "gzip").decoded) == 1000


@pytest.mark.parametrize(
    "content", [b"<html>", b'{"a": NaN}', b"\xff", b"", b"{", b"[" * 100_000, b'"\\ud800"']
)
def test_what_is_no_json_is_told_so_on_one_line(content: bytes) -> None:
    with pytest.raises(NotJSON) as problem:
        _ = coded(content).json
    assert str(problem.value)
    assert "\n" not in str(problem.value)


@given(st.binary(max_size=200), st.sampled_from(["", "gzip", "deflate", "gzip, gzip", "zstd", ","]))
def test_reading_a_body_never_raises_anything_else(content: bytes, coding: str) -> None:
    coded(content, coding).json_or_none()


@pytest.mark.parametrize(
    ("given", "is_json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True),
        ("text/html", False),
        ("application/jsonl", False),
        ("", False),
    ],
)
def test_json_is_told_by_its_media_type(given: str, *, is_json: bool) -> None:
    assert Message((("content-type", given),)).is_json is is_json


def test_of_a_repeated_header_the_first_is_told_and_all_are_kept() -> None:
    fields = fields_of([(b"X-A", b"1"), (b"x-a", b"\xe4")])
    assert fields == (("x-a", "1"), ("x-a", "ä"))
    assert Message(fields).field("x-a") == "1"


def test_query_values_are_decoded_and_all_told() -> None:
    exchange = Exchange(1, "GET", "/", "a=1&b=&a=%2Fx%3A")
    assert exchange.query_values("a") == ("1", "/x:")
    assert exchange.query_values("b") == ("",)
    assert exchange.query_values("c") == ()


@pytest.mark.parametrize(
    ("status", "ending", "went_well"),
    [
        (200, Ending.COMPLETE, True),
        (200, Ending.CUT, False),
        (299, Ending.COMPLETE, True),
        (302, Ending.COMPLETE, False),
    ],
)
def test_a_reply_that_was_cut_did_not_go_well(status: int, ending: Ending, *, went_well: bool) -> None:
    assert Exchange(1, "GET", "/", status=status, ending=ending).succeeded is went_well
