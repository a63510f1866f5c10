"""The wire: replies as they arrive when something goes wrong on the way. A named shell; real sockets break here.

Over uvicorn :class:`WireProtocol` gives every request its transport, so that a reset is a reset and a lie about the
length is a lie. In process there is no socket: what would break it raises ``ConnectionResetError`` at the caller.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress
from math import isinf

import msgspec
from starlette.types import Receive, Scope, Send

from bodydouble.mockserver.scenes.faults import Fault, Wire

from .corking import CorkedTransport
from .messages import Headers, Response
from .prompt import PromptProtocol
from .sending import reply

TRANSPORT = "bodydouble.transport"
STEP = 0.05
"""Seconds between two pieces of a drip."""
LIE = 7
"""Bytes that a wrong length is off."""


class WireProtocol(PromptProtocol):
    """Uvicorn's protocol, with the transport in the scope's state; head and body of a reply leave together."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Note the transport of the connection."""
        corked = CorkedTransport(transport, self.loop)
        super().connection_made(corked)
        self.app_state = {**self.app_state, TRANSPORT: corked}


def is_gone(scope: Scope) -> bool:
    """Return whether the client went away; in process nobody does."""
    transport = scope.get("state", {}).get(TRANSPORT)
    return transport is not None and transport.is_closing()


class Sent(msgspec.Struct, frozen=True):
    """What became of a reply.

    Attributes:
        whole: Whether it was sent as meant.
        gone: Whether the client went away before that.
        size: Bytes of its body that were sent.
    """

    whole: bool = False
    gone: bool = False
    size: int = 0


NOTHING = Sent()
GONE = Sent(gone=True)


async def leaves(seconds: float, scope: Scope, receive: Receive) -> bool:
    """Wait, and return whether the client went away meanwhile, as soon as it does; in process nobody does."""
    if scope.get("state", {}).get(TRANSPORT) is None:
        await asyncio.sleep(seconds)
        return False
    with suppress(TimeoutError):
        await asyncio.wait_for(_until_gone(receive), None if isinf(seconds) else seconds)
        return True
    return False


async def send_broken(
    response: Response, wire: Wire, fault: Fault, share: float, scope: Scope, receive: Receive, send: Send
) -> Sent:
    """Send ``response`` as ``wire`` says, and return what was sent of it.

    Args:
        response: The whole reply; the work behind it has been done.
        wire: What happens to it.
        fault: Its particulars.
        share: Number from 0 up to 1 that decides where it breaks, so that a run repeats.
        scope: Of the request.
        receive: Of the request.
        send: Of the request.

    Raises:
        ConnectionResetError: In process, where there is no connection to break.
    """
    whole = len(response.body)
    middle = max(1, int(whole * (0.2 + 0.6 * share))) if response.body else 0
    match wire:
        case Wire.RESET_BEFORE | Wire.LOST:
            await _break(scope, receive, reset=wire is Wire.RESET_BEFORE)
            return NOTHING
        case Wire.RESET_DURING | Wire.TRUNCATED:
            await _send_part(response, middle, send)
            await _break(scope, receive, reset=wire is Wire.RESET_DURING)
            return Sent(size=middle)
        case Wire.EMPTY:
            await reply(Response(response.status, _with_length(response.headers, 0), b""), send)
            return NOTHING
        case Wire.GARBLED:
            await reply(Response(response.status, response.headers, garbled(response.body, share)), send)
            return Sent(size=whole)
        case Wire.WRONG_LENGTH:
            headers = _with_length(response.headers, whole + LIE)
            await _send_part(Response(response.status, headers, response.body), whole, send)
            await _break(scope, receive, reset=False)
            return Sent(size=whole)
        case Wire.DRIP:
            return await _drip(response, fault.rate, scope, receive, send)


def garbled(body: bytes, share: float) -> bytes:
    """Return ``body`` with its second half replaced by bytes that are neither JSON nor UTF-8; the length stays."""
    start = len(body) // 2
    noise = bytes((0xFF, 0xFE, 0x00, int(share * 255), 0xC3, 0x28)) * (len(body) // 6 + 1)
    return body[:start] + noise[: len(body) - start]


def _with_length(headers: Headers, length: int) -> Headers:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    return [*kept, (b"content-length", str(length).encode())]


async def _send_part(response: Response, length: int, send: Send) -> None:
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    await send({"type": "http.response.body", "body": response.body[:length], "more_body": True})


async def _drip(response: Response, rate: float, scope: Scope, receive: Receive, send: Send) -> Sent:
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    step = max(1, int(rate * STEP))
    for start in range(0, len(response.body), step):
        if await leaves(step / rate, scope, receive):
            return Sent(gone=True, size=start)
        await send(
            {"type": "http.response.body", "body": response.body[start : start + step], "more_body": True}
        )
    await send({"type": "http.response.body", "body": b""})
    return Sent(whole=True, size=len(response.body))


async def _break(scope: Scope, receive: Receive, *, reset: bool) -> None:
    transport = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionResetError("the double broke the connection here, as its scenario says")
    if reset:
        _linger_not(transport)
        transport.abort()
    else:
        transport.close()
    await _until_gone(receive)


def _linger_not(transport: asyncio.Transport) -> None:
    """Have the kernel send RST instead of FIN: closing with data unsent and no time to linger (RFC 9293, 3.10.4)."""
    handle = transport.get_extra_info("socket")
    with suppress(OSError), socket.socket(fileno=os.dup(handle.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _until_gone(receive: Receive) -> None:
    """Wait until the server has seen the connection go, so that it does not take the reply for forgotten."""
    while (await receive())["type"] != "http.disconnect":
        pass
