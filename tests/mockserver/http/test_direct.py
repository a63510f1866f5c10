import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from bodydouble.mockserver.http.direct import written
from bodydouble.mockserver.http.messages import Headers, Response
from bodydouble.mockserver.http.sending import reply

DATE = (b"date", b"Mon, 23 Nov 2026 00:00:00 GMT")


class Recorded(asyncio.Transport):
    """Records what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.bytes += bytes(data)

    def close(self) -> None:
        self.bytes += b"<closed>"

    def is_closing(self) -> bool:
        return False


class Asked:
    """A request, as uvicorn holds it, and what became of it."""

    def __init__(self, method: str = "POST", **state: Any) -> None:
        self.transport = Recorded()
        self.followed = 0
        logger = logging.getLogger("test")
        scope: Any = {"type": "http", "method": method, "path": "/", "http_version": "1.1"}
        self.cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=FlowControl(self.transport),
            logger=logger,
            access_logger=logger,
            access_log=False,
            default_headers=[DATE],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=self.follow,
        )
        for name, value in state.items():
            holder = self.cycle.flow if name == "write_paused" else self.cycle
            setattr(holder, name, value)

    def follow(self) -> None:
        self.followed += 1


def response(body: bytes, *more: tuple[bytes, bytes], status: int = 200) -> Response:
    length = (b"content-length", b"%d" % len(body))
    headers: Headers = [(b"content-type", b"application/json"), length, *more]
    return Response(status, headers, body)


NAMES = st.sampled_from([b"x-job", b"etag", b"x-double-decision"])
VALUES = st.binary(max_size=12) | st.sampled_from(
    [b"", b"a b", b"\t", b"\xff", b"a\r\nset-cookie: b", b"\n", b"\r", b"\0"]
)


@given(
    st.binary(max_size=50), st.lists(st.tuples(NAMES, VALUES), max_size=4), st.sampled_from([200, 201, 202])
)
def test_it_writes_what_uvicorn_writes_and_nothing_that_uvicorn_refuses(
    body: bytes, more: list[tuple[bytes, bytes]], status: int
) -> None:
    told = response(body, *more, status=status)
    ours, theirs = Asked(), Asked()
    try:
        asyncio.run(reply(told, theirs.cycle.send))
    except RuntimeError:  # it refuses a header
        expected = b""
    else:
        expected = theirs.transport.bytes
    if written(told, ours.cycle.send):
        assert ours.transport.bytes == expected
        assert ours.cycle.response_complete
        assert ours.cycle.message_event.is_set()
        assert ours.followed == 1
    else:
        assert ours.transport.bytes == expected == b""
        assert not ours.cycle.response_started
        assert ours.followed == 0


def test_an_ordinary_reply_is_written_in_one_piece() -> None:
    asked = Asked()
    assert written(response(b"{}"), asked.cycle.send)
    head = b"HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 00:00:00 GMT\r\ncontent-type: application/json\r\n"
    assert asked.transport.bytes == head + b"content-length: 2\r\n\r\n{}"
    assert not written(response(b"{}"), asked.cycle.send)


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"a\0b", b"\x7f"])
def test_no_header_becomes_two(value: bytes) -> None:
    asked = Asked()
    assert not written(response(b"{}", (b"x-job", value)), asked.cycle.send)
    assert asked.transport.bytes == b""


@pytest.mark.parametrize(
    "asked",
    [
        Asked("HEAD"),
        Asked(keep_alive=False),
        Asked(disconnected=True),
        Asked(response_started=True),
        Asked(access_log=True),
        Asked(write_paused=True),
    ],
    ids=["HEAD", "the last of its connection", "gone", "answered", "logged", "a full connection"],
)
def test_what_is_out_of_the_ordinary_is_left_to_uvicorn(asked: Asked) -> None:
    assert not written(response(b"{}"), asked.cycle.send)
    assert asked.transport.bytes == b""


@pytest.mark.parametrize("status", [101, 204, 304, 404, 500])
def test_so_is_every_reply_but_a_plain_success(status: int) -> None:
    assert not written(response(b"", status=status), Asked().cycle.send)
    without = Response(200, [(b"content-type", b"text/plain"), (b"etag", b"a")], b"")
    assert not written(without, Asked().cycle.send)
    assert not written(Response(200, [], b""), Asked().cycle.send)


def test_so_is_everything_where_uvicorn_is_not_the_server() -> None:
    async def send(_message: Any) -> None:
        raise AssertionError("nothing is sent")

    class Other:
        async def send(self, _message: Any) -> None:
            raise AssertionError("nothing is sent")

    assert not written(response(b"{}"), send)
    assert not written(response(b"{}"), Other().send)
