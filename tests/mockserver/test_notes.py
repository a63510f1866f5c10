"""What is written down of worlds and jobs is read back as it was."""

from math import inf
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.clocks import ManualClock
from bodydouble.mockserver.notes import (
    JobNote,
    NoteError,
    Unwritable,
    checked,
    decoded,
    encoded,
    founded,
    note_of,
    put_back,
    resolving,
    setup_of,
)
from bodydouble.mockserver.scenes.distributions import Distribution, Empirical, Fixed, LogLogistic, Uniform
from bodydouble.mockserver.scenes.faults import Fault
from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Outcome, Scenario
from bodydouble.mockserver.states import Forced
from tests.apis import service
from tests.apis import world as new_world

PLAYING = service()
RESOLVING = resolving(PLAYING)
PLAY = next(iter(PLAYING._named.values()))
SHIPPED = tuple(shipped().values())
durations = st.floats(0, 1e9) | st.just(inf)


@pytest.mark.parametrize("scenario", SHIPPED, ids=[scenario.name for scenario in SHIPPED])
def test_every_shipped_scenario_is_read_back_as_it_was(scenario: Scenario) -> None:
    assert decoded(encoded(scenario), Scenario) == scenario
    assert checked(scenario) is scenario


@given(
    st.builds(Fixed, durations)
    | st.builds(Uniform, durations, durations)
    | st.builds(LogLogistic, *[st.floats(0.1, 1e6)] * 4)
    | st.builds(
        Empirical, st.lists(st.floats(0, 1e6), min_size=1, max_size=5).map(lambda q: tuple(sorted(q)))
    )
)
def test_every_distribution_is_read_back_as_it_was(made: Distribution) -> None:
    scenario = replace(SUCCEEDS, queued=made)
    assert decoded(encoded(scenario), Scenario) == scenario


@pytest.mark.parametrize("raw", ["1", "null", "[]", "{}", '{"seconds": "soon"}', '{"quantiles": [2, 1]}'])
def test_what_is_no_distribution_is_refused_at_its_place(raw: str) -> None:
    text = encoded(SUCCEEDS).decode().replace('"queued":{"low":5,"high":25}', f'"queued":{raw}')
    assert raw in text
    with pytest.raises(NoteError, match="queued"):
        decoded(text.encode(), Scenario)


def test_what_json_would_make_another_is_refused() -> None:
    odd = replace(SUCCEEDS, faults=(replace(shipped()["flaky"].faults[0], fault=Fault(rate=inf)),))
    with pytest.raises(Unwritable, match="'succeeds'"):
        checked(odd)


forced = st.none() | st.builds(Forced, st.sampled_from(Stage), st.floats(0, 1e9), st.text(max_size=5))
outcomes = st.none() | st.builds(Outcome, st.just(Stage.FAILURE), st.text(max_size=5), st.text(max_size=5))
notes = st.builds(
    JobNote,
    st.text(max_size=9),
    st.just(PLAY.name),
    st.integers(0, 2),
    st.floats(-1e9, 1e9),
    st.none() | st.floats(0, 1e9),
    st.none() | st.floats(0, 1e9),
    st.floats(0, 100),
    st.text(max_size=5),
    outcomes,
    st.integers(0, 9),
    st.integers(0, 9),
    forced,
)


@given(st.lists(notes, max_size=9, unique_by=lambda note: note.id))
def test_jobs_are_put_back_as_they_were_noted(noted: list[JobNote]) -> None:
    scenarios = (SUCCEEDS, shipped()["flaky"], shipped()["stuck-queued"])
    world = new_world(max_jobs=100)
    read = decoded(encoded(noted), list[JobNote])
    put_back(read, scenarios, world, RESOLVING)
    outcomes = [note for note in noted if note.outcome is not None]
    again = [note_of(job, scenarios.index(job.scenario)) for job in world.jobs]
    assert again == noted
    assert all(job.ends >= job.submitted or job.forced for job in world.jobs)
    assert len(outcomes) == sum(job.part.outcome != job.scenario.outcome for job in world.jobs)


def test_a_world_is_founded_as_it_was_set_up() -> None:
    clock = ManualClock()
    world = new_world(clock, seed=2**90)
    world.clock.scale(60)
    world.clock.advance(5)
    world.url_ttl = 9
    world.scenario = shipped()["slow"]
    setup = decoded(encoded(setup_of(world)), type(setup_of(world)))
    clock.advance(1)
    still = founded(setup, new_world(clock), RESOLVING, still=True)
    on = founded(setup, new_world(clock), RESOLVING, still=False)
    assert (on.clock(), still.clock()) == (world.clock(), world.clock() - 60)
    assert (on.settings.seed, on.secret, on.url_ttl) == (2**90, world.secret, 9)
    assert on.scenario is RESOLVING.scenarios["slow"]


@pytest.mark.parametrize("seed", [0, -7, 2**64, Random(1).getrandbits(2000)])
def test_a_seed_of_any_size_is_read_back(seed: int) -> None:
    made = founded(setup_of(new_world(seed=seed)), new_world(), RESOLVING, still=True)
    assert made.settings.seed == seed


def test_what_can_be_encoded_is_an_error_of_ours_where_it_cannot() -> None:
    with pytest.raises(Unwritable):
        encoded(object())
    assert msgspec.json.decode(encoded({"a": 1})) == {"a": 1}
