import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bodydouble.contracts.checks.exchanges import Ending
from bodydouble.contracts.verify.asking import Asked, Meant, result
from bodydouble.contracts.verify.url_target import BadURL, UrlTarget, checked, is_loopback
from tests.mockserver.upstreams import Link, Script, Upstream, answering, upstream

ASKED = Asked(Meant.CREATE, "POST", "/jobs?x=%20", (("content-type", "application/json"),), b"{}")
POLL = Asked(Meant.POLL, "GET", "/jobs")


@contextmanager
def target(script: Script, key: str = "sesame", base: str = "") -> Iterator[tuple[UrlTarget, Upstream]]:
    with upstream(script) as server, closing(UrlTarget(server.url + base, time.monotonic, key, 5)) as made:
        yield made, server


def test_a_request_arrives_with_the_key_below_the_base() -> None:
    with target(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", body=2), base="/base") as (
        asks,
        server,
    ):
        exchange = asks.ask(ASKED)
    assert server.heads[0].startswith(b"POST /base/jobs?x=%20 HTTP/1.1")
    assert b"authorization: bearer sesame" in server.heads[0].lower()
    assert (exchange.status, exchange.reply.decoded, exchange.path) == (200, b"{}", "/jobs")
    assert exchange.request.field("authorization") == "Bearer [key]"


def test_without_a_key_none_is_sent_and_a_result_never_gets_it() -> None:
    with target(answering(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")) as (asks, server):
        asks.ask(Asked(Meant.KEYLESS, "GET", "/jobs", keyed=False))
        asks.ask(result(f"{server.url}/x.mp4?s=1"))
    assert not [head for head in server.heads if b"authorization" in head.lower()]


def test_a_reply_that_breaks_off_is_cut_and_what_came_is_kept() -> None:
    with target(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234")) as (asks, _):
        exchange = asks.ask(POLL)
    assert (exchange.ending, exchange.reply.body.content) == (Ending.CUT, b"1234")


def test_no_reply_is_an_exchange_too() -> None:
    with target(Link.reset) as (asks, _):
        exchange = asks.ask(POLL)
    assert (exchange.status, exchange.ending) == (0, Ending.LOST)
    assert exchange.trouble


def test_nobody_who_listens_is_an_exchange_too() -> None:
    with upstream(answering()) as server:
        url = server.url
    with closing(UrlTarget(url, time.monotonic)) as asks:
        assert asks.ask(POLL).ending is Ending.LOST


def test_requests_at_once_are_under_way_together() -> None:
    both = threading.Barrier(2, timeout=60)

    def script(link: Link) -> None:
        link.head()
        both.wait()
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with target(script) as (asks, _):
        exchanges = asks.ask_together((POLL, POLL))
    assert [exchange.status for exchange in exchanges] == [200, 200]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://a.example",
        "http://",
        "http://u:p@a.example",
        "http://a.example/?x=1",
        "http://a.example/#f",
        "http://a:99999",
    ],
)
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(BadURL):
        checked(url)


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(BadURL) as problem:
        checked("http://user:hunter2@a.example")
    assert "hunter2" not in str(problem.value)


def test_a_url_loses_the_slash_at_its_end() -> None:
    assert checked("https://a.example/base/") == "https://a.example/base"
    assert is_loopback("http://localhost:8000")
    assert not is_loopback("https://a.example")


def test_only_web_addresses_are_fetched() -> None:
    with closing(UrlTarget("http://127.0.0.1:1", time.monotonic)) as asks:
        assert asks.reaches("https://cdn.example/x")
        assert not asks.reaches("file:///etc/passwd")
        assert not asks.reaches("http://[")
