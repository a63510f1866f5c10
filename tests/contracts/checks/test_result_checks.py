from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.checks import check_result
from bodydouble.contracts.checks.exchanges import Body, Ending, Exchange, Message
from bodydouble.contracts.checks.result_checks import RESULT_RULES, Fetched, kind_of, promised_kind
from bodydouble.contracts.generating.pixels import gif, jpeg, png
from tests.apis import CLIPS

CLIP = next(iter(CLIPS)).content[:64]
PAGE = b"<!doctype html><title>Expired</title>"


def fetched(
    content: bytes | None = CLIP, media_type: str = "video/mp4", status: int = 200, **more: object
) -> Fetched:
    reply = Message((("content-type", media_type),), Body(content, len(content or b"")))
    exchange = Exchange(5, "GET", "/clip.mp4", "sig=geheim", Message(), status, reply)
    return Fetched(replace(exchange, **more), "/video/url", "video")  # type: ignore[arg-type]  # members of it


def broken(attempt: Fetched) -> list[str]:
    return [finding.rule for finding in check_result(attempt)]


@pytest.mark.parametrize(
    "attempt",
    [
        fetched(),
        fetched(status=206),
        fetched(media_type="application/octet-stream"),
        fetched(media_type=""),
        fetched(content=b"\x1a\x45\xdf\xa3" + bytes(20), media_type="video/webm"),
        fetched(content=None),
        replace(fetched(content=PAGE, media_type="text/html"), kind=""),
        replace(fetched(content=png(3, 3), media_type="image/png"), kind="image"),
    ],
)
def test_a_sound_result_gives_no_finding(attempt: Fetched) -> None:
    assert broken(attempt) == []


BROKEN = {
    "result-unfetchable": [
        fetched(PAGE, "text/html", 403),
        fetched(b"", status=404),
        fetched(b"", status=302),
        fetched(b"", status=0, ending=Ending.LOST, trouble="connection refused"),
    ],
    "result-cut": [fetched(ending=Ending.CUT, trouble="a reset")],
    "result-kind": [fetched(PAGE, "text/html"), fetched(b""), fetched(png(9, 9), "image/png")],
    "result-media-type": [fetched(media_type="text/plain"), fetched(media_type="image/png")],
}


@pytest.mark.parametrize(
    ("rule", "attempt"), [(rule, attempt) for rule, attempts in BROKEN.items() for attempt in attempts]
)
def test_a_broken_rule_is_the_only_one_found(rule: str, attempt: Fetched) -> None:
    assert broken(attempt) == [rule]


def test_every_rule_about_results_is_broken_here() -> None:
    assert {rule.id for rule, _ in RESULT_RULES} == set(BROKEN)


def test_a_finding_says_where_what_and_what_instead_and_no_signature() -> None:
    for attempt in (attempts[0] for attempts in BROKEN.values()):
        (finding,) = check_result(attempt)
        assert finding.pointer == "/video/url"
        assert finding.expected
        assert finding.got
        assert "geheim" not in str(finding)


def test_every_clip_of_the_double_is_a_video() -> None:
    assert {kind_of(clip.content) for clip in CLIPS} == {"video"}


@pytest.mark.parametrize("content", [png(2, 2), jpeg(2, 2), gif(2, 2)])
def test_pictures_are_images(content: bytes) -> None:
    assert kind_of(content) == "image"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "audio"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image"),
        (b"ID3\x04", "audio"),
        (b"\0\0\0\x20ftypM4A ", "audio"),
        (b"\0\0\0\x20ftypavif", "image"),
        (b"\0\0\0\x20ftypisom", "video"),
        (b"{}", ""),
        (b"", ""),
    ],
)
def test_the_beginning_of_a_file_tells_its_kind(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/video/url", "video"),
        ("/videos/0/url", "video"),
        ("/output/image_url", "image"),
        ("/audioFile/url", "audio"),
        ("/video/thumbnail_image", "image"),
        ("/result/url", ""),
        ("", ""),
    ],
)
def test_the_names_on_the_way_to_a_link_promise_a_kind(place: str, kind: str) -> None:
    assert promised_kind(place) == kind


@given(st.binary(max_size=300), st.text(max_size=20), st.integers(0, 999), st.sampled_from(Ending))
def test_judging_a_result_is_total(content: bytes, media_type: str, status: int, ending: Ending) -> None:
    for finding in check_result(fetched(content, media_type, status, ending=ending)):
        assert finding.message
