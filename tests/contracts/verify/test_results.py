import pytest

from bodydouble.contracts.checks.exchanges import Body, Ending
from bodydouble.contracts.verify.results import judged, missing_bytes, named, slim
from tests.apis import CLIPS
from tests.end_to_end.provider_zoo import FILE
from tests.verifying import PATTERN, exchange

VIDEO = {"content-type": "video/mp4"}


def rules(content: bytes, status: int = 200, **more: object) -> set[str]:
    return {
        finding.rule for finding in judged("/video/url", exchange(status, content, headers=VIDEO, **more))
    }


def test_a_reply_names_its_result() -> None:
    body = {"status": "completed", "video": {"url": "https://a.example/x?s=1"}}
    assert named(PATTERN, body) == [("/video/url", "https://a.example/x?s=1")]
    assert named(PATTERN, {"video": {"url": 7}}) == []
    assert named(PATTERN, None) == []


def test_the_shipped_clips_are_whole() -> None:
    assert all(missing_bytes(Body(clip.content, len(clip.content))) == 0 for clip in CLIPS)


@pytest.mark.parametrize("cut", [1, 9, 30])
def test_a_file_that_is_shorter_than_its_boxes_say_is_found(cut: int) -> None:
    assert rules(FILE) == set()
    assert rules(FILE[:-cut]) == {"result-short"}


def test_other_files_are_not_measured() -> None:
    assert missing_bytes(Body(b"\x1a\x45\xdf\xa3 and so on", 10)) == 0
    assert missing_bytes(Body(None, 100)) == 0


def test_a_box_that_reaches_to_the_end_and_one_of_64_bits_are_read() -> None:
    head = b"\0\0\0\x10ftypisom\0\0\0\0"
    assert missing_bytes(Body(head + b"\0\0\0\0mdat1234")) == 0
    large = b"\0\0\0\x01mdat" + (20).to_bytes(8) + b"1234"
    assert missing_bytes(Body(head + large)) == 0
    assert missing_bytes(Body(head + large[:-1])) == 1


def test_what_was_cut_on_the_way_is_told_once() -> None:
    assert rules(FILE[:20], ending=Ending.CUT) == {"result-cut"}


def test_a_missing_result_and_a_page_are_found() -> None:
    assert rules(b"gone", 404) == {"result-unfetchable"}
    assert "result-kind" in rules(b"<html>")


def test_megabytes_are_not_kept() -> None:
    kept = slim(exchange(200, b"x" * 1000))
    assert (kept.reply.body.content, kept.reply.body.size) == (None, 1000)
