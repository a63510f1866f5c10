import pytest

from bodydouble.mockserver.consumer.endings import End
from bodydouble.mockserver.consumer.expectations import DONE, EITHER, FAILED, TABLE, expected
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.consumer.sweeping import sweep
from tests.consuming import play

SWEPT = {one.scenario.name: one for one in sweep(play(), Level.FUTURES, endless=True)}
CASES: dict[str, frozenset[End]] = {
    "plain": DONE,
    "fails": FAILED,
    "instant": DONE,
    "nulls": DONE,
    "poll-500": DONE,
    "poll-404": DONE,
    "poll-502-thrice": DONE,
    "poll-stalls": DONE,
    "fails-after-500": FAILED,
    "submit-lost": EITHER,
    "submit-429": EITHER,
    "submit-403": FAILED,
    "submit-400": FAILED,
    "result-truncated": EITHER,
    "stuck-queued": FAILED,
    "new-running": DONE,
    "new-running-fails": FAILED,
    "new-success": EITHER,
    "new-failure": EITHER,
    "wide": EITHER,
    "null-status": DONE,
    "strange-error": FAILED,
    "text-error": FAILED,
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_done_to_a_client_says_how_it_may_end(name: str) -> None:
    assert expected(SWEPT[name]).allowed == CASES[name]


def test_every_row_is_reached_but_the_one_for_servers_that_never_answer() -> None:
    reached = {expected(one).name for one in SWEPT.values()}
    assert {row.name for row in TABLE} - reached == {"no poll is ever answered"}


def test_every_row_has_a_reason_and_the_last_takes_whatever_is_left() -> None:
    assert all(len(row.why.split()) > 4 for row in TABLE)
    assert TABLE[-1].fits(SWEPT["fails"])
