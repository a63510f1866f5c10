import json
import re
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bodydouble.mockserver.journals.digests import Secrets, digest
from bodydouble.mockserver.journals.scrubbing import (
    LONGEST_TEXT,
    is_plain,
    scrub_headers,
    scrub_query,
    scrub_text,
    scrub_url,
)

SALT = bytes(range(16))
KEY = "sk-live/0123+456=789abcdef"
SHORT = "k3y"
SECRETS = Secrets(SALT, (KEY, SHORT))
NOBODYS = Secrets(SALT)
JOB = "6a1f9c58-9c0a-4b53-8a6e-9a6f4ef3a6d0"


def readings(text: str) -> set[str]:
    """Return what a curious reader makes of ``text``: escapes resolved in every order, several times."""
    seen = {text}
    for _ in range(4):
        seen |= {unquote(one) for one in seen} | {unquote_plus(one) for one in seen}
        seen |= {one.replace("\\/", "/").replace("\\u002b", "+") for one in seen}
    return seen


def leaks(text: str, secret: str) -> bool:
    return any(secret in reading for reading in readings(text))


def filled(pattern: str) -> str:
    """Return ``pattern`` with a digest for each text in braces."""
    return re.sub(r"\{([^{}]+)\}(?!\})", lambda found: digest(found[1], SALT), pattern)


# Text


@pytest.mark.parametrize(
    "text",
    [
        "A cat walks along a sunny beach at dawn",
        "the key to success",
        "Body validation error: prompt must be a string: expected a string, received 12",
        "50% off, and 100%",
        "tokens_used: 5, credits_used: 120000",
        f"/v2/generate/video/some-vendor/generation?generation_id={JOB}",
        f"{JOB}:vendor/model-with-a-name",
        "12:30 a=b c: d",
        "first line\nsecond line \\n \\u0041",
        "Ein Kätzchen läuft über den Strand, 一只猫在沙滩上走",
        "python-httpx2/2.1 (linux; x86_64)",
        "",
    ],
)
def test_what_is_no_secret_stays_to_the_letter(text: str) -> None:
    assert scrub_text(text, SECRETS) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer {abc.def}"),
        ("it said bearer abc", "it said bearer {abc}"),
        ("api_key=hunter2&model=x", "api_key={hunter2}&model=x"),
        ('{"password": "hunter2", "a": 1}', '{"password": "{hunter2}", "a": 1}'),
        (r"{\"token\": \"hunter2\"}", r"{\"token\": \"{hunter2}\"}"),
        ("signature='abc' token: def", "signature='{abc}' token: {def}"),
        (f"the key {KEY} is wrong", f"the key {{{KEY}}} is wrong"),
        (f"the key x{KEY}x is wrong", f"the key x{{{KEY}}}x is wrong"),
        ("see data:image/png;base64,iVBOR= and", "see data:image/png;base64,{iVBOR=} and"),
        ("sk-other-0123456789 and", "{sk-other-0123456789} and"),
    ],
)
def test_only_the_secret_is_replaced(text: str, kept: str) -> None:
    assert scrub_text(text, SECRETS) == filled(kept)


def test_a_key_cut_short_in_a_message_does_not_show_its_beginning_or_its_end() -> None:
    told = scrub_text(f"got '{KEY[:14]}…', ending in '…{KEY[-9:]}'", SECRETS)
    assert told == f"got '{digest(KEY[:14], SALT)}…', ending in '…{digest(KEY[-9:], SALT)}'"


def test_a_short_key_is_replaced_where_it_stands_alone_and_nowhere_else() -> None:
    assert scrub_text(SHORT, SECRETS) == digest(SHORT, SALT)
    assert scrub_text(f"x{SHORT}x", SECRETS) == f"x{SHORT}x"


