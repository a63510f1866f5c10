from typing import Any

import httpx2
import pytest

from bodydouble.mockserver.scenes.scenario_files import read
from bodydouble.mockserver.testing.allowances import Budget
from bodydouble.mockserver.testing.settings import DoubleSettings
from bodydouble.mockserver.testing.stages import Elsewhere, OwnDouble, Stage, Stages, TokenError, client_of
from bodydouble.mockserver.testing.targets import target_of
from bodydouble.mockserver.testing.transports import ORIGIN, InProcess, OverHttp
from tests.client.faults import html, serving

from .staging import BODY, PATH, own


@pytest.mark.parametrize(("name", "way"), [("double", InProcess), ("double-http", OverHttp)])
def test_the_double_is_reached_as_it_is_named(name: str, way: type) -> None:
    with own(name, seed=3, scenario="instant") as stage:
        transport = stage.transport()
        assert isinstance(transport, way)
        assert (stage.origin == ORIGIN) is (name == "double")
        with client_of(stage, transport, "any") as client:
            assert client.post(PATH, json=BODY).json()["status"] == "completed"
        # Whoever cannot take a transport finds it by URL, whichever way others go.
        assert httpx2.post(
            f"{stage.base_url}{PATH}", json=BODY, headers={"Authorization": "Bearer any"}, timeout=60
        ).is_success
        assert stage.control
        assert len(stage.control.jobs()) == 2


def test_a_replay_token_brings_back_seed_scenario_and_clock() -> None:
    (mine,) = read({"name": "mine", "queued": 0, "running": 0}, "here")
    with own(seed=99, scenario=mine, speed=3.0) as first:
        token = first.replay.removeprefix("--double-replay=")
        with own(replay_token=token) as again:
            assert (again.seed, again.replay) == (99, first.replay)
            assert again.control
            shown = again.control.show()
            assert (shown.scenario, shown.clock.speed) == ("mine", 3.0)


def test_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(TokenError, match="'nonsense' is no replay token"), own(replay_token="nonsense"):
        pass


def test_whoever_has_the_same_settings_has_the_same_double() -> None:
    stages = Stages()

    def asked(**settings: Any) -> Stage:
        wanted = DoubleSettings(**settings)
        return stages.of(target_of("double"), wanted, lambda: OwnDouble(wanted, target_of("double")))

    assert asked() is asked()
    assert asked(scenario="slow") is not asked()
    stages.close()
    stages.close()


def test_a_double_that_runs_already_is_known_as_one() -> None:
    with own("double-http") as running:
        there = Elsewhere(target_of(running.origin), "", Budget(0))
        assert there.control
        assert there.control.namespaces()
        assert (there.is_free, there.budget.most) == (True, None)
        there.close()


def test_a_server_of_this_machine_that_is_no_double_costs_nothing_and_is_not_controlled() -> None:
    with serving(lambda _: html(404)) as server:
        there = Elsewhere(target_of(server.url), "", Budget(0))
        assert there.control is None
        assert there.is_free
        there.close()


def test_a_server_elsewhere_is_asked_nothing_before_a_test_asks() -> None:
    there = Elsewhere(target_of("https://api.invalid"), "key", Budget(2))
    assert there.control is None
    assert not there.is_free
    assert there.budget.most == 2
    assert isinstance(there.transport(), OverHttp)
    there.close()
