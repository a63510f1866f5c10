from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.checks.exchanges import Body, Message
from bodydouble.mockserver.journals.digests import Secrets
from bodydouble.mockserver.recordings.pseudonyms import Pseudonyms
from bodydouble.mockserver.recordings.scribe import Scribe
from tests.exchanging import KEY, message


def scribe(*keys: str) -> Scribe:
    return Scribe(Pseudonyms(), Secrets(b"0123456789abcdef", keys))


def test_noise_is_left_out_and_the_rest_stays() -> None:
    said = scribe().said(
        message({}, date="today", cf_ray="1", access_control_allow_origin="*", retry_after="5"),
        0,
        asking=False,
    )
    assert said.headers == {"content-type": "application/json", "retry-after": "5"}


def test_a_header_that_stands_twice_keeps_both_values() -> None:
    twice = Message((("x-limit", "1"), ("x-limit", "2")))
    assert scribe().said(twice, 0, asking=False).headers == {"x-limit": "1, 2"}


def test_a_body_that_is_no_json_is_described() -> None:
    for content, kind, words in (
        (b"{", "application/json", "application/json, 1 bytes"),
        (None, "video/mp4", "video/mp4, 9 bytes"),
        (b"x", "", "no media type, 1 bytes"),
    ):
        size = len(content) if content is not None else 9
        said = scribe().said(Message((("content-type", kind),), Body(content, size)), 0, asking=False)
        assert (said.body, said.omitted) == (None, words)


def test_a_body_over_the_limit_is_described() -> None:
    assert scribe().said(message({"a": "b" * 100}), 50, asking=False).omitted == "application/json, 109 bytes"
    assert scribe().said(message({"a": "b" * 100}), 0, asking=False).omitted == ""


def test_secrets_are_numbered() -> None:
    told = scribe(KEY).text(f"your key {KEY} is not good, {KEY}!")
    assert KEY not in told
    assert told.count("secret-1 (") == 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "id"]), inner),
    max_leaves=5,
)


@given(JSON_VALUES)
def test_writing_down_is_total_and_repeats_itself(value: Any) -> None:
    said = scribe().said(message([value]), 0, asking=True)
    assert said == scribe().said(message([value]), 0, asking=True)
    assert isinstance(said.body, list)