@pytest.mark.parametrize("size", [39, 64, 5000])
def test_a_long_run_of_base64_is_replaced_and_a_path_as_long_is_not(size: int) -> None:
    payload = ("iVBORw0KGgo" * size)[:size]
    assert scrub_text(f"see {payload}== here", SECRETS) == f"see {digest(f'{payload}==', SALT)} here"
    path = "/v2/segment" * (min(size, 330) // 11)
    assert scrub_text(path, SECRETS) == path


def test_wrapped_base64_goes_with_its_last_short_line() -> None:
    payload = "\n".join(["iVBORw0KGgo" * 6] * 3 + ["AAAA"])
    assert scrub_text(f"x {payload}", SECRETS) == f"x {digest(payload.replace(chr(10), ''), SALT)}"


def test_a_long_text_is_replaced_as_a_whole_but_for_the_label_of_a_data_uri() -> None:
    text = "a cat and " * LONGEST_TEXT
    assert scrub_text(text, NOBODYS) == digest(text, SALT)
    image = "iVBOR" * LONGEST_TEXT
    assert (
        scrub_text(f"data:image/png;base64,{image}", NOBODYS)
        == f"data:image/png;base64,{digest(image, SALT)}"
    )


LAYERS = (
    quote(KEY, safe=""),
    quote(quote(KEY, safe=""), safe=""),
    "".join(f"%{byte:02x}" for byte in KEY.encode()),
    KEY.replace("/", r"\/"),
    "".join(f"\\u{ord(character):04x}" for character in KEY),
    quote("".join(f"\\u{ord(character):04x}" for character in KEY)),
    quote(f"token={KEY}"),
    quote(quote(f"https://h.example/v.mp4?Signature={KEY}")),
)


@pytest.mark.parametrize("hidden", LAYERS)
def test_a_secret_below_layers_of_escapes_is_found(hidden: str) -> None:
    told = scrub_text(f"no such thing: {hidden}, said the server", SECRETS)
    assert not leaks(told, KEY[8:-8])
    assert told.startswith("no such thing: ")
    assert told.endswith(" said the server")


def test_a_word_below_more_layers_than_anybody_needs_is_replaced() -> None:
    word = "100%"
    for _ in range(7):
        word = quote(word)
    assert scrub_text(f"a {word} b", SECRETS) == f"a {digest(word, SALT)} b"


hostile = st.one_of(
    st.text(),
    st.text("%25abc\\u0041/=&?#:@\"' \n.-+"),
    st.lists(
        st.sampled_from(
            [
                *[
                    "data:",
                    "bearer,",
                    "token=",
                    "//",
                    "@",
                    "eyJ",
                    ".",
                    "sk-",
                    "%",
                    "\\u00",
                    "?",
                    "&",
                    "#",
                    "sha256:",
                ],
                *("data:image/png;base64,", "A" * 45, "\n", '"', " ", KEY, KEY[:9], KEY[-9:]),
            ]
        ),
        max_size=15,
    ).map("".join),
)


@pytest.mark.parametrize(
    "text",
    [
        f"the key {KEY} and {KEY[:9]}… and {SHORT}",
        "token=hunter2&x=https://me:pw@h.example/p?a=b#c=d",
        f"data:image/png;base64,{'iVBOR' * 20} Authorization: Basic {'dXNlcjpwYXNz'}",
        *LAYERS,
    ],
)
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    once = scrub_text(text, SECRETS)
    assert once != text
    assert scrub_text(once, SECRETS) == once


@given(hostile, hostile)
def test_a_key_is_never_left_standing_whatever_is_around_it(before: str, after: str) -> None:
    assert KEY not in scrub_text(before + KEY + after, SECRETS)


@given(hostile, hostile, st.integers(0, 3))
def test_a_key_is_never_left_below_layers_of_percent_encoding(before: str, after: str, layers: int) -> None:
    hidden = KEY
    for _ in range(layers):
        hidden = quote(hidden, safe="")
    assume("%" not in before[-2:])
    assert not leaks(scrub_text(f"{before} {hidden} {after}", SECRETS), KEY)


@given(st.text(max_size=300))
def test_what_is_called_plain_is_not_changed(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    if is_plain(raw, NOBODYS) and text not in NOBODYS.keys:
        assert scrub_text(text, NOBODYS) == text


# Were they not plain, the quick look would be of no use.
@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"video-01","prompt":"A cat walks along a sunny beach at dawn","enhance_prompt":true,"duration":6}',
        f'{{"id":"{JOB}","status":"queued","meta":{{"usage":{{"credits_used":0}}}}}}'.encode(),
    ],
)
def test_usual_bodies_are_plain(body: bytes) -> None:
    assert is_plain(body, SECRETS)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
