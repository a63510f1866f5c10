import base64
import json
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.digests import Secrets, digest
from bodydouble.mockserver.journals.scrubbing_json import MOST_CHARACTERS, MOST_LEVELS, scrub_json

SALT = bytes(range(16))
KEY = "sk-live/0123+456=789abcdef"
SECRETS = Secrets(SALT, (KEY, "k3y", "12345678"))
IMAGE = base64.b64encode(bytes(range(256)) * 4).decode()

JSON = Any
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def told(value: JSON) -> JSON:
    return json.loads(scrub_json(json.dumps(value).encode(), SECRETS))


def stand_in(secret: str) -> str:
    return digest(secret, SALT)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"model":"video-01","prompt":"A cat walks along a sunny beach","duration":6}',
        b'{ "model" : "video-01",\n "n" : 1.50 }',
        b'{"id":"6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0","status":"queued"}',
        b"no JSON at all",
    ],
)
def test_a_body_without_anything_suspicious_is_returned_as_it_is(body: bytes) -> None:
    assert scrub_json(body, SECRETS) is body


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"api_key": "x", "a": "b"}, {"api_key": stand_in("x"), "a": "b"}),
        ({"token": 12, "pwd": 1.5}, {"token": stand_in("12"), "pwd": stand_in("1.5")}),
        ({"token": None, "secret": True, "pwd": ""}, {"token": None, "secret": True, "pwd": ""}),
        (
            {"credentials": {"a": ["x", {"b": 1}]}},
            {"credentials": {"a": [stand_in("x"), {"b": stand_in("1")}]}},
        ),
        ([{"deep": [{"x": {"password": "y"}}]}], [{"deep": [{"x": {"password": stand_in("y")}}]}]),
        ({"x": KEY, "y": "k3y"}, {"x": stand_in(KEY), "y": stand_in("k3y")}),
        ({"x": 12345678}, {"x": stand_in("12345678")}),
        ({"x": f"a {KEY} b"}, {"x": f"a {stand_in(KEY)} b"}),
        ({KEY: 1, "token": "x"}, {stand_in(KEY): 1, "token": stand_in("x")}),
        (f"Bearer {KEY}", f"Bearer {stand_in(KEY)}"),
        (
            {"image_url": f"data:image/png;base64,{IMAGE}"},
            {"image_url": f"data:image/png;base64,{stand_in(IMAGE)}"},
        ),
        ({"image": IMAGE}, {"image": stand_in(IMAGE)}),
        (
            {"video": {"url": "https://h.example/v.mp4?expires=1&signature=ab"}},
            {"video": {"url": f"https://h.example/v.mp4?expires={stand_in('1')}&signature={stand_in('ab')}"}},
        ),
        ({"video": ["https://h.example/v?a=x"]}, {"video": [f"https://h.example/v?a={stand_in('x')}"]}),
        ({"note": '{"token": "x"}'}, {"note": f'{{"token": "{stand_in("x")}"}}'}),
    ],
)
def test_of_a_json_body_the_secrets_go_and_everything_else_stays(value: JSON, expected: JSON) -> None:
    assert told(value) == expected


def test_a_key_split_across_members_is_found() -> None:
    assert told({"a": KEY[:10], "b": KEY[10:]}) == {"a": stand_in(KEY[:10]), "b": stand_in(KEY[10:])}


def test_an_escaped_key_is_found() -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in KEY)
    assert scrub_json(f'{{"a":"{escaped}"}}'.encode(), SECRETS) == f'{{"a":"{stand_in(KEY)}"}}'.encode()


def test_equal_payloads_stay_recognisable_as_equal() -> None:
    one, other = told({"image": IMAGE}), told({"picture": f"data:image/jpeg;base64,{IMAGE}"})
    assert other["picture"] == f"data:image/jpeg;base64,{one['image']}"


@given(values)
def test_harmless_values_stay_what_they_are(value: JSON) -> None:
    salted = Secrets(SALT)
    text = json.dumps(value)
    scrubbed = scrub_json(text.encode(), salted)
    if "sha256:" not in scrubbed.decode():
        assert json.loads(scrubbed) == value


