from math import inf

import pytest

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.scenes.distributions import Empirical, Fixed, Uniform
from bodydouble.mockserver.scenes.faults import Answer, Fault, Form, Retry, Rule, Span, Target, Wire
from bodydouble.mockserver.scenes.scenario_files import read, shipped
from bodydouble.mockserver.scenes.scenario_writing import written
from bodydouble.mockserver.scenes.scenarios import (
    SUCCEEDS,
    Body,
    Edit,
    Ids,
    Numbers,
    Outcome,
    PollCount,
    Scenario,
)

FULL = Scenario(
    name="full",
    description="Everything at once.",
    queued=Fixed(inf),
    running=Uniform(1, 2),
    outcome=Outcome(Stage.FAILURE, "E", "it broke"),
    polls=PollCount(1, 2),
    body=Body.NULLS,
    words=((Stage.RUNNING, "moderating"),),
    faults=(
        Rule(
            on=(Target.POLL,),
            fault=Fault(Empirical((1.0, 2.0)), Answer(429, "no", Form.HTML, 3, Retry.DATE), Wire.DRIP, 9.0),
            nth=Span(1, 2),
            every=2,
            elapsed=Span(3),
            statuses=("running",),
            models=("m",),
            probability=0.5,
        ),
    ),
    breaks_contract=True,
    ids=Ids.MARKS,
    numbers=Numbers.FLOATS,
    edits=(
        Edit("/meta", "null", (Target.POLL,), (Stage.SUCCESS,)),
        Edit("/error"),
        Edit("/x", '{"a": [1, 2.5, "\\u00e4"]}'),
    ),
)


@pytest.mark.parametrize("scenario", [FULL, *shipped().values()], ids=lambda scenario: scenario.name)
def test_what_is_written_is_read_as_it_was(scenario: Scenario) -> None:
    assert read(written(scenario), "here") == (scenario,)


def test_what_is_said_by_default_is_not_written() -> None:
    assert written(SUCCEEDS) == {"name": "succeeds", "description": SUCCEEDS.description}


def test_a_duration_without_words_is_an_error() -> None:
    class Strange(Fixed, frozen=True):
        pass

    class Odd:
        def quantile(self, share: float) -> float:
            return share

    with pytest.raises(TypeError, match="Odd has no words"):
        written(Scenario("odd", "", Odd(), Fixed(1), Outcome(Stage.SUCCESS)))
    assert written(Scenario("sub", "", Strange(1), Fixed(1), Outcome(Stage.SUCCESS)))["queued"] == 1
