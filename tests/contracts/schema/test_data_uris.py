import base64
import tracemalloc
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.schema.data_uris import Encoded, UndecodableError, read_base64, read_data_uri

ALL = 1 << 30


def content_of(encoded: Encoded) -> bytes:
    return encoded.decode(ALL)


@given(st.binary())
def test_base64_gives_back_what_was_encoded(content: bytes) -> None:
    encoded = read_base64(base64.b64encode(content).decode())
    assert (content_of(encoded), encoded.size, encoded.media_type) == (content, len(content), "")


@given(st.binary())
def test_padding_may_be_missing(content: bytes) -> None:
    encoded = read_base64(base64.b64encode(content).decode().rstrip("="))
    assert (content_of(encoded), encoded.size) == (content, len(content))


@given(st.binary(), st.sampled_from(["\n", "\r\n", " ", "\t", "\f"]))
def test_white_space_may_stand_anywhere(content: bytes, space: str) -> None:
    assert content_of(read_base64(space.join(base64.b64encode(content).decode()) + space)) == content


@given(st.binary(), st.integers(0, 40))
def test_no_more_is_decoded_than_was_asked_for(content: bytes, limit: int) -> None:
    part = read_base64(base64.b64encode(content).decode()).decode(limit)
    assert content.startswith(part)
    assert min(limit, len(content)) <= len(part) <= limit + 2


@given(st.binary(), st.sampled_from(["", "image/png", "IMAGE/PNG;name=a", "a/b; c=d"]))
def test_a_data_uri_gives_back_what_was_encoded(content: bytes, head: str) -> None:
    encoded = read_data_uri(f"data:{head};base64,{base64.b64encode(content).decode()}")
    assert content_of(encoded) == content
    assert encoded.media_type == head.partition(";")[0].lower()


@given(st.binary())
def test_a_percent_encoded_payload_gives_back_what_was_encoded(content: bytes) -> None:
    encoded = read_data_uri("data:image/png," + quote_from_bytes(content))
    assert (content_of(encoded), encoded.size, encoded.media_type) == (content, len(content), "image/png")


@given(st.binary())
def test_base64_may_be_percent_encoded_in_a_uri(content: bytes) -> None:
    text = quote(base64.b64encode(content).decode(), safe="")
    assert content_of(read_data_uri(f"data:;base64,{text}")) == content


@given(st.text("%=0aF\r\n _", max_size=12).filter(lambda text: "%" in text))
def test_an_escape_is_read_as_the_standard_library_reads_it_or_refused(text: str) -> None:
    try:
        content = content_of(read_data_uri("data:," + text))
    except UndecodableError as error:
        assert "begins no escape" in str(error)  # noqa: PT017 - either outcome is right, each in its case
    else:
        assert content == unquote_to_bytes(text)


def test_the_last_parameter_alone_says_base64() -> None:
    assert content_of(read_data_uri("data:image/png;base64;x=y,QUJD")) == b"QUJD"
    assert content_of(read_data_uri("data:image/png;x=y;BASE64,QUJD")) == b"ABC"
    assert content_of(read_data_uri("data:base64,QUJD")) == b"QUJD"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("data:", "needs a comma"),
        ("data:image/png;base64", "needs a comma"),
        ("data:image/png;base64,QUJ-", "URL-safe"),
        ("data:image/png;base64,QU_D", "URL-safe"),
        ("data:image/png;base64,Q=JD", "no padding belongs"),
        ("data:image/png;base64,QQ=", "no padding belongs"),
        ("data:image/png;base64,QUJDR", "5 digits cannot be"),
        ("data:image/png;base64,QUJ!", "'!' is no digit"),
        ("data:image/png;base64,QUJ%", "position 4 of the data begins no escape"),
        ("data:image/png,%F", "position 1 of the data begins no escape"),
        ("data:image/png,é", "character 1 is outside ASCII"),
    ],
)
def test_what_carries_no_bytes_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(UndecodableError, match=says) as caught:
        content_of(read_data_uri(text))
    assert caught.value.expected


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_base64, read_data_uri):
        try:
            assert len(content_of(read(text))) == read(text).size
        except UndecodableError as error:
            assert error.expected  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("part", ["%41", ";", "A\n", "="])
def test_millions_of_hostile_pieces_take_memory_in_proportion(part: str) -> None:
    text = "data:" + part * 700_000 + ",;base64," + part * 700_000
    tracemalloc.start()
    try:
        content_of(read_data_uri(text))
    except UndecodableError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 6 * len(text)