@pytest.mark.parametrize(
    "text",
    [
        *["data:", "eyJaaaaaa-", "token", "%25", "//", "a/", "\\u0041", "x=", "//@:"],
        *("a" * 38 + " ", "bearer ", KEY[:8], "a\n", "a" * 39 + "\na" * 9),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    hostile_text = (text * LONGEST_TEXT)[:LONGEST_TEXT]
    scrub_text(hostile_text, SECRETS)


# URLs


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (
            "https://h.example/v.mp4?Expires=a&Signature=b",
            "https://h.example/v.mp4?Expires={a}&Signature={b}",
        ),
        ("https://h.example/v.mp4?x=a&y=", "https://h.example/v.mp4?x={a}&y="),
        ("https://h.example/v.mp4?a", "https://h.example/v.mp4?{a}"),
        ("https://h.example/v.mp4#access_token=a", "https://h.example/v.mp4#access_token={a}"),
        ("https://h.example/page#part", "https://h.example/page#part"),
        ("https://a:b@h.example:8080/p", "https://{a}:{b}@h.example:8080/p"),
        ("https://a@h.example/p", "https://{a}@h.example/p"),
        ("//a:b@h.example/p?x=a", "//{a}:{b}@h.example/p?x={a}"),
        ("https://cdn.example/@scope/package@1.0/x.js", "https://cdn.example/@scope/package@1.0/x.js"),
        ("https://h.example:8080/@me", "https://h.example:8080/@me"),
        ("/v.mp4?signature=a", "/v.mp4?signature={a}"),
        ("ftp://h.example/?X-Amz-Credential=a%2Fb", "ftp://h.example/?X-Amz-Credential={a/b}"),
    ],
)
def test_a_urls_query_and_user_are_credentials(url: str, kept: str) -> None:
    expected = filled(kept)
    assert scrub_url(url, NOBODYS) == expected
    if "//" in url:
        assert scrub_text(f"see {url} there", NOBODYS) == f"see {expected} there"


def test_a_password_with_a_slash_that_it_may_not_have_is_found() -> None:
    assert "hunter2" not in scrub_url("https://me:hun/hunter2@h.example/p", NOBODYS)


# Queries


@pytest.mark.parametrize(
    "query",
    [
        f"generation_id={JOB}",
        f"generation_id={JOB}%3Avendor%2Fmodel",
        "id=a+b&x=%e4%B8%80&&y",
        "id=-nanoid_with-21chars",
        "",
        "=",
    ],
)
def test_a_query_without_secrets_stays_as_it_was_sent(query: str) -> None:
    assert scrub_query(query, SECRETS) == query


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("expires=s&signature=s&id=1", "expires={s}&signature={s}&id=1"),
        (
            "X-Amz-Date=s&X-Amz-Credential=s&X-Amz-Whatever=s",
            "X-Amz-Date={s}&X-Amz-Credential={s}&X-Amz-Whatever={s}",
        ),
        ("key=s", "key={s}"),
        ("%73ignature=s&s%69g=s", "%73ignature={s}&s%69g={s}"),
        ("TOKEN=s&Api-Key=s", "TOKEN={s}&Api-Key={s}"),
        ("a=1;token=s", "a=1;token={s}"),
        ("token=&x=1", "token=&x=1"),
        ("token=s=t", "token={s=t}"),
    ],
)
def test_signatures_and_keys_leave_a_query(query: str, kept: str) -> None:
    assert scrub_query(query, NOBODYS) == filled(kept)


@pytest.mark.parametrize(
    "sent", [quote(KEY, safe=""), KEY, quote(quote(KEY)), KEY.replace("/", "%2f"), quote(KEY)]
)
@pytest.mark.parametrize("query", ["id={}", "x=1&id=a{}b", "{}", "{}=1", "u=https://h/%3Fa={}"])
def test_a_key_leaves_a_query_wherever_and_however_it_stands(query: str, sent: str) -> None:
    assert not leaks(scrub_query(query.format(sent), SECRETS), KEY)


