import time

import pytest
from bodydouble.mockserver.clocks import ManualClock, ScaledClock, system_clock


def test_the_system_clock_tells_the_wall_clocks_time() -> None:
    assert time.time() - 1 < system_clock() <= time.time()


@pytest.mark.parametrize("speed", [0.5, 1, 60])
def test_a_scaled_clock_runs_from_now_at_its_speed(speed: float) -> None:
    base = ManualClock(1000)
    scaled = ScaledClock(speed, base)
    assert scaled() == 1000
    base.advance(10)
    assert scaled() == 1000 + 10 * speed


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_that_would_not_run_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        ScaledClock(speed)


def test_a_manual_clock_moves_only_when_told_and_only_forward() -> None:
    clock = ManualClock(5)
    assert (clock(), clock()) == (5, 5)
    clock.advance(2.5)
    assert clock() == 7.5
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
