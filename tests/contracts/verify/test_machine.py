import gc
from weakref import ref

from hypothesis import strategies as st

from bodydouble.contracts.verify.machine import machine
from bodydouble.contracts.verify.searching import Search
from bodydouble.contracts.verify.settings import JOBS_AT_ONCE, Settings
from bodydouble.contracts.verify.steps import Deed
from tests.end_to_end.provider_zoo import CompletedThenError, Mixed, Sound
from tests.verifying import BODY, found, player

BODIES = st.just(dict(BODY))


def played(kind: type[Sound], examples: int = 8) -> Search:
    settings = Settings(seed=5)
    search = Search(player(kind), settings)
    search.lives(machine(search, BODIES), examples)
    return search


def test_every_deed_is_done_and_every_job_is_followed_to_its_end() -> None:
    playing = played(Sound).player
    deeds = {step.deed for life in playing.lives for step in life.steps}
    assert deeds == {Deed.CREATE, Deed.POLL, Deed.POLL_TWICE, Deed.FETCH}
    assert all(life.ended for life in playing.lives)
    assert not found(playing)


def test_jobs_are_interleaved() -> None:
    lives = played(Sound).player.lives
    spans = [(life.exchanges[0].number, life.exchanges[-1].number) for life in lives]
    overlapping = [one for one in spans for other in spans if one[0] < other[0] < one[1]]
    assert overlapping
    assert JOBS_AT_ONCE > 1


def test_what_is_found_is_told_with_the_steps_of_one_job() -> None:
    (failure,) = played(CompletedThenError).player.ledger
    assert failure.finding.rule == "job-end-left"
    assert [step.deed for step in failure.steps].count(Deed.CREATE) == 1


def test_a_flaw_that_needs_two_jobs_is_found() -> None:
    assert "job-id-not-echoed" in found(played(Mixed).player)


def test_what_was_played_is_let_go_of_when_nobody_asks_for_it_any_more() -> None:
    search = played(Sound, examples=1)
    kept = ref(search.player)
    del search
    gc.collect()
    assert kept() is None
