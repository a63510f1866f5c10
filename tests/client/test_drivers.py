"""Two drivers, one conversation: the same trace; and whatever stops one leaves nothing open and names the job."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bodydouble.client import AsyncClient, Client, Job, Kind, Pace, Progress, TrackingError, WaitTimeout
from bodydouble.client.drivers import drive, drive_async
from bodydouble.client.exchange import Envelope, tick
from bodydouble.client.keys import Key
from bodydouble.client.steps import (
    Conversation,
    Done,
    Failed,
    Open,
    Reply,
    Report,
    Request,
    Send,
    Sleep,
    Warn,
)
from bodydouble.client.transport import DeadlineTransport
from bodydouble.client.waiting import waiting
from tests.limits import FOR_EVER, with_time

from .conftest import FAST, KEY
from .faults import (
    Act,
    Connection,
    FaultServer,
    Script,
    done,
    dribble,
    drop,
    error_body,
    html,
    in_turn,
    job,
    raw,
    reply,
    reset,
    serving,
    silence,
    truncated,
    whole,
)
from .simulation import asking

Serve = Callable[[Script], FaultServer]
Trace = list[object]

FAULTS: dict[str, Act] = {
    "queued": reply(job("queued")),
    "generating": reply(job("generating")),
    "strange": reply(job("dreaming")),
    "complete": reply(done("https://x/y")),
    "complete without a URL": reply(job("completed")),
    "failed": reply(job("error", error={"detail": ["no"]})),
    "busy": reply(error_body(429), 429, {"Retry-After": "0"}),
    "page": html(),
    "gateway": html(502),
    "forbidden": reply(error_body(403), 403),
    "unknown": reply(error_body(404), 404),
    "drop": drop,
    "reset": reset,
    "cut": truncated(whole(b'{"id": "job-1", "status": "completed"}'), 120),
    "nonsense": raw(b"\x00\x01\x02\r\n\r\n", then_close=True),
    "silence": silence,
}


def envelope(server: FaultServer) -> Envelope:
    return Envelope(key=Key(KEY), root=server.url, key_header="Authorization", key_scheme="Bearer")


def recorded(conversation: Conversation[Any], trace: Trace) -> Generator[Any, Any, Any]:
    """Pass everything through; note what two runs must have in common: all but times."""
    try:
        step = next(conversation)
        while True:
            match step:
                case Send():
                    trace.append(("send", step.request))
                case Report():
                    trace.append(("report", step.progress.changed, step.progress.job.status))
                case Warn():
                    trace.append(("warn", step.message))
                case Sleep():
                    trace.append("sleep")
            answer = yield step
            if isinstance(answer, Reply):
                trace.append((answer.status, answer.body, answer.headers, bool(answer.cut)))
            if isinstance(answer, Failed):
                trace.append(("failed", answer.sent))
            step = conversation.send(answer)
    except StopIteration as stop:
        return stop.value


def wait_for(server: FaultServer, trace: Trace, limit: float) -> Conversation[Job]:
    pace = Pace(first_poll=0.001, interval=0.001, longest=0.001, poll_timeout=limit)
    here = replace(asking(pace), root=server.url)
    return recorded(waiting(Job(id="job-1"), here, timeout=600, start=tick()), trace)


def blocking_trace(script: Script, limit: float) -> tuple[Trace, list[str]]:
    trace: Trace = []
    transport = DeadlineTransport()
    with serving(script) as server:
        try:
            for step in drive(wait_for(server, trace, limit), transport, envelope(server)):
                trace.append(step.value if isinstance(step, Done) else "told")
        except TrackingError as error:
            trace.append((type(error), error.job))
        finally:
            transport.close()
        return without_port(trace, server), [seen.target for seen in server.requests]


def asynchronous_trace(script: Script, limit: float) -> tuple[Trace, list[str]]:
    trace: Trace = []

    async def run(server: FaultServer) -> None:
        transport = httpx2.AsyncHTTPTransport()
        try:
            async for step in drive_async(wait_for(server, trace, limit), transport, envelope(server)):
                trace.append(step.value if isinstance(step, Done) else "told")
        except TrackingError as error:
            trace.append((type(error), error.job))
        finally:
            await transport.aclose()

    with serving(script) as server:
        asyncio.run(run(server))
        return without_port(trace, server), [seen.target for seen in server.requests]


def without_port(trace: Trace, server: FaultServer) -> Trace:
    def plain(entry: object) -> object:
        if isinstance(entry, tuple):
            return tuple(plain(part) for part in entry)
        if isinstance(entry, Request):
            return (entry.method, entry.url.replace(server.url, ""), entry.headers, entry.authorized)
        return entry

    return [plain(entry) for entry in trace]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(names=st.lists(st.sampled_from(list(FAULTS)), max_size=6))
def test_both_drivers_give_the_same_trace_whatever_the_server_does(names: list[str]) -> None:
    acts = [FAULTS[name] for name in names] + [FAULTS["complete"]]

    def act(limit: float) -> None:
        one, targets = blocking_trace(in_turn(GET=acts), limit)
        other, other_targets = asynchronous_trace(in_turn(GET=acts), limit)
        assert one == other
        assert targets == other_targets
        assert targets

    with_time(act)


def test_a_cancelled_wait_closes_its_connection_and_names_the_job(serve: Serve) -> None:
    server = serve(in_turn(GET=[silence]))

    async def scenario() -> BaseException:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            task = asyncio.create_task(client.wait("job-1", 60))
            while not server.requests:  # noqa: ASYNC110 - the server is a thread
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert len(asyncio.all_tasks()) == 1
            return caught.value

    error = asyncio.run(scenario())
    assert any("job-1" in note for note in error.__notes__)


def test_a_cancelled_create_says_how_to_look(serve: Serve) -> None:
    server = serve(in_turn(POST=[silence]))

    async def scenario() -> None:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            async with asyncio.timeout(0.3):
                await client.create("x", request_id="mine-1")

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(scenario())
    assert caught.value.__cause__ is not None
    assert any("mine-1" in note and "/v2/logs" in note for note in caught.value.__cause__.__notes__)


def test_a_create_that_is_cancelled_in_its_reply_names_the_job_in_the_head(serve: Serve) -> None:
    accepted = whole(b" " * FOR_EVER, 200, {"X-Inference-Id": "job-1"})

    async def scenario(limit: float) -> None:
        server = serve(in_turn(POST=[dribble(accepted, 0.02, step=1000)]))
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            async with asyncio.timeout(limit):
                await client.create("x")

    def act(limit: float) -> None:
        with pytest.raises(TimeoutError) as caught:
            asyncio.run(scenario(limit))
        assert caught.value.__cause__ is not None
        assert any("job-1" in note for note in caught.value.__cause__.__notes__)

    with_time(act)


@pytest.mark.parametrize("stop", [RuntimeError("from outside"), KeyboardInterrupt()])
def test_a_blocking_create_that_is_stopped_in_its_reply_names_the_job_in_the_head(
    stop: BaseException, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> str:
        raise stop

    monkeypatch.setattr("bodydouble.client.drivers._overrun", stopped)
    server = serve(in_turn(POST=[raw(whole(b'{"id": "job-1"}', 200, {"X-Inference-Id": "job-1"}))]))
    with Client(KEY, base_url=server.url, pace=FAST) as client, pytest.raises(type(stop)) as caught:
        client.create("x")
    assert any("job-1" in note for note in caught.value.__notes__)


class Watched:
    """An act that says nothing, at once or after some bytes, and then tells when the other side has gone."""

    def __init__(self, start: bytes = b"", then: Callable[[], None] = lambda: None) -> None:
        self.start = start
        self.then = then
        self.heard = threading.Event()
        self.gone = threading.Event()

    def __call__(self, connection: Connection) -> None:
        connection.send(self.start)
        self.heard.set()
        self.then()
        silence(connection)
        if not connection.stopping.is_set():
            self.gone.set()


HALF_A_REPLY = whole(b'{"id": "job-1", "status": "queued"}')[:-5]


@pytest.mark.parametrize("start", [b"", HALF_A_REPLY], ids=["no reply", "half a reply"])
def test_a_cancelled_wait_lets_go_of_its_connection_though_the_client_lives_on(
    start: bytes, serve: Serve
) -> None:
    act = Watched(start)
    server = serve(in_turn(GET=[act, reply(done("http://x/y"))]))

    async def scenario() -> Job:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            task = asyncio.create_task(client.wait("job-1", 60))
            while not act.heard.is_set():  # noqa: ASYNC110 - the server is a thread
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            while not act.gone.is_set():  # noqa: ASYNC110 - same
                await asyncio.sleep(0.01)
            return await client.wait("job-1", 60)

    assert asyncio.run(scenario()).kind is Kind.SUCCESS
    assert {seen.method for seen in server.requests} == {"GET"}, "nobody pretends to stop the job"


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts itself with a signal")
@pytest.mark.parametrize("start", [b"", HALF_A_REPLY], ids=["no reply", "half a reply"])
def test_an_interrupted_wait_lets_go_of_its_connection_though_the_client_lives_on(
    start: bytes, serve: Serve
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def strike() -> None:
        time.sleep(0.1)  # until the client listens
        os.kill(os.getpid(), signal.SIGUSR1)

    act = Watched(start, then=strike)
    server = serve(in_turn(GET=[act, reply(done("http://x/y"))]))
    before = signal.signal(signal.SIGUSR1, interrupt)  # a SIGINT may be ignored where tests run
    try:
        with Client(KEY, base_url=server.url, pace=FAST) as client:
            with pytest.raises(KeyboardInterrupt) as caught:
                client.wait("job-1", 60)
            act.gone.wait()
            assert client.wait("job-1", 60).kind is Kind.SUCCESS
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert any("job-1" in note and "resume" in note for note in caught.value.__notes__)
    assert {seen.method for seen in server.requests} == {"GET"}, "nobody pretends to stop the job"


@pytest.mark.parametrize("start", [b"", HALF_A_REPLY], ids=["no reply", "half a reply"])
def test_a_wait_that_is_over_lets_go_of_its_connection_though_the_client_lives_on(
    start: bytes, serve: Serve
) -> None:
    async def awaited(limit: float) -> None:
        act = Watched(start)
        pace, url = replace(FAST, poll_timeout=limit), serve(in_turn(GET=[act])).url
        async with AsyncClient(KEY, base_url=url, pace=pace) as client:
            with pytest.raises(WaitTimeout, match=r"job-1 .* goes on"):
                await client.wait("job-1", 0)
            assert await asyncio.to_thread(act.gone.wait, 20)

    def blocking(limit: float) -> None:
        act = Watched(start)
        pace, url = replace(FAST, poll_timeout=limit), serve(in_turn(GET=[act])).url
        with Client(KEY, base_url=url, pace=pace) as client:
            with pytest.raises(WaitTimeout, match=r"job-1 .* goes on"):
                client.wait("job-1", 0)
            assert act.gone.wait(20)

    with_time(blocking)
    with_time(lambda limit: asyncio.run(awaited(limit)))


def left_open(server: FaultServer) -> Conversation[None]:
    """Open a reply and then do something else."""
    yield Open(request=Request(method="GET", url=server.url), timeout=60)
    yield Report(Progress(job=Job(id="job-1"), changed=False, elapsed=0, next_poll=None))


def test_a_reply_that_a_conversation_leaves_open_is_let_go_of_when_it_ends(serve: Serve) -> None:
    act = Watched(HALF_A_REPLY)
    server = serve(in_turn(GET=[act]))
    transport = DeadlineTransport()
    steps = drive(left_open(server), transport, envelope(server))
    assert isinstance(next(steps), Report)
    steps.close()
    act.gone.wait()
    transport.close()


def test_an_asynchronous_reply_that_a_conversation_leaves_open_is_let_go_of_when_it_ends(
    serve: Serve,
) -> None:
    act = Watched(HALF_A_REPLY)
    server = serve(in_turn(GET=[act]))

    async def scenario() -> None:
        transport = httpx2.AsyncHTTPTransport()
        steps = drive_async(left_open(server), transport, envelope(server))
        assert isinstance(await anext(steps), Report)
        await steps.aclose()
        while not act.gone.is_set():  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        await transport.aclose()

    asyncio.run(scenario())


def test_an_abandoned_iterator_leaves_nothing_open(serve: Serve) -> None:
    server = serve(in_turn(GET=[reply(job("queued"))]))
    with Client(KEY, base_url=server.url, pace=FAST) as client:
        for found in client.events("job-1"):
            assert found.status == "queued"
            break

    async def scenario() -> None:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            async for found in client.events("job-1"):
                assert found.status == "queued"
                break

    asyncio.run(scenario())
    polls = len(server.requests)
    time.sleep(0.1)
    assert len(server.requests) == polls == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to one process")
@pytest.mark.parametrize("call", ["client.wait('job-1', 600)", "client.wait(client.attach('job-1'), 600)"])
@pytest.mark.parametrize("during", ["poll", "sleep"])
def test_ctrl_c_stops_a_wait_at_once_and_names_the_job(during: str, call: str, serve: Serve) -> None:
    server = serve(in_turn(GET=[silence if during == "poll" else reply(job("generating"))]))
    program = f"""
        import signal, threading
        from bodydouble.client import Client, Pace
        signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background, it is ignored
        client = Client("test-key-0123", base_url={server.url!r}, pace=Pace(first_poll=60))
        try:
            {call}
        except KeyboardInterrupt as stop:
            print("STOPPED", stop.__notes__, threading.active_count(), flush=True)
            raise
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)  # the wait would go on for minutes
    assert "STOPPED" in out
    assert "job-1" in out
    assert out.strip().endswith(" 1"), "no thread is left"
    assert "test-key-0123" not in out + err
    assert process.returncode == -signal.SIGINT, "Ctrl-C means what it always means"


def test_a_warning_goes_to_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="bodydouble.client")
    server = serve(in_turn(GET=[FAULTS["strange"], FAULTS["complete"]]))
    with Client(KEY, base_url=server.url, pace=FAST) as client:
        assert client.wait("job-1", 120).kind is Kind.SUCCESS
    assert [record.name for record in caplog.records] == ["bodydouble.client"]


def test_waits_share_an_event_loop(serve: Serve) -> None:
    server = serve(in_turn(GET=[FAULTS["queued"]] * 20 + [FAULTS["complete"]]))

    async def scenario() -> list[Job]:
        async with AsyncClient(KEY, base_url=server.url, pace=FAST) as client:
            return await asyncio.gather(*(client.wait(f"job-{number}", 120) for number in range(20)))

    found = asyncio.run(scenario())
    assert {one.kind for one in found} == {Kind.SUCCESS}
