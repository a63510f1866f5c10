"""Over real sockets: raw clients, a proxy in its own event loop, and upstreams of the standard library."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
import pytest

from bodydouble.contracts.checks.exchanges import Ending, Exchange
from bodydouble.mockserver.proxy.forwarding import Upstream, parse_upstream
from bodydouble.mockserver.proxy.proxy_server import serve
from bodydouble.mockserver.proxy.proxying import Proxy, trouble_of
from bodydouble.mockserver.serving import listen
from tests.limits import with_time
from tests.mockserver.upstreams import Link, answering, get, raw, split, upstream

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MEGA = 1024 * 1024


@dataclass
class Running:
    port: int
    seen: list[Exchange] = field(default_factory=list)

    def saw(self, count: int = 1) -> list[Exchange]:
        """Wait for that many exchanges."""
        deadline = time.monotonic() + 60
        while len(self.seen) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.seen


@contextmanager
def proxied(url: str, timeout: float = 60) -> Iterator[Running]:
    """A proxy in a thread of its own."""
    listener = listen("127.0.0.1", 0)
    running = Running(listener.getsockname()[1])
    ready: list[Callable[[], object]] = []
    started = threading.Event()

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        ready.append(lambda: loop.call_soon_threadsafe(stop.set))
        started.set()
        await serve(Proxy(parse_upstream(url), running.seen.append, timeout=timeout), listener, stop)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    started.wait(60)
    try:
        yield running
    finally:
        ready[0]()
        thread.join(60)
        assert not thread.is_alive()


def test_status_reason_headers_and_bytes_pass_as_they_are() -> None:
    reply = (
        b"HTTP/1.1 299 Just About Fine\r\nX-CamelCase: a\r\n"
        b"X-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 4\r\n\r\n\x00\xff\r\n"
    )
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        told = raw(proxy.port, get("/a%2Fb//c?d=%20&e", "X-Mine: 1", "Accept-Encoding: br, zstd"))
    first, _, body = split(told)
    assert first == b"HTTP/1.1 299 Just About Fine"
    assert b"X-CamelCase: a\r\nX-Twice: 1\r\nX-Twice: 2\r\n" in told
    assert body == b"\x00\xff\r\n"
    head = served.heads[0]
    assert head.startswith(b"GET /a%2Fb//c?d=%20&e HTTP/1.1\r\n")
    assert b"Host: 127.0.0.1:%d\r\n" % served.port in head
    assert b"Accept-Encoding: br, zstd\r\n" in head
    assert b"X-Mine: 1\r\n" in head
    assert head.lower().count(b"host:") == 1


def test_nothing_is_added_to_a_request_but_what_ends_the_connection() -> None:
    with upstream(answering(OK)) as served, proxied(served.url) as proxy:
        raw(proxy.port, get())
    host = b"Host: 127.0.0.1:%d" % served.port
    assert served.heads == [b"GET / HTTP/1.1\r\n" + host + b"\r\nConnection: close\r\n\r\n"]


def test_a_compressed_body_is_not_touched() -> None:
    packed = b"\x1f\x8bnot even gzip"
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (
        len(packed),
        packed,
    )
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        _, fields, body = split(raw(proxy.port, get()))
    assert body == packed
    assert fields[b"content-encoding"] == b"gzip"


def test_a_redirect_goes_back_and_the_key_nowhere() -> None:
    with upstream(answering(OK)) as elsewhere:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}/x\r\nContent-Length: 0\r\n\r\n".encode()
        with upstream(answering(moved)) as served, proxied(served.url) as proxy:
            first, fields, _ = split(raw(proxy.port, get("/", "Authorization: Bearer k")))
    assert first == b"HTTP/1.1 302 Found"
    assert fields[b"location"] == f"{elsewhere.url}/x".encode()
    assert elsewhere.heads == []


def test_hop_by_hop_fields_stay_on_their_hop() -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
        b"Keep-Alive: timeout=5\r\nContent-Length: 0\r\nX-End: 1\r\n\r\n"
    )
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        asked = (
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\n"
            b"X-Mine: 1\r\nTE: trailers\r\nX-Stay: 1\r\n\r\n"
        )
        _, fields, _ = split(raw(proxy.port, asked))
    assert b"x-hop" not in fields
    assert b"keep-alive" not in fields
    assert fields[b"x-end"] == b"1"
    head = served.heads[0].lower()
    assert b"x-mine" not in head
    assert b"te:" not in head
    assert b"x-stay: 1" in head


def test_a_chunked_reply_with_trailers_comes_whole() -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\n"
        b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n"
    )
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        told = httpx2.get(f"http://127.0.0.1:{proxy.port}/", trust_env=False, timeout=60)
    assert told.content == b"abcdefg"
    assert "trailer" not in told.headers


def test_a_chunked_request_stays_chunked() -> None:
    def script(link: Link) -> None:
        link.head()
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += link.socket.recv(100)
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    with upstream(script) as served, proxied(served.url) as proxy:
        asked = (
            b"POST / HTTP/1.1\r\nHost: a\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
        )
        _, _, body = split(raw(proxy.port, asked))
    assert body.replace(b"\r\n", b"").endswith(b"0")
    assert b"abc" in body
    assert b"content-length" not in served.heads[0].lower()


@pytest.mark.parametrize(
    ("method", "reply", "kept"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", b"12345"),
        ("GET", b'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "a"\r\n\r\n', b"99"),
        ("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n", None),
    ],
)
def test_replies_without_a_body_end_at_once(method: str, reply: bytes, kept: bytes | None) -> None:
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        first, fields, body = split(raw(proxy.port, get(method=method)))
    assert first == reply.split(b"\r\n")[0]
    assert body == b""
    assert fields.get(b"content-length") == kept


def test_one_connection_serves_several_requests() -> None:
    with (
        upstream(answering(OK)) as served,
        proxied(served.url) as proxy,
        httpx2.Client(trust_env=False, timeout=60) as client,
    ):
        told = [client.get(f"http://127.0.0.1:{proxy.port}/{n}").text for n in range(5)]
        assert told == ["ok"] * 5
        assert [exchange.path for exchange in proxy.saw(5)] == [f"/{n}" for n in range(5)]


def test_pipelined_requests_are_answered_in_order() -> None:
    def script(link: Link) -> None:
        target = link.head().split()[1]
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(target), target))

    two = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2")
    with upstream(script) as served, proxied(served.url) as proxy:
        told = raw(proxy.port, two)
    assert told.index(b"/1") < told.index(b"/2")
    assert len(served.heads) == 2


def test_an_expectation_is_answered_before_the_body_is_sent() -> None:
    with upstream(answering(OK, body=3)) as served, proxied(served.url) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as client:
            client.sendall(
                b"POST / HTTP/1.1\r\nHost: a\r\n"
                b"Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 100 ")
            client.sendall(b"abc")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 OK")
        assert b"expect" not in served.heads[0].lower()


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        (get("/", "Upgrade: websocket"), 501, "upgrade-refused"),
        (get("/", "Expect: a-miracle"), 417, "expectation-unknown"),
        (get("http://elsewhere.example/"), 400, "not-a-forward-proxy"),
        (get("elsewhere.example:443", method="CONNECT"), 400, "not-a-forward-proxy"),
        (get("*", method="OPTIONS"), 400, "not-a-forward-proxy"),
        (b"nonsense\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (get("/", "Content-Length: 1", "Content-Length: 2"), 400, "bad-request"),
        (get("/", "X-Long: " + "a" * 200_000), 431, "bad-request"),
    ],
)
def test_what_cannot_be_forwarded_is_refused_in_words(asked: bytes, status: int, kind: str) -> None:
    with upstream(answering(OK)) as served, proxied(served.url) as proxy:
        first, fields, body = split(raw(proxy.port, asked))
        assert served.heads == []
    assert first.split()[1] == str(status).encode()
    assert fields[b"content-type"] == b"application/problem+json"
    told = json.loads(body)
    assert told["type"] == f"urn:bodydouble:proxy:{kind}"
    assert told["status"] == status
    assert told["detail"]


def test_an_offer_of_http_2_is_passed_over() -> None:
    with upstream(answering(OK)) as served, proxied(served.url) as proxy:
        asked = (
            b"GET / HTTP/1.1\r\nHost: a\r\n"
            b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n"
        )
        assert split(raw(proxy.port, asked))[2] == b"ok"
    assert b"settings" not in served.heads[0].lower()


def problem_of(reply: bytes) -> tuple[int, str]:
    first, _, body = split(reply)
    return int(first.split()[1]), json.loads(body)["type"].rpartition(":")[2]


def test_an_upstream_that_is_down_is_a_502_of_its_own_type() -> None:
    free = listen("127.0.0.1", 0)
    port = free.getsockname()[1]
    free.close()
    with proxied(f"http://127.0.0.1:{port}") as proxy:
        assert problem_of(raw(proxy.port, get())) == (502, "upstream-unreachable")
        assert proxy.saw()[0].ending is Ending.LOST


def test_a_name_that_does_not_exist_is_a_502() -> None:
    with proxied("http://nowhere.invalid") as proxy:
        assert problem_of(raw(proxy.port, get())) == (502, "upstream-unreachable")


def test_silence_is_a_504() -> None:
    def script(link: Link) -> None:
        link.head()
        link.rest()

    def act(limit: float) -> None:
        with upstream(script) as served, proxied(served.url, timeout=limit) as proxy:
            assert problem_of(raw(proxy.port, get())) == (504, "upstream-timeout")

    with_time(act)


@pytest.mark.parametrize(
    "reply",
    [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH_9\r\n", b"\x00\x01\x02\r\n\r\n", b"HTTP/1.1 20 X\r\n\r\n"],
)
def test_what_is_no_http_is_a_502(reply: bytes) -> None:
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        assert problem_of(raw(proxy.port, get())) == (502, "upstream-broken")


def test_a_reset_before_the_reply_is_a_502() -> None:
    def script(link: Link) -> None:
        link.head()
        link.reset()

    with upstream(script) as served, proxied(served.url) as proxy:
        assert problem_of(raw(proxy.port, get())) == (502, "upstream-broken")


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n",
    ],
)
def test_half_a_reply_is_never_taken_for_a_whole_one(reply: bytes) -> None:
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        told = raw(proxy.port, get())
        assert told.startswith(b"HTTP/1.1 200 OK")
        assert told.endswith(b"<reset>")
        (exchange,) = proxy.saw()
    assert exchange.ending is Ending.CUT
    assert exchange.trouble


def test_a_reply_longer_than_it_says_does_not_spill_into_the_next() -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    with (
        upstream(answering(reply)) as served,
        proxied(served.url) as proxy,
        httpx2.Client(trust_env=False, timeout=60) as client,
    ):
        assert [client.get(f"http://127.0.0.1:{proxy.port}/").text for _ in range(3)] == ["ok"] * 3
    assert len(served.heads) == 3


def test_a_dribble_arrives_as_it_dribbles() -> None:
    heard = threading.Semaphore(1)

    def script(link: Link) -> None:
        link.head()
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for number in range(6):
            heard.acquire(timeout=20)
            link.say(b"%d" % number)

    with upstream(script) as served, proxied(served.url) as proxy:
        pieces = []
        with httpx2.stream("GET", f"http://127.0.0.1:{proxy.port}/", trust_env=False, timeout=60) as reply:
            for piece in reply.iter_raw():
                pieces.append(piece)
                heard.release()
    assert pieces == [b"0", b"1", b"2", b"3", b"4", b"5"], "each comes before the next is sent"


def test_a_client_that_leaves_takes_the_call_with_it() -> None:
    def script(link: Link) -> None:
        link.head()
        link.rest()

    with upstream(script) as served, proxied(served.url) as proxy:
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.sendall(get())
        while not served.heads:
            time.sleep(0.01)
        client.close()
        assert served.gone.wait(60)
        (exchange,) = proxy.saw()
    assert (exchange.ending, exchange.status) == (Ending.LEFT, 0)


def test_a_client_that_leaves_in_the_middle_of_its_body_takes_the_call_with_it() -> None:
    def script(link: Link) -> None:
        link.head()
        link.rest()

    with upstream(script) as served, proxied(served.url) as proxy:
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
        while not served.heads:
            time.sleep(0.01)
        client.close()
        assert served.gone.wait(60)


@pytest.mark.parametrize("kind", [b"video/mp4", b"application/json"])
def test_200_megabytes_stream_down_and_are_not_kept(kind: bytes) -> None:
    def script(link: Link) -> None:
        link.head()
        link.say(b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, 200 * MEGA))
        for _ in range(200):
            link.say(b"x" * MEGA)

    with upstream(script) as served, proxied(served.url) as proxy:
        count = 0
        with httpx2.stream("GET", f"http://127.0.0.1:{proxy.port}/", trust_env=False, timeout=60) as reply:
            for piece in reply.iter_raw():
                count += len(piece)
        (exchange,) = proxy.saw()
    assert count == 200 * MEGA
    assert exchange.reply.body.size == 200 * MEGA
    assert exchange.reply.body.content is None


def test_200_megabytes_stream_up() -> None:
    def script(link: Link) -> None:
        link.head()
        count = 0
        while count < 200 * MEGA:
            count += len(link.socket.recv(MEGA))
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n%d" % count)

    with upstream(script) as served, proxied(served.url) as proxy:
        body = (b"x" * MEGA for _ in range(200))
        headers = {"Content-Length": str(200 * MEGA)}
        told = httpx2.post(
            f"http://127.0.0.1:{proxy.port}/", content=body, headers=headers, trust_env=False, timeout=60
        )
    assert told.text == str(200 * MEGA)


def test_a_slow_reader_holds_upstream_back() -> None:
    sent = []

    def script(link: Link) -> None:
        link.head()
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (100 * MEGA))
        for _ in range(100):
            link.say(b"x" * MEGA)
            sent.append(1)

    with upstream(script) as served, proxied(served.url) as proxy:
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.sendall(get())
        client.recv(1000)
        time.sleep(1)
        stalled = len(sent)
        client.close()
        assert served.gone.wait(60)
    assert stalled < 50


def test_many_calls_at_once_are_not_mixed() -> None:
    def script(link: Link) -> None:
        target = link.head().split()[1]
        time.sleep(0.05)
        link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(target), target))

    async def all_of(port: int) -> list[str]:
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
            asked = [client.get(f"http://127.0.0.1:{port}/{number}") for number in range(100)]
            return [reply.text for reply in await asyncio.gather(*asked)]

    with upstream(script) as served, proxied(served.url) as proxy:
        assert asyncio.run(all_of(proxy.port)) == [f"/{number}" for number in range(100)]
        assert len(served.heads) == 100


def test_an_exchange_is_seen_with_its_times_and_bodies() -> None:
    reply = b'HTTP/1.1 201 Made\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    with upstream(answering(reply, body=7)) as served, proxied(served.url + "/base") as proxy:
        httpx2.post(f"http://127.0.0.1:{proxy.port}/x?y=1", json={"b": 2}, trust_env=False, timeout=60)
        (exchange,) = proxy.saw()
    assert (exchange.method, exchange.path, exchange.query, exchange.status) == (
        "POST",
        "/base/x",
        "y=1",
        201,
    )
    assert exchange.request.json == {"b": 2}
    assert exchange.reply.json == {"a": 1}
    assert 0 < exchange.started <= exchange.answered <= exchange.ended
    assert served.heads[0].startswith(b"POST /base/x?y=1 HTTP/1.1")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (httpx2.ConnectTimeout("x"), 504),
        (httpx2.ReadTimeout("x"), 504),
        (httpx2.ConnectError("x"), 502),
        (httpx2.ReadError(""), 502),
        (OSError(), 502),
    ],
)
def test_every_failure_has_its_words(error: Exception, status: int) -> None:
    trouble = trouble_of(error, Upstream("http", "h", 80))
    assert trouble.status == status
    assert trouble.detail.startswith("http://h: ")
    assert len(trouble.detail) > len("http://h: ")


ODD = (
    b"HTTP/1.1 999 \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Latin: \xe4\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"HTTP/2 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999999999\r\n\r\n",
)


@pytest.mark.parametrize("reply", ODD)
def test_an_odd_reply_passes_or_is_told_and_never_hangs(
    reply: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with upstream(answering(reply)) as served, proxied(served.url) as proxy:
        told = raw(proxy.port, get())
        assert told.startswith(b"HTTP/1.1 ") or told == b"<reset>"
        assert split(raw(proxy.port, get("http://still/")))[0].split()[1] == b"400"
    assert caplog.records == []


def test_a_reply_that_ends_with_the_connection_comes_whole() -> None:
    with (
        upstream(answering(b"HTTP/1.0 200 OK\r\n\r\nuntil", b" the end")) as served,
        proxied(served.url) as proxy,
    ):
        told = httpx2.get(f"http://127.0.0.1:{proxy.port}/", trust_env=False, timeout=60)
    assert told.text == "until the end"


def test_an_upgrade_by_upstream_is_no_reply() -> None:
    with upstream(answering(ODD[9])) as served, proxied(served.url) as proxy:
        assert problem_of(raw(proxy.port, get())) == (502, "upstream-broken")
