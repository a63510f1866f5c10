from typing import Any

import pytest

from bodydouble.mockserver.control.namespaces_control import namespace_data
from bodydouble.mockserver.namespaces import seed_of
from bodydouble.mockserver.scenes.limits import RateLimit
from tests.mockserver.control.desk import HERE, Desk

ALL = "/_double/namespaces"


def names(desk: Desk) -> list[str]:
    return [each["name"] for each in desk.ask("GET", ALL)["namespaces"]]


def test_the_default_namespace_is_always_there() -> None:
    desk = Desk()
    assert names(desk) == ["default"]
    desk.submit(namespace="w1")
    assert names(desk) == ["default", "w1"]
    assert desk.ask("GET", f"{ALL}/w1")["jobs"] == 1


def test_a_namespace_begins_with_settings_of_its_own() -> None:
    desk = Desk()
    told = desk.ask(
        "POST",
        ALL,
        {
            "name": "w1",
            "seed": 7,
            "speed": 60,
            "scenario": {"name": "mine", "queued": 1},
            "max_jobs": 5.0,
            "url_ttl": 9,
            "castings": [{"scenario": "slow", "prompt": "cat"}],
            "faults": [{"on": ["poll"], "answer": {"status": 500}}],
            "rate": {"burst": 2, "per_second": 1},
            "credit": 100,
        },
    )
    assert (told["name"], told["seed"], told["scenario"], told["clock"]["speed"]) == ("w1", 7, "mine", 60)
    world = desk.service.worlds.get("w1")
    assert world
    assert (world.jobs.limit, world.url_ttl, world.rate, world.credit) == (5, 9, RateLimit(2, 1), 100)
    assert (len(world.castings), len(world.faults)) == (1, 1)


def test_what_is_left_out_is_as_the_server_was_started() -> None:
    desk = Desk(settings={"seed": 3, "max_jobs": 4})
    assert desk.ask("POST", ALL, {"name": "w1"})["seed"] == seed_of(3, "w1")
    world = desk.service.worlds.get("w1")
    assert world
    assert (world.jobs.limit, world.scenario.name, world.credit) == (4, "succeeds", None)


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "a/b"}, 400),
        ({"name": "w1\n"}, 400),
        ({"name": "x" * 65}, 400),
        ({"name": "default"}, 409),
        ({"name": "w0"}, 409),
        ({"name": "w1", "seed": -1}, 400),
        ({"name": "w1", "seed": 2**63}, 400),
        ({"name": "w1", "scenario": "flakey"}, 400),
        ({"name": "w1", "max_jobs": 0}, 400),
        ({"name": "w1", "url_ttl": 0}, 400),
        ({"name": "w1", "sped": 1}, 400),
        ({"name": "w1", "castings": [{"scenario": "slow", "prompt": "("}]}, 400),
        ({"name": "w1", "rate": {}}, 400),
        ("w1", 400),
    ],
)
def test_a_namespace_that_cannot_begin_does_not(settings: Any, status: int) -> None:
    desk = Desk()
    desk.submit(namespace="w0")
    assert desk.refusal("POST", ALL, settings)[0] == status
    assert names(desk) == ["default", "w0"]


def test_a_reset_namespace_runs_the_same_again_and_an_ended_one_is_gone() -> None:
    desk = Desk()
    desk.ask("POST", ALL, {"name": "w1", "seed": 7, "scenario": "slow"})
    first = [desk.submit(namespace="w1") for _ in range(2)]
    desk.ask("PUT", f"{ALL}/w1/scenario", {"scenario": "instant"})
    told = desk.ask("POST", f"{ALL}/w1/reset")
    assert (told["jobs"], told["requests"], told["scenario"]) == (0, 0, "slow")
    assert [desk.submit(namespace="w1") for _ in range(2)] == first
    desk.ask("DELETE", f"{ALL}/w1")
    assert names(desk) == ["default"]
    assert desk.refusal("DELETE", f"{ALL}/w1")[0] == 404


def test_ending_the_default_namespace_has_it_begin_anew() -> None:
    desk = Desk()
    desk.submit()
    desk.ask("DELETE", HERE)
    assert desk.ask("GET", HERE)["jobs"] == 0


def test_reading_begins_no_namespace_and_changing_does() -> None:
    desk = Desk()
    for target in (
        "",
        "/jobs",
        "/scenario",
        "/castings",
        "/faults",
        "/limits",
        "/clock",
        "/journal",
        "/report",
    ):
        assert desk.refusal("GET", f"{ALL}/w1{target}")[0] == 404
    assert desk.refusal("POST", f"{ALL}/w1/verify", {"exactly": 0})[0] == 404
    assert names(desk) == ["default"]
    desk.ask("POST", f"{ALL}/w1/clock/freeze")
    assert names(desk) == ["default", "w1"]


@pytest.mark.parametrize("name", ["a b", "%C3%BC", "-x", "x" * 65, ".."])
def test_what_cannot_be_a_namespace_is_told_so(name: str) -> None:
    assert Desk().refusal("GET", f"{ALL}/{name}/clock")[0] == 404
    status, text = Desk().refusal("POST", f"{ALL}/{name}/clock/freeze")
    assert (status, "names no namespace" in text) == (400, True)


def test_an_unknown_namespace_is_told_the_nearest() -> None:
    desk = Desk()
    desk.submit(namespace="worker-1")
    assert "did you mean 'worker-1'" in desk.refusal("GET", f"{ALL}/worker1/jobs")[1]


def test_a_namespace_is_told_as_a_whole() -> None:
    told: Any = namespace_data(Desk(settings={"seed": 5}).world)
    assert (told["name"], told["seed"], told["scenario"], told["jobs"]) == ("default", 5, "succeeds", 0)
