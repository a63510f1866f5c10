from collections import Counter

import pytest

from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.sweeping import has_effect, sweep
from bodydouble.mockserver.scenes.scenario_files import read
from bodydouble.mockserver.scenes.scenarios import Body, Edit
from tests.consuming import play

ALL = list(sweep(play(), Level.FUTURES, endless=True))


def test_the_first_thirty_have_every_order_of_statuses_every_shape_and_the_commonest_faults() -> None:
    names = [one.scenario.name for one in sweep(play(), Level.FAULTS, endless=False)][:30]
    assert names[0] == "plain"
    assert {"fails", "instant", "skips-running", "fails-in-queue", "nulls", "absent", "extra", "floats"} <= {
        *names
    }
    assert {"ids-marks", "poll-500", "poll-429", "poll-404", "poll-reset"} <= {*names}


def test_names_are_unique_and_every_scenario_can_be_saved_and_read() -> None:
    assert max(Counter(one.scenario.name for one in ALL).values()) == 1
    for one in ALL:
        assert read(one.as_data(), one.scenario.name) == (one.scenario,)


@pytest.mark.parametrize("level", Level)
def test_a_level_brings_no_behaviour_of_a_higher_one(level: Level) -> None:
    swept = list(sweep(play(), level, endless=True))
    assert {one.level for one in swept} == {*level.included}
    assert all(not one.scenario.breaks_contract for one in swept if one.level is not Level.FUTURES)


def test_whoever_never_gives_up_meets_nothing_endless() -> None:
    assert any(one.is_endless for one in ALL)
    assert not any(one.is_endless for one in sweep(play(), Level.FUTURES, endless=False))


def test_pauses_are_no_longer_than_they_may_be() -> None:
    assert max(one.pause for one in ALL) == 20
    assert max(one.pause for one in sweep(play(), Level.FUTURES, endless=True, patience=5)) == 3


def test_every_place_that_may_be_null_or_absent_is_so_once() -> None:
    names = {one.scenario.name for one in ALL}
    assert {"null-poll-meta", "absent-poll-meta", "null-poll-meta-usage", "absent-poll-duration"} <= names
    assert {"null-submit-meta", "absent-submit-meta", "null-poll-video-duration"} <= names


def test_edits_that_change_nothing_are_left_out() -> None:
    plain = ALL[0].scenario
    assert plain.body is Body.PLAIN
    assert all(has_effect(play(), one.scenario) for one in ALL)
    gone = type(plain)(
        **{**{f: getattr(plain, f) for f in plain.__struct_fields__}, "edits": (Edit("/gone"),)}
    )
    assert not has_effect(play(), gone)
