import pytest

from bodydouble.mockserver.scenes.scenario_files import read, shipped
from bodydouble.mockserver.testing.lives import Ends, double_lives, life_of, lives


def parameters(*chosen: str, but: tuple[str, ...] = ()) -> list[str]:
    def test() -> None: ...

    marks = double_lives(*chosen, but=but)(test).pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    (mark,) = (mark for mark in marks if mark.name == "parametrize")
    assert mark.args[0] == "double_life"
    assert mark.kwargs["indirect"]
    return [each.id for each in mark.args[1]]


def test_every_way_that_a_job_can_go_is_a_life() -> None:
    found = {life.name: life.ends for life in lives()}
    assert found == {
        "succeeds": Ends.SUCCESS,
        "slow": Ends.SUCCESS,
        "instant": Ends.SUCCESS,
        "skips-generating": Ends.SUCCESS,
        "fails-in-queue": Ends.FAILURE,
        "fails-while-generating": Ends.FAILURE,
        "fails-at-the-end": Ends.FAILURE,
        "content-refused": Ends.FAILURE,
        "stuck-queued": Ends.NEVER,
        "stuck-generating": Ends.NEVER,
    }


def test_faults_and_odd_replies_are_no_lives() -> None:
    others = set(shipped()) - {life.name for life in lives()}
    assert {"flaky", "nulls", "new-status", "lost-create"} <= others


def test_a_test_runs_through_all_of_them_unless_some_are_chosen() -> None:
    assert parameters() == [life.name for life in lives()]
    assert parameters("instant", "flaky") == ["instant", "flaky"]
    assert "slow" not in parameters(but=("slow",))
    assert len(parameters(but=("slow",))) == len(lives()) - 1


def test_a_scenario_of_ones_own_is_a_life() -> None:
    (mine,) = read({"name": "mine", "queued": "forever"}, "here")
    assert life_of(mine).ends is Ends.NEVER
    assert not life_of(mine).succeeds
    assert str(life_of(mine)) == "mine"


@pytest.mark.parametrize("chosen", [{"chosen": ["instnat"]}, {"but": ("instnat",)}])
def test_an_unknown_name_is_told_the_nearest(chosen: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(LookupError, match="no life is called 'instnat'; did you mean 'instant'"):
        double_lives(*chosen.get("chosen", ()), but=chosen.get("but", ()))
