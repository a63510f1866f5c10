import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.http.bodies import MAX_DEPTH, BadBody, decode

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_what_json_can_say_is_read_as_it_is(value: object) -> None:
    assert decode(json.dumps(value).encode()) == value


SCALARS = st.none() | st.booleans() | st.text(max_size=12) | st.integers()
FLAT = st.dictionaries(st.text(max_size=6), SCALARS, max_size=4)


@given(one=FLAT, other=FLAT, ascii_only=st.booleans(), between=st.sampled_from([", ", ",", ' , "a:b": ":",']))
def test_the_short_way_and_the_long_way_agree(
    *, one: object, other: object, ascii_only: bool, between: str
) -> None:
    """Two objects written into one give names that stand twice now and then."""
    parts = [json.dumps(part, ensure_ascii=ascii_only)[1:-1] for part in (one, other)]
    raw = ("{" + between.join(part for part in parts if part) + "}").encode()
    results: list[object] = []
    for way in (decode, lambda raw: decode(raw.replace(b"{", b'{"\\u0061\\u0062\\u0063": 1, ', 1))):
        try:
            results.append(dict(way(raw)))  # type: ignore[call-overload]
        except BadBody as problem:
            results.append(problem.message.split("'")[0])
    if isinstance(results[1], dict):
        results[1].pop("abc", None)
    if raw != b"{}" and "abc" not in f"{one}{other}":
        assert results[0] == results[1]


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
