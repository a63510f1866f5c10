import pytest

from bodydouble.mockserver.consumer.behaviours import Behaviour
from bodydouble.mockserver.consumer.endings import End, Life
from bodydouble.mockserver.consumer.expectations import expected
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.outcomes import Interrupted, Outcome, Trial, Verdict
from bodydouble.mockserver.consumer.searching import Settings, drawn, search
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.scenarios import Ids, Numbers
from tests.consuming import entry, play

ENTRIES = (entry(1, Purpose.SUBMIT, "initial"), entry(2, Purpose.POLL, "success"))


def sound(behaviour: Behaviour) -> Life:
    end = End.DONE if End.DONE in expected(behaviour).allowed else End.FAILED
    return Life(end=end, told="", entries=ENTRIES)


def fragile(behaviour: Behaviour) -> Life:
    """Breaks where two things come together, which no sweep does."""
    scenario = behaviour.scenario
    if scenario.ids is Ids.DASH and scenario.numbers is Numbers.FLOATS:
        return Life(end=End.CRASHED, told="", entries=ENTRIES)
    return sound(behaviour)


def test_a_sound_client_passes_with_all_that_was_planned() -> None:
    outcome = search(sound, play(), Settings(examples=120), lambda: 0.0)
    assert outcome.verdict() is Verdict.KEPT
    assert len(outcome.trials) == outcome.planned
    assert not outcome.stopped


def test_what_no_sweep_finds_is_drawn_and_shrunk_to_its_two_causes() -> None:
    outcome = search(fragile, play(), Settings(level=Level.CONTRACT, examples=300), lambda: 0.0)
    (failure,) = outcome.failures
    assert failure.finding.rule == "client-crashed"
    assert failure.behaviour.size[0] <= 3
    assert failure.behaviour.scenario.edits == ()
    assert failure.behaviour.scenario.numbers is Numbers.FLOATS


def test_a_seed_repeats_what_is_drawn_and_another_draws_otherwise() -> None:
    one, again, other = (drawn(play(), Settings(seed=seed), 20) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_blind_run_is_the_only_one() -> None:
    calls: list[Behaviour] = []

    def silent(behaviour: Behaviour) -> Life:
        calls.append(behaviour)
        return Life(end=End.DONE, told="exit code 0")

    outcome = search(silent, play(), Settings(), lambda: 0.0)
    assert outcome.verdict() is Verdict.COULD_NOT_LOOK
    assert len(calls) == 1


def test_time_ends_a_search_and_that_is_told() -> None:
    ticks = iter(range(1000))
    outcome = search(sound, play(), Settings(seconds=10), lambda: float(next(ticks)))
    assert 5 < len(outcome.trials) < 15
    assert outcome.stopped == "the time of 10 s was over"


def test_the_first_failure_may_be_enough() -> None:
    def hangs(behaviour: Behaviour) -> Life:
        return Life(end=End.HUNG, told="", entries=ENTRIES) if behaviour.level else sound(behaviour)

    outcome: Outcome = search(hangs, play(), Settings(first=True), lambda: 0.0)
    assert len(outcome.trials) == 1
    assert outcome.stopped == "the first failure was enough"
    assert outcome.verdict() is Verdict.BROKEN


def test_what_is_broken_off_has_what_was_found_so_far() -> None:
    heard: list[Trial] = []

    def breaks_off(behaviour: Behaviour) -> Life:
        if len(heard) == 5:
            raise KeyboardInterrupt
        end = End.CRASHED if len(heard) == 3 else sound(behaviour).end
        return Life(end=end, told="", entries=ENTRIES)

    with pytest.raises(Interrupted) as broken_off:
        search(breaks_off, play(), Settings(), lambda: 0.0, listener=heard.append)
    outcome = broken_off.value.outcome
    assert len(outcome.trials) == 5
    assert [failure.finding.rule for failure in outcome.failures] == ["client-crashed"]
    assert outcome.verdict() is Verdict.BROKEN


def test_what_is_broken_off_before_anything_was_found_is_not_fine() -> None:
    def breaks_off(behaviour: Behaviour) -> Life:
        if behaviour.scenario.name != "plain":
            raise KeyboardInterrupt
        return sound(behaviour)

    with pytest.raises(Interrupted) as broken_off:
        search(breaks_off, play(), Settings(), lambda: 0.0)
    assert broken_off.value.outcome.verdict() is Verdict.COULD_NOT_LOOK
