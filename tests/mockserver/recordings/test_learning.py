import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.recordings.learning import MOST_QUANTILES, NothingLearned, learn, quantiles
from bodydouble.mockserver.recordings.recordings import Asked, Recording, Said, Turn
from bodydouble.mockserver.scenes.distributions import Empirical

STAGES = {"queued": Stage.INITIAL, "running": Stage.RUNNING, "done": Stage.SUCCESS, "failed": Stage.FAILURE}


def recorded(queued: float, running: float, end: str = "done", interval: float = 1.0) -> Recording:
    """A job polled every ``interval`` seconds until its end."""
    turns = [Turn("create", 0, 0, 200, "queued", Said({}, {}))]
    at = 0.0
    while turns[-1].status not in ("done", "failed") and at < 500:
        at += interval
        status = "queued" if at < queued else "running" if at < queued + running else end
        turns.append(Turn("poll", at, 0, 200, status, Said({}, {"error": {"message": f"no {queued}"}})))
    return Recording("job-1", "m", "", STAGES, Asked("POST", "/"), tuple(turns))


@given(st.lists(st.tuples(st.floats(1, 60), st.floats(2, 120)), min_size=1, max_size=5))
def test_measured_durations_are_true_within_the_uncertainty(durations: list[tuple[float, float]]) -> None:
    learned = learn(recorded(*each) for each in durations)
    assert learned.uncertainty <= 1
    for measured, true in (
        (learned.queued, sorted(queued for queued, _ in durations)),
        (learned.running, sorted(running for _, running in durations)),
    ):
        assert all(abs(one - other) <= 1 for one, other in zip(measured, true, strict=True))


def test_the_share_of_failures_is_counted_among_those_that_ended() -> None:
    learned = learn([recorded(5, 5), recorded(5, 5), recorded(7, 5, "failed"), recorded(1000, 5)])
    assert (learned.succeeded, learned.failed, learned.unfinished) == (2, 1, 1)
    assert learned.failure_share == pytest.approx(1 / 3)
    assert learned.failure
    assert learned.failure.error_message == "no 7"


def test_each_way_to_end_becomes_a_scenario() -> None:
    learned = learn([recorded(5, 20), recorded(15, 40), recorded(10, 30, "failed")])
    success, failure = learned.scenarios("mine")
    assert (success.name, failure.name) == ("mine", "mine-fails")
    assert (success.outcome.stage, failure.outcome.stage) == (Stage.SUCCESS, Stage.FAILURE)
    assert 4 <= success.queued.quantile(0) <= 5
    assert 39 <= success.running.quantile(0.999) <= 41
    assert "3 recorded jobs" in success.description
    assert "1 of them failed (33%)" in success.description


def test_where_none_failed_nothing_is_made_up() -> None:
    assert [scenario.name for scenario in learn([recorded(5, 5)]).scenarios()] == ["learned"]
    assert [scenario.name for scenario in learn([recorded(5, 5, "failed")]).scenarios()] == ["learned-fails"]


def test_scenarios_are_data() -> None:
    success, failure = learn([recorded(5, 20), recorded(10, 30, "failed")]).as_json()
    assert isinstance(success, dict)
    assert isinstance(failure, dict)
    assert success.keys() == {"name", "description", "queued", "running"}
    assert success["queued"] == {"empirical": [4.5, 9.5]}
    assert failure["outcome"] == {"failure": {"name": "GenerationError", "message": "no 10"}}


@pytest.mark.parametrize("recordings", [[], [recorded(1000, 1)], [Recording("job-1")]])
def test_where_no_job_ended_there_is_nothing_to_learn(recordings: list[Recording]) -> None:
    with pytest.raises(NothingLearned, match=f"from {len(recordings)} recordings"):
        learn(recordings)


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=200))
def test_quantiles_are_few_and_keep_both_ends(measured: list[float]) -> None:
    told = quantiles(measured)
    assert len(told) <= MOST_QUANTILES
    assert told[0] == pytest.approx(min(measured), abs=0.001)
    assert told[-1] == pytest.approx(max(measured), abs=0.001)
    assert Empirical(told).quantile(0.5) <= max(measured) + 0.001


def test_half_of_what_was_measured_lies_below_the_middle() -> None:
    assert Empirical(quantiles([float(n) for n in range(1001)])).quantile(0.5) == pytest.approx(500)
