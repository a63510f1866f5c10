from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.recordings import pseudonyms
from bodydouble.mockserver.recordings.pseudonyms import Pseudonyms, is_id_name, is_prompt

UUID = "7d1f5f1e-0000-4000-8000-00000000abcd"
HOSTILE = (
    "123456789012345",
    f"{UUID}:vendor/model",
    "-Xk3_nanoid-0",
    "a b&c=d",
    "job-2",
    "ä/ö ü",
    '"quoted"',
    "\\d+\\w*",
)


def named(job: str = UUID, **more: Any) -> Pseudonyms:
    names = Pseudonyms(**more)
    names.add_job(job)
    return names


@pytest.mark.parametrize("job", HOSTILE)
def test_the_job_has_one_name_wherever_it_stands(job: str) -> None:
    names = named(job)
    assert names.reply({"id": job, "links": [f"see {job}!"]}) == {"id": "job-1", "links": ["see job-1!"]}
    assert names.header("x-inference-id", job) == "job-1"
    assert names.text(f"/v1/{job}") == "/v1/job-1"


@given(st.sampled_from(HOSTILE))
def test_a_query_is_read_through_its_encoding(job: str) -> None:
    assert named(job).query(f"a=1&generation_id={quote(job, safe='')}") == "a=1&generation_id=job-1"


def test_other_ids_are_numbered_as_they_come() -> None:
    names = named()
    body = {"requestId": "r-77", "user_id": "u-5555", "again": "user u-5555", "id": UUID}
    assert names.reply(body) == {"requestId": "id-1", "user_id": "id-2", "again": "user id-2", "id": "job-1"}


def test_a_number_can_be_an_id() -> None:
    assert named("123456789012345").reply({"id": 123456789012345, "count": 5}) == {"id": "job-1", "count": 5}


def test_a_short_id_is_replaced_where_it_stands_alone_only() -> None:
    names = named("1")
    assert names.reply({"id": "1", "duration": "10", "n": 1}) == {
        "id": "job-1",
        "duration": "10",
        "n": "job-1",
    }


def test_an_unguessable_path_is_an_id() -> None:
    told = named().reply({"url": f"https://cdn.example/files/{UUID}/aZ09aZ09aZ09aZ09aZ09.mp4"})
    assert told == {"url": "https://cdn.example/files/job-1/id-1.mp4"}


def test_a_path_of_words_stays() -> None:
    url = "https://cdn.example/public/very-long-and-speaking-name.mp4"
    assert named().text(url) == url


def test_prompts_are_replaced_and_recognised_in_replies() -> None:
    names = named()
    asked = names.request({"model": "video-01", "prompt": "a boat at dusk", "negative_prompt": "fog", "n": 5})
    assert asked == {
        "model": "video-01",
        "prompt": "prompt-1 (14 characters)",
        "negative_prompt": "prompt-2 (3 characters)",
        "n": 5,
    }
    told = names.reply({"error": "cannot draw 'a boat at dusk' in fog", "prompt": "a boat at dusk"})
    assert told == {
        "error": "cannot draw 'prompt-1 (14 characters)' in fog",
        "prompt": "prompt-1 (14 characters)",
    }


@pytest.mark.parametrize("keep", ["ids", "prompts"])
def test_what_is_kept_is_kept(keep: str) -> None:
    names = named(keep=frozenset({keep}))
    body = names.request({"id": UUID, "prompt": "a boat at dusk"})
    assert isinstance(body, dict)
    assert (body["id"] == UUID) is (keep == "ids")
    assert (body["prompt"] == "a boat at dusk") is (keep == "prompts")


def test_digests_are_numbered_so_that_recordings_compare() -> None:
    names = named()
    one, two = "sha256:0123456789ab:64", "sha256:ba9876543210:7"
    assert (
        names.numbered(f"{one} {two} {one}") == "secret-1 (64 bytes) secret-2 (7 bytes) secret-1 (64 bytes)"
    )


def test_names_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "MAX_NAMES", 3)
    names = named()
    assert [names.add_id(f"r-{number}") for number in range(4)] == ["id-1", "id-2", "id-3", "id-4"]
    assert [names.numbered(f"sha256:{number:012x}:1") for number in range(9)][8] == "secret-9 (1 bytes)"
    assert len(names._names) == len(names._secrets) == 3
    assert names.text(UUID) == "job-1"


def test_what_one_recording_knows_another_recognises() -> None:
    one, other = named(), Pseudonyms()
    one.request({"prompt": "a boat at dusk"})
    other.learn(one)
    assert other.text(f"a boat at dusk as {UUID}") == "prompt-1 (14 characters) as id-1"


@pytest.mark.parametrize("name", ["id", "generation_id", "requestId", "task-id", "x.uuid", "ids", "userID"])
def test_names_of_ids(name: str) -> None:
    assert is_id_name(name)


@pytest.mark.parametrize("name", ["", "paid", "valid", "model_id", "voice_id", "video", "ID card", "grid"])
def test_names_that_only_sound_like_it(name: str) -> None:
    assert not is_id_name(name)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("prompt", "x", True),
        ("lyrics", "la", True),
        ("style", "a very long description of what is wanted, in the words of a person", True),
        ("style", "two\nlines", True),
        ("aspect_ratio", "16:9", False),
        ("image_url", "https://a.example/a very long prompt?", False),
        ("prompt", "data:image/png;base64,AAAA", False),
        ("image", "A" * 1000, False),
    ],
)
def test_what_a_person_wrote_is_a_prompt(name: str, value: str, *, expected: bool) -> None:
    assert is_prompt(name, value) is expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "prompt", "a"]), inner, max_size=3)
        ),
    )
)
def test_naming_is_total_and_keeps_the_shape(value: Any) -> None:
    names = named()
    for named_value in (names.request(value), names.reply(value)):
        assert type(named_value) is type(value) or isinstance(value, int)
