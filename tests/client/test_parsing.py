"""Any JSON whatever is read: what can be read is, what cannot is absent, nothing crashes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.client import Job, JobError, Kind, Usage, Video, default_api
from bodydouble.client.parsing import (
    decoded,
    error_in,
    id_in,
    is_own_refusal,
    message_in,
    object_in,
    refusal_in,
    shown,
    updated,
    usable_id,
    usage_in,
    videos_in,
)

from .faults import error_body
from .simulation import JSON

API = default_api()
URL = "https://store.example/v.mp4"


@given(st.binary(max_size=200) | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_body_is_read_without_a_crash(body: bytes) -> None:
    data = object_in(body)
    refusal_in(body, API)
    is_own_refusal(body, 500, API)
    if data is not None:
        assert updated(Job(id="a"), data, body, API).id == "a"
        assert isinstance(id_in(data, API), str)


@given(st.dictionaries(st.sampled_from(["id", "generation_id", "status", "video", "error", "meta"]), JSON))
def test_any_value_in_any_known_field_is_read_without_a_crash(data: dict[str, Any]) -> None:
    job = updated(Job(id="a"), data, b"{}", API)
    assert isinstance(job.status, str)
    assert all(isinstance(video.url, str) and video.url for video in job.videos)
    assert job.error is None or str(job.error)
    hash(job)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"<html>",
        b'{"id": "a"} trailing',
    ],
)
def test_what_is_not_json_is_none(body: bytes) -> None:
    assert decoded(body) is None


def test_a_byte_order_mark_does_no_harm() -> None:
    assert object_in(b'\xef\xbb\xbf{"id": "a"}') == {"id": "a"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ({}, ()),
        ({"url": None}, ()),
        ({"url": ""}, ()),
        ("", ()),
        (7, ()),
        (True, ()),
        ([], ()),
        ([None, 3, {}], ()),
        (URL, (Video(url=URL),)),
        ({"url": URL}, (Video(url=URL),)),
        ([URL, URL + "2"], (Video(url=URL), Video(url=URL + "2"))),
        ([{"url": URL}], (Video(url=URL),)),
        (
            {"url": URL, "duration": 6, "content_type": "video/mp4", "file_name": "a.mp4", "file_size": 10},
            (Video(url=URL, duration=6.0, content_type="video/mp4", file_name="a.mp4", file_size=10),),
        ),
        ({"url": URL, "duration": "6", "file_size": "big", "content_type": 1}, (Video(url=URL),)),
        ({"url": URL, "duration": 10**400}, (Video(url=URL),)),
    ],
)
def test_a_video_is_an_object_a_list_of_objects_a_list_of_strings_or_a_string(
    value: Any, expected: tuple[Video, ...]
) -> None:
    assert videos_in(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("it broke", JobError(message="it broke")),
        ({"name": "E", "message": "it broke"}, JobError(name="E", message="it broke")),
        ({"detail": ["one", "two"]}, JobError(message="one; two")),
        ({"detail": [{"loc": ["x"], "msg": "bad"}]}, JobError(message="bad")),
        ({"detail": "it broke"}, JobError(message="it broke")),
        (["one", {"message": "two"}], JobError(message="one; two")),
        ({}, JobError()),
        ([], JobError()),
        (0, JobError()),
        ({"name": 3, "message": None}, JobError()),
    ],
)
def test_an_error_is_an_object_details_a_list_or_a_string(value: Any, expected: JobError | None) -> None:
    assert error_in(value) == expected


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (None, None),
        ({"usage": None}, None),
        ({"usage": {}}, None),
        ({"usage": {"credits_used": 7}}, Usage(credits_used=7.0)),
        ({"usage": {"tokens_used": 7.5, "usd_spent": 0.1}}, Usage(tokens_used=7.5, usd_spent=0.1)),
        ({"usage": {"credits_used": True, "usd_spent": "1"}}, None),
        ([], None),
    ],
)
def test_usage_is_read_in_every_unit(meta: Any, expected: Usage | None) -> None:
    assert usage_in(meta) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        ("", ""),
        (12, "12"),
        (True, ""),
        (None, ""),
        (1.5, ""),
        ({}, ""),
        ("\ud800", ""),
        ("-x/y:z", "-x/y:z"),
    ],
)
def test_an_id_is_text_or_an_integer(value: Any, expected: str) -> None:
    assert usable_id(value) == expected


@pytest.mark.parametrize(("word", "kind"), API.kinds.items())
def test_every_known_word_has_its_kind(word: str, kind: Kind) -> None:
    assert updated(Job(id="a"), {"status": word}, b"{}", API).kind is kind


def test_unknown_fields_do_no_harm_and_stay_in_the_raw_body() -> None:
    body = json.dumps({"id": "b", "status": "queued", "queue_position": 3}).encode()
    job = updated(Job(id="a"), object_in(body) or {}, body, API)
    assert job.raw["queue_position"] == 3
    assert job.id == "a"


@pytest.mark.parametrize("missing", API.reading.refusal_fields)
def test_the_apis_own_refusal_has_every_field(missing: str) -> None:
    whole = error_body(500)
    assert is_own_refusal(json.dumps(whole).encode(), 500, API)
    del whole[missing]
    assert not is_own_refusal(json.dumps(whole).encode(), 500, API)


@pytest.mark.parametrize("inside", [502, "502", None, True, [500], "500 "])
def test_a_refusal_that_tells_of_another_status_is_not_the_apis_own(inside: Any) -> None:
    body = json.dumps(error_body(500) | {"statusCode": inside}).encode()
    assert not is_own_refusal(body, 500, API)


@given(st.text())
def test_what_is_shown_is_one_printable_line(text: str) -> None:
    line = shown(text)
    assert line.isprintable()
    assert len(line) <= 500


def test_a_message_of_great_depth_is_given_up() -> None:
    deep: Any = "text"
    for _ in range(50):
        deep = [deep]
    assert message_in(deep) == ""
