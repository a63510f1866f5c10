import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive

from bodydouble.mockserver.http.messages import Request, Response
from bodydouble.mockserver.http.sending import Disconnected, TooLarge, combined, origin_of, read_body, reply

HERE = ("127.0.0.1", 8000)


def arriving(*messages: Message) -> Receive:
    script: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        return next(script)

    return receive


def part(body: bytes, more: bool = True) -> Message:  # noqa: FBT001, FBT002 - as ASGI has it
    return {"type": "http.request", "body": body, "more_body": more}


def body_of(*messages: Message, limit: int = 10, declared: bytes | None = None) -> bytes:
    headers = {} if declared is None else {b"content-length": declared}
    return asyncio.run(read_body(headers, arriving(*messages), limit))


# The body


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=6))
def test_a_body_is_its_parts_in_order(parts: list[bytes]) -> None:
    messages = [part(each, number < len(parts) - 1) for number, each in enumerate(parts)]
    assert body_of(*messages, limit=24) == b"".join(parts)


def test_a_message_may_leave_out_what_is_empty() -> None:
    assert body_of({"type": "http.request"}) == b""
    assert body_of({"type": "http.request", "more_body": True}, part(b"a", more=False)) == b"a"


def test_a_body_may_have_as_many_bytes_as_the_limit_and_not_one_more() -> None:
    assert body_of(part(b"0" * 5), part(b"0" * 5, more=False)) == b"0" * 10
    with pytest.raises(TooLarge):
        body_of(part(b"0" * 5), part(b"0" * 6, more=False))


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(TooLarge):
        body_of(part(b"0" * 11))  # receiving once more would be an error


@pytest.mark.parametrize("declared", [b"11", b"0011", b"99999999999999999999", b"9" * 5000])
def test_a_body_that_says_it_is_too_large_is_not_read_at_all(declared: bytes) -> None:
    with pytest.raises(TooLarge):
        body_of(declared=declared)


@pytest.mark.parametrize("declared", [b"", b"-1", b"x", b"1e9", b"\xb2"])
def test_a_length_that_is_none_is_left_to_the_server(declared: bytes) -> None:
    assert body_of(part(b"ab", more=False), declared=declared) == b"ab"


@pytest.mark.parametrize("read", [(), (part(b'{"a": 1}'),)])
def test_a_client_that_goes_away_has_sent_nothing(read: tuple[Message, ...]) -> None:
    with pytest.raises(Disconnected):
        body_of(*read, {"type": "http.disconnect"})


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.sampled_from([b"1", b"2"]))))
def test_a_field_that_stands_several_times_is_one_list(fields: list[tuple[bytes, bytes]]) -> None:
    made = combined(fields)
    for name in (b"a", b"b"):
        values = [value for each, value in fields if each == name]
        assert made.get(name) == (b", ".join(values) if values else None)


# The reply


def test_a_reply_is_sent_whole() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(reply(Response(418, [(b"x", b"y")], b"tea"), send))
    assert sent == [
        {"type": "http.response.start", "status": 418, "headers": [(b"x", b"y")]},
        {"type": "http.response.body", "body": b"tea"},
    ]


# The origin


def named(host: bytes) -> str:
    return origin_of(Request("GET", "/", headers={b"host": host}, server=HERE))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "api.example.com",
        "127.0.0.1:80",
        "[::1]:8000",
        "[::1]",
        "a_b-c.d",
        "xn--e1a",
    ],
)
def test_the_origin_is_the_one_the_client_named(host: str) -> None:
    assert named(host.encode()) == f"http://{host}"


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"a b",
        b"a/b",
        b"user@evil",
        b'"><script>',
        b"a\r\nx: y",
        b"h:port",
        b"h:123456",
        b"[zz]",
        b"\xff",
        b"x" * 300,
        b"evil.com?x=",
        b"evil.com#",
        b"evil.com\\",
    ],
)
def test_a_host_that_is_none_is_not_repeated(host: bytes) -> None:
    assert named(host) == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("server", "origin"),
    [
        (("::1", 8000), "https://[::1]:8000"),
        (("example.com", None), "https://example.com"),
        (("/run/double.sock", None), "https://localhost"),
        (None, "https://localhost"),
    ],
)
def test_without_a_host_the_address_of_the_server_stands_in(
    server: tuple[str, int | None] | None, origin: str
) -> None:
    assert origin_of(Request("GET", "/", scheme="https", server=server)) == origin


@given(st.binary(max_size=40))
def test_no_host_whatever_breaks_out_of_the_url(host: bytes) -> None:
    origin = named(host)
    assert origin.startswith("http://")
    assert not set("/?#@\\ \t\r\n\"'<>") & set(origin.removeprefix("http://"))
