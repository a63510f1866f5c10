"""The reference client against the double in process and over HTTP; ``--target=URL`` runs it against any server.

Against the real API (``--target=https://...`` with the key in the environment) what only a double can do is skipped,
and no more jobs are submitted than ``--double-max-jobs`` allows.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bodydouble.client import (
    AsyncClient,
    Client,
    Job,
    JobFailed,
    JobNotFound,
    Kind,
    Pace,
    Refused,
    SubmissionUnknown,
    WaitTimeout,
)
from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.testing import targets
from bodydouble.mockserver.testing.drawing import given_server
from bodydouble.mockserver.testing.drawn import DrawnServer
from bodydouble.mockserver.testing.lives import Ends, Life, double_lives
from bodydouble.mockserver.testing.stages import Stage
from bodydouble.mockserver.testing.worlds import Journal, TestWorld

FAST = Pace(first_poll=0.02, interval=0.02, longest=0.05, poll_timeout=60.0, settle=600.0)
ENOUGH, LITTLE = 600.0, 0.4
PROMPT = "a paper boat on a puddle"
Call = Callable[..., Any]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run against both doubles where the command line names nothing."""
    if "double_target" in metafunc.fixturenames and not metafunc.config.getoption("double_target"):
        both = [targets.target_of(name) for name in targets.NAMES]
        metafunc.parametrize("double_target", both, ids=str, indirect=True, scope="session")


@pytest.fixture(params=[Client, AsyncClient], ids=["blocking", "asynchronous"])
def call(
    request: pytest.FixtureRequest, double: Stage, double_namespace: TestWorld, double_transport: Any
) -> Iterator[Call]:
    """Call a method of the client by its name; coroutines are run."""
    # Over a socket the client's own transport is under test; elsewhere jobs are counted, and in process there is none.
    over_http = double.target.kind is targets.Kind.OVER_HTTP
    with asyncio.Runner() as runner, ExitStack() as stack:
        client = request.param(
            double_namespace.key,
            base_url=double.origin,
            pace=FAST if double.is_free else Pace(),
            transport=None if over_http else double_transport,
        )

        def calling(name: str, *arguments: Any, **keywords: Any) -> Any:
            found = getattr(client, name)(*arguments, **keywords)
            return runner.run(found) if asyncio.iscoroutine(found) else found

        stack.callback(calling, "close")
        yield calling


def test_a_job_is_created_followed_and_downloaded(call: Call, tmp_path: Path) -> None:
    seen: list[Job] = []
    job = call("generate", PROMPT, timeout=ENOUGH, on_created=seen.append)
    assert job.id == seen[0].id
    assert (job.kind, bool(job.videos)) == (Kind.SUCCESS, True)
    path = call("download", job, tmp_path / "boat.mp4", timeout=ENOUGH)
    assert path.read_bytes()[4:8] == b"ftyp"


def test_every_reply_keeps_the_contract(
    double: Stage, double_client: Any, double_key: str, exchange_checker: Any
) -> None:
    """The target itself, seen without the client in between."""
    client = Client(double_key, base_url="http://never.asked")
    submit, poll = client.api.submit, (client.api.poll_path, client.api.poll_parameter)
    client.close()
    reply = double_client.post(submit.path, json={**submit.fixed, submit.prompt_field: PROMPT})
    exchange_checker(reply)
    job, give_up = reply.json(), time.monotonic() + ENOUGH
    while (
        client.api.kind_of(job["status"]) not in (Kind.SUCCESS, Kind.FAILURE) and time.monotonic() < give_up
    ):
        time.sleep(0.02 if double.is_free else 10)
        reply = double_client.get(poll[0], params={poll[1]: job["id"]})
        exchange_checker(reply)
        job = reply.json()
    assert client.api.kind_of(job["status"]) is Kind.SUCCESS


@pytest.mark.double(jobs=0)
def test_an_unknown_job_is_told_as_that(call: Call) -> None:
    with pytest.raises(JobNotFound):
        call("look", "00000000-0000-4000-8000-000000000000")


@double_lives()
@pytest.mark.double(speed=5000.0)
def test_every_life_ends_as_it_is_told(call: Call, double_life: Life) -> None:
    if double_life.ends is Ends.SUCCESS:
        assert call("generate", PROMPT, timeout=ENOUGH).video
    elif double_life.ends is Ends.FAILURE:
        with pytest.raises(JobFailed) as failure:
            call("generate", PROMPT, timeout=ENOUGH)
        assert failure.value.job.error
    else:
        with pytest.raises(WaitTimeout):
            call("generate", PROMPT, timeout=LITTLE)


@pytest.mark.double(scenario="lost-create")
def test_a_create_without_a_reply_is_not_sent_again(call: Call, double_journal: Journal) -> None:
    with pytest.raises(SubmissionUnknown):
        call("create", PROMPT)
    double_journal.verify({"operation": "submit", "exactly": 1})


@pytest.mark.double(scenario="out-of-credit")
def test_a_refusal_is_told_as_that(call: Call) -> None:
    with pytest.raises(Refused, match="403"):
        call("create", PROMPT)


@pytest.mark.double(scenario="flaky", speed=500.0)
def test_polls_that_fail_are_asked_again(call: Call) -> None:
    assert call("generate", PROMPT, timeout=ENOUGH).kind is Kind.SUCCESS


@pytest.mark.double(clock="manual")
def test_a_job_is_as_old_as_the_clock_says(call: Call, double_clock: Any) -> None:
    job = call("create", PROMPT)
    assert call("look", job).kind is Kind.INITIAL
    double_clock.advance(1000)
    assert call("look", job).kind is Kind.SUCCESS


@pytest.mark.double(scenario="instant")
def test_key_and_address_are_read_from_the_environment(double_environment: dict[str, str]) -> None:
    assert double_environment
    with Client(pace=FAST) as client:
        assert client.generate(PROMPT, timeout=ENOUGH).kind is Kind.SUCCESS


@given_server(examples=25)
def test_whatever_the_contract_allows_is_understood(server: DrawnServer) -> None:
    with Client(server.key, base_url=server.origin, pace=FAST, transport=server.transport()) as client:
        try:
            end = End.DONE if client.generate(PROMPT, timeout=ENOUGH).video else End.FAILED
        except JobFailed:
            end = End.FAILED
    assert end in server.allowed, server.why
