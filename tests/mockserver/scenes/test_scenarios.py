import re

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Body

SHIPPED = shipped()


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


def test_only_a_scenario_that_changes_bodies_is_not_plain() -> None:
    changed = {name for name, scenario in SHIPPED.items() if not scenario.is_plain}
    assert changed == {"new-status", "extra-fields", "nulls", "absent", "wide"}
    assert {SHIPPED[name].body for name in changed} == set(Body)