def test_a_key_with_a_plus_that_was_sent_as_it_is_leaves_too() -> None:
    assert not leaks(scrub_query("id=ab+cdefghijklm", Secrets(SALT, ("ab+cdefghijklm",))), "cdefghijklm")


def test_a_query_that_is_a_credential_keeps_its_names_only() -> None:
    told = scrub_query("e=1&anything=two&three", NOBODYS, credential=True)
    assert told == f"e={digest('1', SALT)}&anything={digest('two', SALT)}&{digest('three', SALT)}"


@given(st.lists(st.tuples(st.text("abc", max_size=20), st.text(max_size=5)), max_size=4))
def test_names_and_order_of_a_query_stay(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    told = scrub_query(query, NOBODYS, credential=True)
    assert [name for name, _ in parse_qsl(told, keep_blank_values=True)] == [
        name for name, _ in parse_qsl(query, keep_blank_values=True)
    ]


@given(hostile, hostile, st.integers(0, 3), st.booleans())
def test_a_key_is_never_left_in_a_query(before: str, after: str, layers: int, credential: bool) -> None:  # noqa: FBT001 - drawn
    hidden = KEY
    for _ in range(layers):
        hidden = quote(hidden, safe="")
    assume("%" not in before[-2:])
    assert not leaks(scrub_query(f"{before}{hidden}{after}", SECRETS, credential=credential), KEY)


@pytest.mark.parametrize(
    "query", ["expires=1&signature=ab%2Fc&id=1", f"x={quote(KEY)}", "u=https://h.example/?a=b"]
)
def test_a_scrubbed_query_is_not_scrubbed_further(query: str) -> None:
    once = scrub_query(query, SECRETS)
    assert once != query
    assert scrub_query(once, SECRETS) == once


# Headers


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("authorization", f"Bearer {KEY}", f"Bearer {{{KEY}}}"),
        ("Authorization", f"bearer  {KEY} ", f"bearer {{{KEY}}}"),
        ("authorization", KEY, f"{{{KEY}}}"),
        ("x-api-key", KEY, f"{{{KEY}}}"),
        ("x-anything", KEY, f"{{{KEY}}}"),
        ("x-anything", f"my {KEY}", f"my {{{KEY}}}"),
        ("referer", "https://h.example/p", "https://h.example/p"),
        ("user-agent", "python/3", "python/3"),
        ("prefer", "scenario=flaky", "scenario=flaky"),
        ("cookie", "", ""),
    ],
)
def test_of_a_header_field_the_secret_goes(name: str, value: str, kept: str) -> None:
    assert scrub_headers([(name, value)], SECRETS) == ((name, filled(kept)),)


@pytest.mark.parametrize(
    "name", ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-auth-token"]
)
@pytest.mark.parametrize("value", ["hunter2 swordfish", "hunter2", "a=hunter2; b=swordfish", "Bearerhunter2"])
def test_of_a_credential_nothing_but_a_known_scheme_is_shown(name: str, value: str) -> None:
    ((_, told),) = scrub_headers([(name, value)], NOBODYS)
    assert "hunter2" not in told
    assert "swordfish" not in told


def test_a_short_key_in_another_header_is_found() -> None:
    assert scrub_headers([("x-user", SHORT)], SECRETS) == (("x-user", digest(SHORT, SALT)),)


def test_equal_secrets_stay_recognisable_wherever_they_stand() -> None:
    stand_in = digest(KEY, SALT)
    assert stand_in in scrub_headers([("authorization", f"Bearer {KEY}")], SECRETS)[0][1]
    assert stand_in in scrub_query(f"token={quote(KEY, safe='')}", SECRETS)
    assert stand_in in scrub_text(f"wrong key {KEY}", SECRETS)
    assert stand_in in scrub_url(f"https://{quote(KEY, safe='')}@h.example/", SECRETS)
    assert stand_in in scrub_text(json.dumps({"api_key": KEY}), SECRETS)
