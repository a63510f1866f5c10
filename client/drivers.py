"""The two drivers: they perform a conversation's steps, blocking or asynchronously, and decide nothing."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing

import httpx2

from .exchange import EXPECTED, Envelope, Trail, tick
from .steps import (
    Answer,
    Conversation,
    Done,
    Failed,
    Open,
    Piece,
    Read,
    Reply,
    Report,
    Rest,
    Send,
    Shut,
    Sleep,
    Step,
    T,
    Warn,
)
from .transport import Deadline

logger = logging.getLogger("bodydouble.client")
"""Tells what is retried; never a key, a prompt or a URL with its query."""


def drive(
    conversation: Conversation[T], transport: httpx2.BaseTransport, envelope: Envelope
) -> Generator[Report | Done[T], None, None]:
    """Perform ``conversation``, blocking; yield its reports and at last its result.

    Whatever interrupts a step is thrown into the conversation, which adds what it knows and lets it pass.
    """
    worker = _Worker(transport, envelope)
    try:
        step = next(conversation)
        while True:
            try:
                if isinstance(step, Report):
                    yield step
                answer = worker.perform(step)
            except BaseException as error:  # noqa: BLE001 - the conversation raises it again
                step = conversation.throw(error)
            else:
                step = conversation.send(answer)
    except StopIteration as stop:
        yield Done(stop.value)
    finally:
        worker.shut()


async def drive_async(
    conversation: Conversation[T], transport: httpx2.AsyncBaseTransport, envelope: Envelope
) -> AsyncGenerator[Report | Done[T], None]:
    """Perform ``conversation`` without blocking the event loop; see :func:`drive`."""
    worker = _AsyncWorker(transport, envelope)
    try:
        step = next(conversation)
        while True:
            try:
                if isinstance(step, Report):
                    yield step
                answer = await worker.perform(step)
            except BaseException as error:  # noqa: BLE001 - the conversation raises it again
                step = conversation.throw(error)
            else:
                step = conversation.send(answer)
    except StopIteration as stop:
        yield Done(stop.value)
    finally:
        await worker.shut()


class _Worker:
    """Performs steps, blocking; holds the reply that is being read."""

    def __init__(self, transport: httpx2.BaseTransport, envelope: Envelope) -> None:
        self._transport = transport
        self._envelope = envelope
        self._response: httpx2.Response | None = None
        self._pieces: Iterator[bytes] = iter(())
        self._deadline = Deadline(0)

    def perform(self, step: Step) -> Answer:
        match step:
            case Send():
                return self._send(step)
            case Open():
                return self._open(step)
            case Read():
                return self._read(step)
            case Rest():
                return self._rest(step)
            case Sleep():
                time.sleep(step.seconds)
            case Warn():
                logger.warning("%s", step.message)
            case Shut():
                self.shut()
            case Report():
                pass
        return tick()

    def shut(self) -> None:
        """Let go of the reply that is being read, if any."""
        response, self._response = self._response, None
        if response is not None:
            response.close()

    def _send(self, step: Send) -> Reply | Failed:
        opened = self._open(Open(request=step.request, timeout=step.timeout))
        return self._rest(Rest(step.limit)) if isinstance(opened, Reply) else opened

    def _rest(self, step: Rest) -> Reply:
        response = _opened(self._response)
        body, cut = bytearray(), ""
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if cut := _overrun(body, step.limit, self._deadline):
                    break
        except EXPECTED as error:
            cut = self._envelope.reason(error)
        finally:
            self.shut()
        return self._envelope.reply(response, bytes(body), cut)

    def _open(self, step: Open) -> Reply | Failed:
        self.shut()
        trail, self._deadline = Trail(), Deadline(step.timeout)
        try:
            request = self._envelope.seal(step.request, self._deadline, trail, is_async=False)
            self._response = self._transport.handle_request(request)
        except EXPECTED as error:
            return self._envelope.failed(error, trail)
        self._pieces = self._response.iter_bytes()
        return self._envelope.reply(self._response)

    def _read(self, step: Read) -> Piece | Failed:
        self._deadline.renew(step.timeout)
        try:
            data = next(self._pieces, b"")
        except EXPECTED as error:
            return self._envelope.failed(error, Trail())
        now = tick()
        return Piece(now=now.now, wall=now.wall, data=data)


class _AsyncWorker:
    """Performs steps without blocking; holds the reply that is being read."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, envelope: Envelope) -> None:
        self._transport = transport
        self._envelope = envelope
        self._response: httpx2.Response | None = None
        self._pieces: AsyncIterator[bytes] | None = None
        self._deadline = Deadline(0)
        # The library's own transport tells of all that it does; one of the user's may do more before or after.
        self._tells_all = type(transport) is httpx2.AsyncHTTPTransport

    async def perform(self, step: Step) -> Answer:
        match step:
            case Send():
                return await self._send(step)
            case Open():
                return await self._open(step)
            case Read():
                return await self._read(step)
            case Rest():
                return await self._rest(step)
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Warn():
                logger.warning("%s", step.message)
            case Shut():
                await self.shut()
            case Report():
                pass
        return tick()

    async def shut(self) -> None:
        """Let go of the reply that is being read, if any."""
        response, self._response, self._pieces = self._response, None, None
        if response is not None:
            await response.aclose()

    async def _send(self, step: Send) -> Reply | Failed:
        opened = await self._open(Open(request=step.request, timeout=step.timeout))
        return await self._rest(Rest(step.limit)) if isinstance(opened, Reply) else opened

    async def _rest(self, step: Rest) -> Reply:
        response = _opened(self._response)
        body, cut = bytearray(), ""
        try:
            async with asyncio.timeout(self._deadline.left()), aclosing(response.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if cut := _overrun(body, step.limit, self._deadline):
                        break
        except TimeoutError:
            cut = self._envelope.reason(None)
        except EXPECTED as error:
            cut = self._envelope.reason(error)
        finally:
            await self.shut()
        return self._envelope.reply(response, bytes(body), cut)

    async def _open(self, step: Open) -> Reply | Failed:
        await self.shut()
        trail, self._deadline = Trail(complete=self._tells_all), Deadline(step.timeout)
        try:
            request = self._envelope.seal(step.request, self._deadline, trail, is_async=True)
            async with asyncio.timeout(step.timeout):
                self._response = await self._transport.handle_async_request(request)
        except TimeoutError:
            return self._envelope.failed(None, trail)
        except EXPECTED as error:
            return self._envelope.failed(error, trail)
        self._pieces = self._response.aiter_bytes()
        return self._envelope.reply(self._response)

    async def _read(self, step: Read) -> Piece | Failed:
        try:
            async with asyncio.timeout(step.timeout):
                data = b"" if self._pieces is None else await anext(self._pieces, b"")
        except TimeoutError:
            return self._envelope.failed(None, Trail())
        except EXPECTED as error:
            return self._envelope.failed(error, Trail())
        now = tick()
        return Piece(now=now.now, wall=now.wall, data=data)


def _opened(response: httpx2.Response | None) -> httpx2.Response:
    if response is None:
        raise AssertionError("a conversation opens a reply before it reads the rest")
    return response


def _overrun(body: bytearray, limit: int, deadline: Deadline) -> str:
    """Return why no more of a body is read, or an empty string."""
    if len(body) > limit:
        return f"more than {limit} bytes"
    return "no end in time" if deadline.left() == 0 else ""
