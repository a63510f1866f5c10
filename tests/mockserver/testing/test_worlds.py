import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.mockserver.scenes.limits import RateLimit
from bodydouble.mockserver.testing.allowances import Budget
from bodydouble.mockserver.testing.marks import Wanted
from bodydouble.mockserver.testing.stages import Elsewhere, client_of
from bodydouble.mockserver.testing.targets import target_of
from bodydouble.mockserver.testing.worlds import Journal, NotHere, Player, Unplayable, name_for, world_for

from .staging import BODY, PATH, PLAYER, Over, over, own, world


def remote(most: int | None = 2, key: str = "sk-real") -> Elsewhere:
    return Elsewhere(target_of("https://api.invalid"), key, Budget(most))


@given(st.text(max_size=300), st.sampled_from(["main", "gw0", "gw12345"]), st.sampled_from(["", "0af3c1"]))
def test_every_test_has_a_name_that_a_namespace_can_have(test: str, worker: str, run: str) -> None:
    name = name_for(Player(test, worker, run))
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name)
    assert name != name_for(Player(f"{test}x", worker, run))


def test_workers_and_runs_are_kept_apart_even_where_a_test_names_its_namespace() -> None:
    names = {
        name_for(Player("t", worker, run), "mine") for worker in ("gw0", "gw1") for run in ("", "a", "b")
    }
    assert len(names) == 6
    assert name_for(Player("t"), "mine") == "main-mine"


def test_a_world_is_as_the_marker_says() -> None:
    with (
        own() as stage,
        world(
            stage,
            scenario="instant",
            clock="manual",
            seed=7,
            rate=RateLimit(5, 1.0),
            credit=10,
            namespace="here",
        ) as made,
    ):
        assert made.control
        shown = made.control.show()
        assert (shown.name, shown.scenario, shown.seed, shown.clock.frozen) == (
            "main-here",
            "instant",
            7,
            True,
        )
        assert made.control.limits().credit == 10
        assert (made.key, made.scenario) == ("test-main-here", "instant")


def test_a_world_ends_with_its_test_and_begins_anew_with_the_next() -> None:
    with own() as stage:
        assert stage.control
        for _ in range(2):
            with world(stage) as made, client_of(stage, stage.transport(), made.key) as client:
                client.post(PATH, json=BODY)
                assert made.control
                assert len(made.control.jobs()) == 1
        assert [each.name for each in stage.control.namespaces()] == ["default"]


def test_what_a_broken_off_run_left_is_no_obstacle() -> None:
    with own() as stage:
        assert stage.control
        stage.control.within(name_for(PLAYER)).begin(scenario="slow")
        with world(stage, scenario="instant") as made:
            assert made.scenario == "instant"


def test_the_same_test_has_the_same_chance_in_every_run_and_another_has_its_own() -> None:
    def ids(player: Player) -> list[str]:
        with (
            own(seed=5) as stage,
            world_for(stage, Wanted(), player, over) as made,
            client_of(stage, stage.transport(), made.key) as client,
        ):
            return [client.post(PATH, json=BODY).json()["id"] for _ in range(3)]

    assert ids(PLAYER) == ids(PLAYER) != ids(Player("another"))


def test_an_unknown_scenario_is_told_the_nearest() -> None:
    with (
        own() as stage,
        pytest.raises(Unplayable, match="'flakey'; did you mean 'flaky'"),
        world(stage, scenario="flakey"),
    ):
        pass


def test_its_story_tells_the_requests_and_how_to_repeat_them_and_no_secret() -> None:
    with own(seed=11) as stage, world(stage, scenario="instant") as made:
        with client_of(stage, stage.transport(), made.key) as client:
            reply = client.post(PATH, json=BODY | {"prompt": "Bearer sk-123456789012345678901234"})
            client.get(reply.json()["video"]["url"], headers={"Authorization": ""})
        story = made.story()
    assert "scenario instant; its clock runs 1000 times as fast" in story
    assert f"POST {PATH}  200 (submit, job {reply.json()['id']} is success)" in story
    token = stage.host.app.replay_token  # type: ignore[attr-defined]  # our own application
    assert f"replay token: pytest 'tests/test_x.py::test_x[a b]' --double-replay={token}" in story
    assert reply.json()["video"]["url"].partition("?")[2] not in story
    assert "sk-123456" not in story


def test_the_journal_of_a_world_is_held_to_expectations() -> None:
    with own() as stage, world(stage, scenario="instant") as made:
        assert made.control
        journal = Journal(made.control)
        with client_of(stage, stage.transport(), made.key) as client:
            client.post(PATH, json=BODY)
        journal.verify({"operation": "submit", "exactly": 1})
        assert [entry.operation for entry in journal] == ["submit"]
        assert len(journal) == 1
        with pytest.raises(AssertionError, match=r"(?s)expected exactly 2 submits, got .*POST"):
            journal.verify({"operation": "submit", "exactly": 2}, {"operation": "poll", "exactly": 0})


def test_a_server_that_is_no_double_gives_a_share_of_what_may_be_spent() -> None:
    stage = remote(3)
    with world(stage, jobs=2, scenario="succeeds", speed=50.0) as made:
        assert (made.control, made.key, made.allowance.granted) == (None, "sk-real", 2)
        assert "is no double" in made.story()
        made.allowance.submit()
        made.allowance.submit()
        with pytest.raises(Over):
            made.allowance.submit()
    with (
        pytest.raises(NotHere, match=r"may submit 2 jobs, and 2 of 3 are taken; --double-max-jobs"),
        world(stage, jobs=2),
    ):
        pass


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"scenario": "flaky"}, "the scenario 'flaky', and https://api.invalid is no double"),
        ({"clock": "manual"}, "moves the clock"),
        ({"rate": RateLimit(1, 1.0)}, "sets rate"),
    ],
)
def test_what_only_a_double_can_do_is_not_asked_of_others(wanted: dict[str, object], reason: str) -> None:
    stage = remote()
    with pytest.raises(NotHere, match=reason), world(stage, **wanted):
        pass
    assert stage.budget.reserved == 0


def test_a_life_that_is_not_the_plain_one_is_not_asked_of_others() -> None:
    with pytest.raises(NotHere, match="'slow'"), world_for(remote(), Wanted(), PLAYER, over, "slow"):
        pass


def test_without_a_key_nobody_asks_a_server_elsewhere() -> None:
    player = Player("t", key_names="A_KEY or B_KEY")
    with (
        pytest.raises(NotHere, match="wants a key and none is set: set A_KEY or B_KEY"),
        world_for(remote(key=""), Wanted(), player, over),
    ):
        pass


def test_the_key_of_a_server_elsewhere_is_in_no_story() -> None:
    with world(remote()) as made:
        assert "sk-real" not in json.dumps(made.story())
