import sys
import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from bodydouble.mockserver.consumer.behaviours import FAILURE, PLAIN, Behaviour
from bodydouble.mockserver.consumer.calling import KEY, Caller, Surroundings
from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.consumer.levels import Level
from tests.consuming import Failed, trusting, trusting_async

SUCCEEDS = Behaviour(PLAIN, Level.CONTRACT)
FAILS = Behaviour(replace(PLAIN, outcome=FAILURE), Level.CONTRACT)


@pytest.fixture
def caller() -> Iterator[Caller]:
    made = Caller()
    yield made
    made.close()


@pytest.mark.parametrize("client", [trusting, trusting_async])
def test_a_life_is_lived_in_no_time_blocking_or_not(caller: Caller, client: object) -> None:
    done, failed = (caller.run(client, behaviour) for behaviour in (SUCCEEDS, FAILS))  # type: ignore[arg-type]
    assert (done.end, failed.end) == (End.DONE, End.FAILED)
    assert [entry.stage for entry in done.entries] == ["initial", "initial", "running", "success"]
    assert done.entries[-1].at - done.entries[0].at > 9


def raising(error: BaseException) -> object:
    def client(_given: Surroundings) -> None:
        raise error

    return client


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (Failed("no"), End.FAILED),
        (ValueError("no"), End.FAILED),
        (OSError("no"), End.FAILED),
        (KeyError("status"), End.CRASHED),
        (TypeError("no"), End.CRASHED),
        (RecursionError(), End.CRASHED),
        (SystemExit(0), End.DONE),
        (SystemExit(3), End.FAILED),
        (SystemExit("no"), End.FAILED),
    ],
)
def test_what_is_raised_says_how_it_ended(caller: Caller, error: BaseException, end: End) -> None:
    assert caller.run(raising(error), SUCCEEDS).end is end  # type: ignore[arg-type]


def test_an_exception_may_be_declared_a_failure_and_a_result_none() -> None:
    caller = Caller(failures=(KeyError,), accepts=lambda result: result is not None)
    assert caller.run(raising(KeyError("x")), SUCCEEDS).end is End.FAILED  # type: ignore[arg-type]
    assert caller.run(lambda _given: None, SUCCEEDS).end is End.FAILED
    assert caller.run(lambda _given: "video", SUCCEEDS).end is End.DONE
    caller.close()


def test_waiting_for_ever_is_a_hang_and_the_next_run_is_none_the_worse(caller: Caller) -> None:
    def waits(_given: Surroundings) -> None:
        while True:
            time.sleep(60)

    assert caller.run(waits, SUCCEEDS).end is End.HUNG
    assert caller.run(trusting, SUCCEEDS).end is End.DONE


def test_what_is_printed_is_kept_and_the_real_streams_are_given_back(caller: Caller) -> None:
    streams = sys.stdout, sys.stderr

    def prints(given: Surroundings) -> None:
        sys.stdout.write(f"key {given.api_key}")
        sys.stderr.write("x" * 200_000)

    life = caller.run(prints, SUCCEEDS)
    assert len(life.output) == 100_000
    assert life.key == KEY
    assert (sys.stdout, sys.stderr) == streams
