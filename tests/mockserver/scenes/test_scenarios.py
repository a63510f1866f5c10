import re
from pathlib import Path

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.distributions import LogLogistic, Uniform
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import QUEUED, RUNNING, SUCCEEDS, Body

SHIPPED = shipped()
README = Path(__file__).parents[3] / "README.md"


def test_every_scenario_is_named_and_described() -> None:
    for name, scenario in SHIPPED.items():
        assert scenario.name == name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert scenario.description.endswith(".")
        assert scenario.outcome.stage.is_final


def test_a_failure_is_described() -> None:
    for scenario in SHIPPED.values():
        failing = scenario.outcome.stage is Stage.FAILURE
        assert bool(scenario.outcome.error_name and scenario.outcome.error_message) is failing


def test_the_usual_scenario_is_the_shipped_one_of_its_name() -> None:
    assert SHIPPED[SUCCEEDS.name] == SUCCEEDS


def test_the_usual_durations_are_those_that_the_readme_documents() -> None:
    text = " ".join(README.read_text("utf-8").split())
    found = re.search(
        r"A job waits (\S+) to (\S+) s, every duration as likely as another, "
        r"and runs for (\S+) to (\S+) s, log-logistic around a median of (\S+) s:",
        text,
    )
    assert found, "the README tells how long jobs take"
    least, most, low, high, middle = map(float, found.groups())
    assert Uniform(least, most) == QUEUED
    assert LogLogistic(middle, RUNNING.shape, low, high) == RUNNING


def test_only_a_scenario_that_changes_bodies_is_not_plain() -> None:
    changed = {name for name, scenario in SHIPPED.items() if not scenario.is_plain}
    assert changed == {"new-status", "extra-fields", "nulls", "absent", "wide"}
    assert {SHIPPED[name].body for name in changed} == set(Body)
