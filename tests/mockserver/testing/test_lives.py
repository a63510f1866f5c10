import pytest

from bodydouble.mockserver.scenes.scenario_files import read, shipped
from bodydouble.mockserver.testing.lives import Ends, departures, double_lives, life_of, lives


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


def test_a_level_stands_for_every_departure_from_a_plain_life() -> None:
    contract, faults = departures("contract"), departures("faults")
    assert len(contract) > 30
    assert {life.name for life in contract} < {life.name for life in faults}
    assert {life.name for life in faults} < {life.name for life in departures("futures")}
    assert all(life.ends is not Ends.NEVER for life in faults)


def test_what_a_client_may_do_is_told_for_each() -> None:
    by_name = {life.name: life for life in (*departures("faults"), *lives())}
    assert by_name["succeeds"].allowed == {"done"}
    assert by_name["fails-in-queue"].allowed == {"failed"}
    assert by_name["stuck-queued"].allowed == {"failed"}
    assert by_name["submit-garbled"].allowed == {"done", "failed"}


def test_a_test_runs_through_a_level() -> None:
    def test() -> None: ...

    marks = double_lives(level="contract")(test).pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    (mark,) = (mark for mark in marks if mark.name == "parametrize")
    names = [each.id for each in mark.args[1]]
    assert len(names) == len(set(names)) == len(departures("contract"))


def test_a_level_that_is_none_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match="there is no level 'fault'; did you mean 'faults'"):
        double_lives(level="fault")
    with pytest.raises(ValueError, match="names of lives or a level, got both"):
        double_lives("instant", level="faults")


def test_a_departure_that_is_left_out_must_exist() -> None:
    with pytest.raises(LookupError, match="no life is called 'poll-429-lnog'; did you mean 'poll-429-long'"):
        double_lives(level="faults", but=("poll-429-lnog",))
