import asyncio
import time

import pytest

from bodydouble.mockserver.consumer.endings import Hung
from bodydouble.mockserver.consumer.virtual_time import (
    START,
    VirtualClock,
    VirtualLoop,
    cancel_all,
    patched_time,
)


def test_sleeping_leaps_and_waiting_for_hours_is_a_hang() -> None:
    clock = VirtualClock(longest=100)
    clock.sleep(60)
    assert clock() == START + 60
    with pytest.raises(Hung, match="after 100 s"):
        clock.sleep(60)
    clock.reset()
    assert clock.monotonic() == 0


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_nobody_sleeps_less_than_nothing(seconds: float) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        VirtualClock().sleep(seconds)


def test_code_that_uses_the_systems_time_gets_the_clocks_and_the_system_its_own_back() -> None:
    clock, real = VirtualClock(), (time.sleep, time.time, time.monotonic)
    with patched_time(clock):
        began = time.monotonic()
        time.sleep(600)
        assert time.monotonic() - began == 600
        assert time.time() == START + 600
    assert (time.sleep, time.time, time.monotonic) == real


@pytest.mark.timeout(120)
def test_a_loops_timers_leap_however_close_together_they_are() -> None:
    clock = VirtualClock()
    loop = VirtualLoop(clock)

    async def ticking() -> int:
        for _ in range(2000):
            await asyncio.sleep(0.0033)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(1000), 60)
        return 7

    assert loop.run_until_complete(ticking()) == 7
    assert clock.elapsed == pytest.approx(66.6)
    loop.close()


def test_what_waits_for_a_timer_of_days_hangs() -> None:
    loop = VirtualLoop(VirtualClock())
    with pytest.raises(Hung):
        loop.run_until_complete(asyncio.sleep(1e6))
    cancel_all(loop)
    loop.close()


def test_work_in_a_thread_is_done_at_once_and_its_errors_are_told() -> None:
    loop = VirtualLoop(VirtualClock())

    async def working() -> int:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)
        return await asyncio.to_thread(lambda: 3)

    assert loop.run_until_complete(working()) == 3
    loop.close()
