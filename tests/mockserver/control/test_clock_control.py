from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.control.clock_control import LATEST, clock_data
from tests.mockserver.control.desk import HERE, Desk

START = ManualClock()()


def test_advancing_moves_every_job_of_the_namespace_at_once() -> None:
    desk = Desk()
    mine, other = [desk.submit() for _ in range(5)], desk.submit(namespace="w2")
    assert desk.ask("POST", f"{HERE}/clock/advance", {"seconds": 200})["now"] == START + 200
    assert {desk.ask("GET", f"{HERE}/jobs/{job}")["stage"] for job in mine} == {"success"}
    assert desk.ask("GET", f"/_double/namespaces/w2/jobs/{other}")["stage"] == "initial"
    assert desk.ask("GET", "/_double/namespaces/w2/clock")["now"] == START


def test_a_frozen_clock_moves_only_when_it_is_told_to() -> None:
    desk = Desk()
    assert desk.ask("POST", f"{HERE}/clock/freeze")["frozen"] is True
    desk.clock.advance(50)
    assert desk.ask("GET", f"{HERE}/clock")["now"] == START
    assert desk.ask("POST", f"{HERE}/clock/advance", {"seconds": 1.5})["now"] == START + 1.5
    assert desk.ask("POST", f"{HERE}/clock/scale", {"speed": 2})["frozen"] is False
    desk.clock.advance(10)
    assert desk.ask("GET", f"{HERE}/clock")["now"] == START + 21.5


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        (START, START),
        (START + 0.25, START + 0.25),
        ("2026-01-01T00:00:01Z", START + 1),
        ("2026-01-01t02:00:00.5+02:00", START + 0.5),
        ("9999-12-31T23:59:59Z", LATEST),
    ],
)
def test_a_clock_jumps_to_a_moment(to: Any, shown: float) -> None:
    assert Desk().ask("POST", f"{HERE}/clock/jump", {"to": to})["now"] == shown


@pytest.mark.parametrize(
    ("verb", "body", "told"),
    [
        ("advance", {"seconds": -1}, "at least 0"),
        ("advance", {"seconds": 1e10}, "at most"),
        ("advance", {"seconds": "90"}, "a number"),
        ("advance", {}, "seconds is required"),
        ("advance", {"minutes": 1, "seconds": 1}, "minutes"),
        ("scale", {"speed": -0.5}, "at least 0"),
        ("scale", {"speed": None}, "a number"),
        ("jump", {"to": START - 1}, "never runs backwards"),
        ("jump", {"to": -1e308}, "never runs backwards"),
        ("jump", {"to": "2025-12-31T23:59:59Z"}, "never runs backwards"),
        ("jump", {"to": LATEST + 1}, ""),
        ("jump", {"to": "tomorrow"}, "this is no moment"),
        ("jump", {"to": "2026-13-01T00:00:00Z"}, "this is no moment"),
        ("jump", {"to": "2026-01-01T00:00:00"}, "this is no moment"),
        ("jump", {"to": "0001-01-01T00:00:00+23:59"}, ""),
        ("jump", {"to": "\u0662026-01-01T00:00:00Z"}, "this is no moment"),
        ("jump", {"to": True}, ""),
    ],
)
def test_a_bad_move_is_refused_and_moves_nothing(verb: str, body: Any, told: str) -> None:
    desk = Desk()
    status, text = desk.refusal("POST", f"{HERE}/clock/{verb}", body)
    assert (status, told in text) == (400, True), text
    assert desk.ask("GET", f"{HERE}/clock") == {
        "now": START,
        "time": "2026-01-01T00:00:00.000Z",
        "speed": 1,
        "frozen": False,
    }


def test_a_clock_never_leaves_the_calendar() -> None:
    desk = Desk()
    desk.ask("POST", f"{HERE}/clock/jump", {"to": LATEST - 1})
    assert "calendar" in desk.refusal("POST", f"{HERE}/clock/advance", {"seconds": 2})[1]
    desk.ask("POST", f"{HERE}/clock/advance", {"seconds": 1})


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["advance", "scale", "freeze"]), st.floats(0, 1e6)), max_size=6))
def test_whatever_is_done_to_it_a_clock_never_runs_backwards(moves: list[tuple[str, float]]) -> None:
    desk = Desk()
    shown = START
    for verb, number in moves:
        body = {"advance": {"seconds": number}, "scale": {"speed": number}, "freeze": {}}[verb]
        now = desk.ask("POST", f"{HERE}/clock/{verb}", body)["now"]
        assert now >= shown
        desk.clock.advance(1)
        shown = now


def test_what_a_clock_shows_is_told_in_seconds_and_as_a_date() -> None:
    told: Any = clock_data(Desk().world)
    assert (told["now"], told["time"]) == (START, "2026-01-01T00:00:00.000Z")
