from math import inf

import pytest
from msgspec.structs import replace

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.consumer.behaviours import PLAIN, Behaviour
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.scenes.distributions import Fixed, Uniform
from bodydouble.mockserver.scenes.faults import Fault, Rule, Target, Wire
from bodydouble.mockserver.scenes.scenario_files import read
from bodydouble.mockserver.scenes.scenarios import Body, Scenario

STALL = Rule(on=(Target.POLL,), fault=Fault(delay=Fixed(inf)))
TRICKLE = Rule(on=(Target.POLL,), fault=Fault(wire=Wire.DRIP, rate=0.01))
DRIP = Rule(on=(Target.POLL,), fault=Fault(wire=Wire.DRIP, rate=200.0))


def behaviour(**changes: object) -> Behaviour:
    return Behaviour(replace(PLAIN, **changes), Level.FAULTS)


@pytest.mark.parametrize(
    ("changes", "endless"),
    [
        ({}, False),
        ({"polls": None}, False),
        ({"polls": None, "queued": Fixed(inf)}, True),
        ({"polls": None, "running": Fixed(inf)}, True),
        ({"queued": Fixed(inf)}, False),  # progress is counted in polls
        ({"polls": None, "running": Uniform(1, 5)}, False),
        ({"faults": (STALL,)}, True),
        ({"faults": (TRICKLE,)}, True),
        ({"faults": (DRIP,)}, False),
        ({"words": ((Stage.SUCCESS, "delivered"),)}, True),
        ({"words": ((Stage.RUNNING, "moderating"),)}, False),
    ],
)
def test_a_behaviour_knows_whether_somebody_has_to_give_up(changes: dict[str, object], endless: bool) -> None:  # noqa: FBT001 - a fact
    assert behaviour(**changes).is_endless is endless


def test_faults_are_found_by_the_kind_of_call() -> None:
    assert behaviour(faults=(STALL,)).about(Target.POLL) == (STALL,)
    assert behaviour(faults=(STALL,)).about(Target.SUBMIT) == ()


def test_a_departure_makes_a_behaviour_larger() -> None:
    assert (
        behaviour().size < behaviour(body=Body.NULLS).size < behaviour(body=Body.NULLS, faults=(DRIP,)).size
    )


def test_it_is_written_as_a_scenario_file_has_it() -> None:
    one = behaviour(faults=(DRIP,))
    (again,) = read(one.as_data(), "here")
    assert isinstance(again, Scenario)
    assert again == one.scenario
