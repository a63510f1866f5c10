"""Between steps and the HTTP library: the key goes to one origin, and nothing that holds it comes back."""

import asyncio
import json
from types import SimpleNamespace

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bodydouble.client import ConfigurationError
from bodydouble.client.exchange import EXPECTED, Envelope, Trail, tick
from bodydouble.client.keys import Key
from bodydouble.client.steps import Request
from bodydouble.client.transport import Deadline

KEY = "sk-0123456789abcdef"
ENVELOPE = Envelope(
    key=Key(KEY), root="https://api.example/prefix", key_header="Authorization", key_scheme="Bearer"
)


def sealed(request: Request) -> httpx2.Request:
    return ENVELOPE.seal(request, Deadline(5), Trail(), is_async=False)


def test_the_key_is_added_for_the_configured_origin() -> None:
    request = sealed(Request(method="GET", url="https://api.example/v2/x", authorized=True))
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "url",
    ["http://api.example/x", "https://api.example.evil/x", "https://evil/x", "https://api.example:8443/x"],
)
def test_the_key_is_never_added_for_another(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not at the configured origin"):
        sealed(Request(method="GET", url=url, authorized=True))
    assert "authorization" not in sealed(Request(method="GET", url=url)).headers


PARTS = [
    "https://",
    "http://",
    "api.example",
    "API.EXAMPLE",
    "evil",
    "@",
    ":",
    "443",
    "/",
    "\\",
    "?",
    "#",
    "%40",
]
PARTS += [".", ";", "[", "]", "\u3002", "\uff0f", "\t", "x"]


@example(["https://", "api.example", "\\", "@", "evil", "/"])
@example(["https://", "api.example", ":", "443", "@", "evil"])
@example(["https://", "API.EXAMPLE", ":", "443", "/", "x"])
@given(st.lists(st.sampled_from(PARTS), max_size=8))
def test_whatever_the_url_the_key_is_added_for_no_other_origin(parts: list[str]) -> None:
    try:
        request = sealed(Request(method="GET", url="".join(parts), authorized=True))
    except (ConfigurationError, httpx2.InvalidURL):
        return
    assert (request.url.scheme, request.url.host, request.url.port) == ("https", "api.example", None)


def test_the_key_is_never_added_unasked() -> None:
    assert "authorization" not in sealed(Request(method="GET", url="https://api.example/v.mp4")).headers


def test_an_echoed_key_is_masked_in_body_and_head() -> None:
    response = httpx2.Response(401, headers={"X-Echo": f"Bearer {KEY}"})
    reply = ENVELOPE.reply(response, f'{{"message": "bad key {KEY}"}}'.encode(), f"lost {KEY}")
    assert KEY not in repr(reply.headers) + repr(reply.body) + reply.cut
    assert b"bad key ***" in reply.body


def test_an_echoed_key_is_masked_also_where_json_escapes_it() -> None:
    envelope = Envelope(
        key=Key("sk/0123456789"), root="https://a", key_header="Authorization", key_scheme="Bearer"
    )
    reply = envelope.reply(httpx2.Response(401), b'{"message": "bad key sk\\/0123456789"}')
    assert json.loads(reply.body) == {"message": "bad key ***"}


def test_a_short_key_does_not_garble_honest_replies() -> None:
    envelope = Envelope(key=Key("e"), root="https://a", key_header="Authorization", key_scheme="Bearer")
    assert (
        envelope.reply(httpx2.Response(200), b'{"status": "generating"}').body == b'{"status": "generating"}'
    )


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx2.ConnectError("x"), False),
        (httpx2.ConnectTimeout("x"), False),
        (httpx2.PoolTimeout("x"), False),
        (httpx2.ProxyError("x"), False),
        (httpx2.UnsupportedProtocol("x"), False),
        (httpx2.LocalProtocolError("x"), False),
        (httpx2.InvalidURL("x"), False),
        (httpx2.WriteError("x"), True),
        (httpx2.WriteTimeout("x"), True),
        (httpx2.ReadError("x"), True),
        (httpx2.ReadTimeout("x"), True),
        (httpx2.RemoteProtocolError("x"), True),
        (httpx2.CloseError("x"), True),
        (httpx2.DecodingError("x"), True),
    ],
)
def test_what_may_have_been_sent(error: Exception, *, sent: bool) -> None:
    assert isinstance(error, EXPECTED)
    assert ENVELOPE.failed(error, Trail()).sent is sent


def test_a_deadline_before_the_first_byte_means_not_sent() -> None:
    connecting = Trail(["connection.connect_tcp.started"])
    sending = Trail(["connection.connect_tcp.complete", "http11.send_request_headers.started"])
    assert not ENVELOPE.failed(None, connecting).sent
    assert ENVELOPE.failed(None, sending).sent
    assert ENVELOPE.failed(None, Trail()).sent, "a transport that tells nothing may have sent"
    assert not ENVELOPE.failed(None, Trail(complete=True)).sent, "one that tells all has not even connected"
    assert ENVELOPE.failed(None, Trail(sending.names, complete=True)).sent


def test_what_fails_after_the_head_was_sent_was_sent_whatever_it_is_called() -> None:
    trail = Trail(["http11.send_request_headers.started", "http11.send_request_headers.complete"])
    assert ENVELOPE.failed(httpx2.LocalProtocolError("x"), trail).sent
    assert ENVELOPE.failed(httpx2.ConnectError("dialled anew"), trail).sent
    assert not ENVELOPE.failed(httpx2.LocalProtocolError("x"), Trail(trail.names[:1])).sent


def test_a_trail_is_kept_in_both_worlds() -> None:
    trail = Trail()
    trail.follow("a", {})
    asyncio.run(trail.follow_async("b", {}))
    assert trail.names == ["a", "b"]


def test_a_reason_does_not_quote_what_may_be_content() -> None:
    assert "secret" not in ENVELOPE.reason(httpx2.LocalProtocolError("Illegal header value b'secret'"))
    assert "secret" not in ENVELOPE.reason(httpx2.RemoteProtocolError("illegal status line b'secret'"))
    assert "refused" in ENVELOPE.reason(httpx2.ConnectError("[Errno 111] Connection refused"))
    assert KEY not in ENVELOPE.reason(httpx2.ReadError(KEY))


def test_budgets_are_counted_by_a_clock_that_nobody_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: 5.0, time=lambda: 1.8e9)
    monkeypatch.setattr("bodydouble.client.exchange.time", clock)
    for told in (tick(), ENVELOPE.failed(None, Trail()), ENVELOPE.reply(httpx2.Response(200))):
        assert (told.now, told.wall) == (5.0, 1.8e9)


def test_time_goes_forward() -> None:
    first, second = tick(), tick()
    assert second.now >= first.now
    assert first.wall > 1.7e9