@given(values, st.data())
def test_a_key_planted_anywhere_in_a_value_is_gone(value: JSON, data: st.DataObject) -> None:
    hidden = data.draw(
        st.sampled_from([KEY, quote(KEY, safe=""), quote(quote(KEY)), f"Basic {KEY}", f"{KEY}@h/"])
    )
    around = data.draw(
        st.tuples(st.text(max_size=5), st.text(max_size=5)).filter(lambda pair: "%" not in pair[0])
    )
    planted = planted_in(value, f"{around[0]}{hidden}{around[1]}", data)
    scrubbed = scrub_json(json.dumps(planted, ensure_ascii=data.draw(st.booleans())).encode(), SECRETS)
    plain = json.dumps(json.loads(scrubbed), ensure_ascii=False)
    assert KEY not in unquote(unquote(unquote(plain)))
    assert KEY not in plain


def planted_in(value: JSON, secret: str, data: st.DataObject) -> JSON:
    """Return ``value`` with ``secret`` as, in, or beside one of its parts, or as a name."""
    if isinstance(value, list) and value:
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], planted_in(value[index], secret, data), *value[index + 1 :]]
    if isinstance(value, dict) and value:
        name = data.draw(st.sampled_from(sorted(value)))
        if data.draw(st.booleans()):
            return {**value, secret: 1}
        return {**value, name: planted_in(value[name], secret, data)}
    return secret


# Bodies that are no JSON


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"api_key": "{KEY}", ', f'{{"api_key": "{stand_in(KEY)}", '),
        (f"<html>wrong key {KEY}</html>", f"<html>wrong key {stand_in(KEY)}</html>"),
        ("key=hunter2&model=x", f"key={stand_in('hunter2')}&model=x"),
        ("a=%2Fp&token=%2Fq", f"a=%2Fp&token={stand_in('/q')}"),
        (r'{"x": "\u0042earer hunter2', f'{{"x": "Bearer {stand_in("hunter2")}'),
        (r'{"x": "\ud800 token=hunter2"}', f'{{"x": "? token={stand_in("hunter2")}"}}'),
    ],
)
def test_what_is_no_json_is_scrubbed_as_a_form_or_as_text(body: str, expected: str) -> None:
    assert scrub_json(body.encode(), SECRETS).decode() == expected


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe token",
        f"{KEY}".encode("utf-16"),
        f"{KEY}".encode("utf-16-le"),
        b"\x1f\x8b\x08\x00 token",
        b'--x\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nhunter2\r\n--x--',
    ],
)
def test_what_is_no_text_or_has_several_parts_is_replaced_as_a_whole(body: bytes) -> None:
    assert scrub_json(body, SECRETS) == digest(body, SALT).encode()


@given(st.binary() | st.binary().map(lambda raw: b'{"token":' + raw))
def test_no_body_is_too_strange(body: bytes) -> None:
    scrub_json(body, SECRETS).decode()


# Bodies that are too much


def test_what_is_nested_deeper_than_anybody_needs_is_replaced() -> None:
    body = b'{"token":' + b"[" * 5000 + b"]" * 5000 + b"}"
    assert b"[[[[[[" * 20 not in scrub_json(body, SECRETS)
    levels = MOST_LEVELS + 3
    scrubbed = scrub_json(b"[" * levels + b'"//a"' + b"]" * levels, SECRETS)
    assert scrubbed.count(b"[") == MOST_LEVELS
    assert b"//a" not in scrubbed


def test_what_comes_after_too_many_characters_is_replaced() -> None:
    texts = ["a cat, and then a dog"] * MOST_CHARACTERS
    (scrubbed,) = told([["//", *texts]])
    assert scrubbed.startswith("sha256:")
    scrubbed = told({"//": 0} | {str(number): texts[:100] for number in range(100)})
    assert scrubbed["0"] == texts[:100]
    assert list(scrubbed.values())[-1].startswith("sha256:")


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"image": IMAGE * 15_000, "prompt": "a cat"}).encode(),
        json.dumps(["//"] + ["a " * 8000] * 1200).encode(),
        json.dumps({f"token{number}": {} for number in range(300_000)}).encode(),
        ("[" * 1_000_000).encode(),
        b'"' + b"token" * 2_000_000,
    ],
    ids=["image of 20 MB", "many texts", "many members", "many brackets", "no JSON"],
)
def test_no_body_takes_long(body: bytes) -> None:
    scrubbed = scrub_json(body, SECRETS)
    assert len(scrubbed) < 10 * MOST_CHARACTERS
