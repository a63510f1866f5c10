import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.clocks import ManualClock, ScaledClock, WorldClock, system_clock


def test_the_system_clock_tells_the_wall_clocks_time() -> None:
    assert time.time() - 1 < system_clock() <= time.time()


@pytest.mark.parametrize("speed", [0.0, 0.5, 1.0])
def test_a_worlds_clock_knows_the_time_of_the_one_that_it_follows(speed: float) -> None:
    base = ManualClock(1000)
    clock = WorldClock(base, speed)
    clock.advance(500)
    base.advance(10)
    assert (clock.base, clock()) == (1010, 1500 + 10 * speed)


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


def test_a_world_clock_follows_its_base_until_told_otherwise() -> None:
    base = ManualClock(100)
    clock = WorldClock(base)
    base.advance(5)
    assert clock() == 105
    clock.scale(0)
    base.advance(50)
    assert clock() == 105
    clock.advance(90)
    assert clock() == 195
    clock.scale(10)
    base.advance(1)
    assert clock() == 205
    clock.jump(1000)
    base.advance(1)
    assert clock() == 1010


@given(
    st.lists(
        st.tuples(st.sampled_from(["base", "scale", "advance", "jump"]), st.floats(0, 1e6)),
        min_size=1,
        max_size=30,
    )
)
def test_a_world_clock_never_runs_backwards(steps: list[tuple[str, float]]) -> None:
    base = ManualClock(100)
    clock = WorldClock(base)
    shown = clock()
    for kind, amount in steps:
        match kind:
            case "base":
                base.advance(amount)
            case "scale":
                clock.scale(amount)
            case "advance":
                clock.advance(amount)
            case "jump":
                clock.jump(clock() + amount)
        assert clock() >= shown
        shown = clock()


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf")])
def test_a_world_clock_refuses_what_no_clock_does(amount: float) -> None:
    clock = WorldClock(ManualClock(100))
    for change in (clock.scale, clock.advance, clock.jump):
        with pytest.raises(ValueError, match="clock"):
            change(amount)
    assert clock() == 100


@given(st.floats(0, 100), st.sampled_from([0, 0.5, 1, 60]), st.floats(0, 1000), st.booleans())
def test_a_clock_that_is_resumed_goes_on_as_if_nothing_had_been(
    before: float,
    speed: float,
    gap: float,
    still: bool,  # noqa: FBT001 - drawn
) -> None:
    base = ManualClock()
    clock = WorldClock(base)
    clock.scale(speed)
    base.advance(before)
    state, shown = clock.state, clock()
    base.advance(gap)
    other = WorldClock(base, 7)
    other.resume(state, still=still)
    assert other.speed == speed
    assert other() == pytest.approx(shown if still else clock())
    base.advance(10)
    assert other() == pytest.approx(shown + 10 * speed if still else clock())


def test_a_clock_that_follows_its_base_does_so_still_unless_time_stood_still() -> None:
    base = ManualClock(100.1)
    state = WorldClock(base).state
    base.advance(0.3)
    on, still = WorldClock(base), WorldClock(base)
    on.resume(state, still=False)
    still.resume(state, still=True)
    base.advance(0.7)
    assert on() == base()
    assert still() == pytest.approx(base() - 0.3)


def test_a_clock_whose_base_went_backwards_stands_still_meanwhile() -> None:
    base = ManualClock(1000.0)
    state = WorldClock(base).state
    earlier = ManualClock(400.0)
    clock = WorldClock(earlier)
    clock.resume(state, still=False)
    assert clock() == 1000.0
    earlier.advance(5)
    assert clock() == 1005.0
