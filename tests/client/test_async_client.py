"""What only the asynchronous client can do; all it shares with the blocking one is tested with both."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from bodydouble.client import (
    AsyncClient,
    ConfigurationError,
    Job,
    Kind,
    NoAnswer,
    NotSent,
    Pace,
    Progress,
    WaitTimeout,
)
from tests.limits import with_time

from .conftest import FAST, KEY
from .faults import FaultServer, Script, done, in_turn, job, raw, reply, silence, whole

Serve = Callable[[Script], FaultServer]
ACCEPTED = raw(whole(b'{"id": "job-1", "status": "queued"}'))


def test_a_hook_may_be_asynchronous_and_is_finished_before_the_first_poll(serve: Serve) -> None:
    server = serve(in_turn(POST=[ACCEPTED], GET=[reply(done("http://x/y"))]))
    kept: list[tuple[str, int]] = []

    async def keep(created: Job) -> None:
        await asyncio.sleep(0.05)
        kept.append((created.id, len(server.seen("GET"))))

    async def scenario() -> Job:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            return await client.generate("x", on_created=keep)

    assert asyncio.run(scenario()).kind is Kind.SUCCESS
    assert kept == [("job-1", 0)]


def test_an_asynchronous_hook_that_raises_does_not_hide_the_job(serve: Serve) -> None:
    server = serve(in_turn(POST=[ACCEPTED]))

    async def broken(_: Job) -> None:
        raise OSError("the database is gone")

    async def scenario() -> None:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            await client.generate("x", on_created=broken)

    with pytest.raises(OSError, match="database") as caught:
        asyncio.run(scenario())
    assert "job-1" in caught.value.__notes__[0]


def test_the_event_loop_is_free_while_a_wait_sleeps(serve: Serve) -> None:
    server = serve(in_turn(GET=[reply(job("queued"))]))
    an_hour = Pace(first_poll=3600, interval=3600, longest=3600)

    async def scenario() -> None:
        asleep = asyncio.Event()

        def hear(progress: Progress) -> None:
            if progress.next_poll:
                asleep.set()

        async with AsyncClient(KEY, base_url=server.url, pace=an_hour) as client:
            task = asyncio.create_task(client.wait("job-1", 7200, on_progress=hear))
            await asleep.wait()
            for _ in range(20):  # a loop that is not free comes back in an hour
                await asyncio.sleep(0.001)
            assert not task.done()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())
    assert len(server.seen("GET")) == 1


def test_a_create_that_gets_no_connection_is_surely_not_sent(serve: Serve) -> None:
    async def scenario(limit: float) -> None:
        server = serve(in_turn(GET=[silence], POST=[ACCEPTED]))
        narrow = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=1))
        async with AsyncClient(KEY, base_url=server.url, transport=narrow, pace=FAST) as client:
            task = asyncio.create_task(client.look("job-1"))
            while not server.requests:  # noqa: ASYNC110 - the server is a thread
                await asyncio.sleep(0.01)
            with pytest.raises(NotSent):
                await client.create("x", timeout=limit)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not server.seen("POST")

    with_time(lambda limit: asyncio.run(scenario(limit)))


class Timeless(httpx2.AsyncBaseTransport):
    """Keeps no limit of time at all: says nothing, or a head and then nothing."""

    def __init__(self, *, head: bool) -> None:
        self.head = head

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self.head:
            await asyncio.Event().wait()
        return httpx2.Response(200, stream=Endless(), request=request)


class Endless(httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("head", [False, True])
def test_a_poll_ends_in_time_whatever_carries_it(*, head: bool) -> None:
    pace = Pace(poll_timeout=0.1)

    async def scenario() -> None:
        transport = Timeless(head=head)
        async with AsyncClient(KEY, base_url="http://double", transport=transport, pace=pace) as client:
            with pytest.raises(NoAnswer, match="no answer in time"):
                await client.look("job-1")
            with pytest.raises(WaitTimeout, match="job-1"):
                await client.wait("job-1", 0.1)

    asyncio.run(scenario())


def test_a_client_of_another_event_loop_sends_nothing(serve: Serve) -> None:
    accepted = raw(
        whole(b'{"id": "job-1", "status": "queued"}', 200, {"Connection": "close"}), then_close=True
    )
    server = serve(in_turn(POST=[accepted]))
    client = AsyncClient(KEY, base_url=server.url, pace=FAST)

    async def listed() -> list[Job]:
        return [job async for job in client.events("job-1")]

    assert asyncio.run(client.create("x")).id == "job-1"
    for call in (lambda: client.create("x"), lambda: client.wait("job-1"), listed):
        with pytest.raises(ConfigurationError, match="another event loop"):
            asyncio.run(call())
    assert len(server.requests) == 1


def test_an_application_can_be_asked_in_process() -> None:
    async def app(scope: dict[str, object], _receive: object, send: Callable[..., object]) -> None:
        body = b'{"id": "job-1", "status": "completed", "video": {"url": "http://double/v.mp4"}}'
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[misc]  # ASGI's send
        await send({"type": "http.response.body", "body": body})  # type: ignore[misc]  # same
        assert scope["type"] == "http"

    transport = httpx2.ASGITransport(app)  # type: ignore[arg-type]  # a plain ASGI function
    client = AsyncClient(KEY, base_url="http://double", transport=transport)
    for _ in range(2):  # it belongs to no event loop
        assert asyncio.run(client.generate("x")).kind is Kind.SUCCESS
