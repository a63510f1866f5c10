import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.http.corking import CorkedTransport

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Recorded(asyncio.Transport):
    """Records what is asked of a transport."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.asked.append(bytes(data))

    def write_eof(self) -> None:
        self.asked.append("eof")

    def close(self) -> None:
        self.asked.append("close")

    def abort(self) -> None:
        self.asked.append("abort")

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 7


def driven(act: Callable[[CorkedTransport], None], *more: Callable[[CorkedTransport], None]) -> list[Any]:
    """What a transport was asked, each act in a turn of its own."""
    below = Recorded()

    async def turns() -> None:
        corked = CorkedTransport(below, asyncio.get_running_loop())
        for each in (act, *more):
            each(corked)
            await asyncio.sleep(0)

    asyncio.run(turns())
    return below.asked


def test_what_is_written_in_one_turn_leaves_in_one_piece() -> None:
    def head_and_body(corked: CorkedTransport) -> None:
        corked.write(b"head ")
        corked.write(b"body")

    assert driven(head_and_body) == [b"head body"]
    assert driven(head_and_body, head_and_body) == [b"head body", b"head body"]
    assert driven(lambda corked: corked.writelines([b"a", b"b"]), lambda _: None) == [b"ab"]


@given(st.lists(st.lists(st.binary(max_size=4), max_size=3), max_size=6))
def test_every_byte_leaves_in_its_order_and_none_waits_longer_than_a_turn(turns: list[list[bytes]]) -> None:
    below = Recorded()

    async def written() -> None:
        corked = CorkedTransport(below, asyncio.get_running_loop())
        so_far = b""
        for pieces in turns:
            for piece in pieces:
                corked.write(piece)
                so_far += piece
            await asyncio.sleep(0)
            assert b"".join(below.asked) == so_far

    asyncio.run(written())


@pytest.mark.parametrize("end", ["close", "abort", "write_eof"])
def test_what_is_held_leaves_before_the_end(end: str) -> None:
    def written_and_ended(corked: CorkedTransport) -> None:
        corked.write(b"part")
        getattr(corked, end)()

    assert driven(written_and_ended) == [b"part", end.removeprefix("write_")]


def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    below = Recorded()

    async def gone() -> None:
        corked = CorkedTransport(below, asyncio.get_running_loop())
        corked.write(b"late")
        below.closing = True
        await asyncio.sleep(0)

    asyncio.run(gone())
    assert below.asked == []


def test_what_is_held_counts_as_waiting() -> None:
    async def waiting() -> int:
        corked = CorkedTransport(Recorded(), asyncio.get_running_loop())
        corked.write(b"abc")
        return corked.get_write_buffer_size()

    assert asyncio.run(waiting()) == 7 + 3


class Greeting(asyncio.Protocol):
    """Does everything that a server asks of its transport."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.lost = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        corked = CorkedTransport(transport, self.loop)  # type: ignore[arg-type]  # uvloop's is no subclass
        assert corked.get_extra_info("socket").family is socket.AF_INET
        assert corked.get_extra_info("nothing", "default") == "default"
        assert corked.get_protocol() is self
        corked.set_protocol(self)
        corked.set_write_buffer_limits(1000, 10)
        assert corked.get_write_buffer_limits() == (10, 1000)
        assert corked.can_write_eof()
        corked.pause_reading()
        assert not corked.is_reading()
        corked.resume_reading()
        corked.write(b"good ")
        corked.write(b"day")
        assert not corked.is_closing()
        corked.close()
        assert corked.is_closing()

    def connection_lost(self, problem: Exception | None) -> None:
        self.lost.set_result(problem)


@pytest.mark.parametrize("make", LOOPS.values(), ids=LOOPS)
def test_over_a_socket_it_is_the_transport_below_in_all_else(
    make: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def greeted() -> bytes:
        loop = asyncio.get_running_loop()
        greeting = Greeting(loop)
        server = await loop.create_server(lambda: greeting, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        received = await reader.read()
        writer.close()
        assert await greeting.lost is None
        server.close()
        return received

    with asyncio.Runner(loop_factory=make) as runner:
        assert runner.run(greeted()) == b"good day"
