import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.proxy.forwarding import (
    CONNECTION_FIELDS,
    BadUpstream,
    RawFields,
    Upstream,
    end_to_end,
    has_body,
    parse_upstream,
    refusal,
    request_fields,
    target_of,
)

HERE = Upstream("https", "api.example", 443, "/v2")
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABC-", min_size=1, max_size=12).map(str.encode)
FIELDS = st.lists(st.tuples(TOKENS, TOKENS), max_size=6)


@pytest.mark.parametrize(
    ("url", "upstream", "authority"),
    [
        ("https://api.example", Upstream("https", "api.example", 443), "api.example"),
        ("http://API.example:8080/", Upstream("http", "api.example", 8080), "api.example:8080"),
        ("https://api.example:443/v2/", HERE, "api.example"),
        ("http://[::1]:81", Upstream("http", "::1", 81), "[::1]:81"),
    ],
)
def test_an_upstream_is_an_origin_with_a_base(url: str, upstream: Upstream, authority: str) -> None:
    assert parse_upstream(url) == upstream
    assert upstream.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example",
        "ftp://api.example",
        "http://",
        "http://:80",
        "https://me:geheim@api.example",
        "https://api.example/?key=geheim",
        "https://api.example/#geheim",
        "http://a:99999",
        "http://a:x",
        "http://[::1",
        "http://a b",
        "http://a/b c",
        "http://exämple",
        "http://a/ä",
        "http://a\n",
    ],
)
def test_anything_else_is_refused_without_repeating_secrets(url: str) -> None:
    with pytest.raises(BadUpstream) as problem:
        parse_upstream(url)
    assert "geheim" not in str(problem.value)


@given(st.text(max_size=40))
def test_parsing_an_upstream_is_total(text: str) -> None:
    with contextlib.suppress(BadUpstream):
        assert parse_upstream(f"http://{text}").origin.isascii()


@given(FIELDS)
def test_end_to_end_fields_pass_in_order_and_as_written(fields: RawFields) -> None:
    named = {field[0].lower() for field in fields} & CONNECTION_FIELDS
    if not named:
        assert end_to_end(fields) == fields
    assert [field for field in fields if field in end_to_end(fields)] == end_to_end(fields)


@given(FIELDS, st.lists(TOKENS, max_size=3))
def test_no_field_of_the_connection_passes(fields: RawFields, named: list[bytes]) -> None:
    passed = end_to_end([*fields, (b"CONNECTION", b" , ".join(named)), (b"Te", b"x"), (b"Upgrade", b"x")])
    dropped = CONNECTION_FIELDS | {name.lower() for name in named}
    assert not [name for name, _ in passed if name.lower() in dropped]


def test_connection_cannot_name_away_what_a_message_needs() -> None:
    fields = [
        (b"Connection", b"Content-Length, Authorization, X-A"),
        (b"Content-Length", b"1"),
        (b"X-A", b""),
    ]
    assert end_to_end(fields) == [(b"Content-Length", b"1")]


def test_a_request_goes_out_with_upstreams_host_alone() -> None:
    fields = [(b"host", b"localhost"), (b"Accept", b"*/*"), (b"Expect", b"100-continue")]
    expected = [(b"Host", b"api.example"), (b"Accept", b"*/*"), (b"Connection", b"close")]
    assert request_fields(fields, HERE) == expected


def test_a_chunked_body_has_no_length_beside_it() -> None:
    fields = [(b"Transfer-Encoding", b"chunked"), (b"Content-Length", b"3")]
    assert dict(request_fields(fields, HERE)).keys() == {b"Host", b"Transfer-Encoding", b"Connection"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], False),
        ([(b"Content-Length", b"0")], False),
        ([(b"content-length", b"000")], False),
        ([(b"Content-Length", b"10")], True),
        ([(b"Transfer-Encoding", b"chunked")], True),
    ],
)
def test_a_body_is_announced(fields: RawFields, *, expected: bool) -> None:
    assert has_body(fields) is expected


def test_a_target_is_put_behind_the_base_byte_by_byte() -> None:
    assert target_of(b"//a/../%zz?\xff", HERE) == b"/v2//a/../%zz?\xff"


@pytest.mark.parametrize("upgrade", [b"h2c", b" H2C "])
def test_what_may_be_ignored_is_not_refused(upgrade: bytes) -> None:
    assert refusal(b"GET", b"/", [(b"Upgrade", upgrade), (b"Expect", b"100-Continue")]) is None


@pytest.mark.parametrize(
    ("method", "target", "fields", "status"),
    [
        (b"CONNECT", b"a:1", [], 400),
        (b"GET", b"http://a/", [], 400),
        (b"GET", b"/", [(b"UPGRADE", b"websocket")], 501),
        (b"GET", b"/", [(b"Expect", b"200-ok")], 417),
    ],
)
def test_what_cannot_be_forwarded_is_refused(
    method: bytes, target: bytes, fields: RawFields, status: int
) -> None:
    trouble = refusal(method, target, fields)
    assert trouble is not None
    assert trouble.status == status
    assert trouble.body()["status"] == status
    assert set(trouble.body()) == {"type", "title", "status", "detail"}
