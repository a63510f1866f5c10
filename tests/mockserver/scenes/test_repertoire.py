import pytest
from msgspec.structs import replace

from bodydouble.mockserver.scenes.repertoire import Repertoire, UnknownScenario
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS


def test_every_shipped_scenario_is_found_under_its_name() -> None:
    repertoire = Repertoire()
    for name, scenario in shipped().items():
        assert repertoire.find(name) == scenario


def test_a_scenario_is_the_same_object_whenever_it_is_found() -> None:
    repertoire = Repertoire()
    assert repertoire.find("slow") is repertoire.find("slow")
    assert repertoire.find("succeeds") is SUCCEEDS


def test_an_own_scenario_hides_a_shipped_one_of_its_name() -> None:
    mine, changed = replace(SUCCEEDS, name="mine"), replace(SUCCEEDS, name="slow")
    repertoire = Repertoire((mine, changed))
    assert (repertoire.find("mine"), repertoire.find("slow")) == (mine, changed)
    assert [scenario.name for scenario in repertoire] == [*shipped(), "mine"]


def test_an_unknown_name_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownScenario, match="did you mean 'succeeds'"):
        Repertoire().find("suceeds")
    with pytest.raises(UnknownScenario, match="known are succeeds, slow"):
        Repertoire().find("zzzz")
