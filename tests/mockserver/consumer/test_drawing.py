from hypothesis import given, settings

from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.drawing import behaviours
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.scenes.faults import Target
from bodydouble.mockserver.scenes.scenario_files import read
from tests.consuming import play

FEW = settings(max_examples=40)


@FEW
@given(behaviours(play(), Level.FUTURES))
def test_whatever_is_drawn_can_be_saved_and_read_and_ends(behaviour: Behaviour) -> None:
    assert read(behaviour.as_data(), "drawn") == (behaviour.scenario,)
    assert not behaviour.is_endless


@FEW
@given(behaviours(play(), Level.CONTRACT))
def test_within_the_contract_there_are_no_faults_and_no_words_of_ones_own(behaviour: Behaviour) -> None:
    scenario = behaviour.scenario
    assert not scenario.faults
    assert not scenario.words
    assert not scenario.breaks_contract


@FEW
@given(behaviours(play(), Level.FAULTS))
def test_faults_pass_and_never_break_the_contract(behaviour: Behaviour) -> None:
    assert not behaviour.scenario.breaks_contract
    for rule in behaviour.scenario.faults:
        assert rule.nth.last is not None
        assert rule.on in ((Target.SUBMIT,), (Target.POLL,), (Target.RESULT,))
