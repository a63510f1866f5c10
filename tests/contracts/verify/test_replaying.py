import pytest

from bodydouble.contracts.verify.failures import parse, render
from bodydouble.contracts.verify.ledger import Failure
from bodydouble.contracts.verify.replaying import patient, repeat
from bodydouble.contracts.verify.steps import Deed, Step
from tests.end_to_end import provider_zoo as zoo
from tests.verifying import player, verified


def saved(failure: Failure) -> str:
    return render(failure, target="bundled", pattern="POST /v2/video/generations", seed=1)


@pytest.mark.parametrize(
    "kind",
    [
        *(
            zoo.CompletedThenError,
            zoo.BackwardsByPolls,
            zoo.SameId,
            zoo.Gullible,
            zoo.KnowsEverything,
            zoo.NoVideo,
        ),
        *(
            zoo.GoneVideo,
            zoo.Endless,
            zoo.AsciiOnly,
            zoo.OpenPolls,
            zoo.OpenCreates,
            zoo.AnyMethod,
        ),
    ],
)
def test_a_failure_that_was_saved_fails_again_and_only_where_the_flaw_is(kind: type[zoo.Sound]) -> None:
    outcome = verified(kind, seed=2, first_only=True)
    failure = next(each for each in outcome.failures if each.finding.rule in kind.found_by)
    again = repeat(parse(saved(failure), "f"), player(kind))
    assert again.again, again
    assert not repeat(parse(saved(failure), "f"), player(zoo.Sound)).again


def test_pauses_are_cut_where_the_clock_cannot_be_moved() -> None:
    failure = next(iter(verified(zoo.Endless, seed=2, examples=0, first_only=True).failures))
    told = parse(saved(failure), "f")
    assert max(step.after for step in told.steps) > 900
    assert [step.after for step in patient(told).steps] == [0.0, 60.0]


def test_a_replay_that_cannot_submit_says_so() -> None:
    failure = next(iter(verified(zoo.NoVideo, seed=2, examples=0).failures))
    playing = player(zoo.NoVideo)
    playing.spending.most = 0
    assert "budget" in repeat(parse(saved(failure), "f"), playing).stopped


def test_steps_without_a_job_are_passed_over() -> None:
    told = parse(saved(next(iter(verified(zoo.NoVideo, seed=2, examples=0).failures))), "f")
    only_polls = type(told)(told.rule, (Step(Deed.POLL),), told.pattern, told.seed)
    assert not repeat(only_polls, player()).again
