import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.bodies import MAX_DEPTH, BadBody, decode

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_what_json_can_say_is_read_as_it_is(value: object) -> None:
    assert decode(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(raw: bytes) -> None:
    try:
        decode(raw)
    except BadBody as problem:
        told = (problem.message, problem.expected, problem.got)
    else:
        told = ("read",)
    assert all(told)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xff\xfe{}", "not UTF-8"),
        ('{"a": "\udce9"}'.encode("utf-8", "surrogateescape"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1} {"b": 2}', "not JSON"),
        (b"model=x&prompt=y", "not JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"x": {"a": 1, "a": 1}}', "twice"),
        (b'{"a": NaN}', "no JSON"),
        (b"[Infinity]", "no JSON"),
        (b"[-Infinity]", "no JSON"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 5000 + b"]", "too many digits"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b"[" * 100_000, "deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeply"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeply"),
    ],
)
def test_a_body_nobody_should_rely_on_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        decode(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        json.dumps({"text": "[{" * 500 + '\\"' * 10}).encode(),
        b"[" + b",".join([b"[]"] * 500) + b"]",
        b'["\\ud83d\\ude80", "\\u0000", "\\\\ud800"]',
    ],
)
def test_brackets_in_text_or_side_by_side_are_no_depth(raw: bytes) -> None:
    assert decode(raw) == json.loads(raw)
