"""A transport that sends what is written in one turn of the event loop in one piece. A named shell.

Uvicorn writes the head of a reply and then its body, and each goes to the kernel by itself: two system calls and two
packets for what is one small reply, and a client that reads once gets half of it. And a kernel that sends in the middle
of our work costs both of us what we had at hand: the replies of one turn, sent one after the other, take half the time.
"""

import asyncio
from collections.abc import Iterable
from typing import Any


class CorkedTransport(asyncio.Transport):
    """Holds what is written until the loop's next turn; everything else is the transport's own."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = loop.call_soon
        self._held: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Have ``data`` sent with what else is written in this turn."""
        if not self._held:
            self._call_soon(self._send)
        self._held.append(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Have all of it sent with what else is written in this turn."""
        for data in list_of_data:
            self.write(data)

    def _send(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def write_eof(self) -> None:
        """Send what is held, and then no more."""
        self._send()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Hand what is held to the kernel, and close at once."""
        self._send()
        self._transport.abort()

    def can_write_eof(self) -> bool:
        """Return whether the end of writing can be told."""
        return self._transport.can_write_eof()

    def is_closing(self) -> bool:
        """Return whether it is closed, or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection under this name."""
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have another protocol read from now on."""
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that reads."""
        return self._transport.get_protocol()

    def is_reading(self) -> bool:
        """Return whether it reads."""
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        """Read no more for a while."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Say how much may wait for the kernel."""
        self._transport.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return how much may wait for the kernel, low mark and high mark."""
        return self._transport.get_write_buffer_limits()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._held))
