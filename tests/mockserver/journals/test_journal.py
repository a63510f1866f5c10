import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bodydouble.mockserver.journals.journal import Entry, Journal, Purpose


def entry(
    number: int = 1, operation: Purpose = Purpose.POLL, size: int = 0, **facts: str | int | bool
) -> Entry:
    return Entry(number, 100.0, 0.5, "GET", "/p", operation, 200, reply=b"x" * size, **facts)  # type: ignore[arg-type]  # told apart by their names


def test_entries_are_kept_in_order() -> None:
    journal = Journal()
    for number in (1, 2, 3):
        journal.append(entry(number))
    assert [kept.number for kept in journal] == [1, 2, 3]
    assert (len(journal), journal.last, journal.dropped) == (3, 3, 0)


@given(st.integers(1, 5), st.lists(st.integers(0, 30), max_size=20), st.integers(0, 60))
def test_beyond_a_limit_the_oldest_leave_and_are_counted(limit: int, sizes: list[int], most: int) -> None:
    journal = Journal(limit, most)
    for number, size in enumerate(sizes, 1):
        journal.append(entry(number, size=size))
    kept = [kept.number for kept in journal]
    assert kept == list(range(len(sizes) - len(kept) + 1, len(sizes) + 1))
    assert journal.dropped == len(sizes) - len(kept)
    assert len(kept) <= limit
    held = sum(sizes[number - 1] for number in kept)
    assert held <= most or len(kept) == 1
    if kept and kept[0] > 1:
        assert len(kept) == limit or held + sizes[kept[0] - 2] > most


def test_a_journal_of_no_entries_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one entry; got a limit of 0"):
        Journal(0)


def test_entries_are_found_by_job_operation_and_status() -> None:
    journal = Journal()
    journal.append(entry(1, Purpose.SUBMIT, job="a"))
    journal.append(entry(2, job="a"))
    journal.append(entry(3, job="b"))
    assert [found.number for found in journal.entries()] == [1, 2, 3]
    assert [found.number for found in journal.entries(job="a")] == [1, 2]
    assert [found.number for found in journal.entries(job="a", operation=Purpose.POLL)] == [2]
    assert [found.number for found in journal.entries(status=200)] == [1, 2, 3]
    assert journal.entries(status=404) == ()
    assert journal.entries(job="") == ()


def test_clearing_forgets_entries_and_goes_on_counting() -> None:
    journal = Journal(1)
    journal.append(entry(1, size=10))
    journal.append(entry(2, size=10))
    journal.clear()
    assert (list(journal), journal.dropped, journal.last) == ([], 0, 2)
    journal.append(entry(3))
    assert (len(journal), journal.dropped) == (1, 0)


def test_a_journal_may_grow_while_it_is_read() -> None:
    journal = Journal()
    journal.append(entry(1))
    for kept in journal:
        journal.append(entry(kept.number + 1))
    assert len(journal) == 2


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"stage": "success"}, True),
        ({"stage": "failure"}, True),
        ({"stage": "running"}, False),
        ({}, False),
        ({"stage": "success", "whole": False}, False),
        ({"stage": "success", "gone": True}, False),
    ],
)
def test_an_end_is_told_only_by_a_reply_that_was_heard(facts: dict[str, str | bool], told: bool) -> None:  # noqa: FBT001 - parametrised
    assert entry(**facts).tells_end is told
    assert not replace(entry(**facts), method="HEAD").tells_end, "which has no body"


def test_a_reply_has_been_sent_when_its_time_is_over() -> None:
    assert entry().until == 100.5


def test_entries_cost_the_collector_nothing() -> None:
    assert not gc.is_tracked(entry())


@given(st.integers(0, 30), st.integers(0, 40), st.integers(1, 20))
def test_the_entries_after_a_number_are_those_that_are_newer(count: int, number: int, limit: int) -> None:
    journal = Journal(limit)
    for made in range(1, count + 1):
        journal.append(entry(made))
    assert journal.after(number) == tuple(kept for kept in journal if kept.number > number)


def test_a_journal_goes_on_where_another_was() -> None:
    journal = Journal(limit=3)
    for number in range(1, 6):
        journal.append(entry(number))
    other = Journal(limit=3)
    other.recall(journal, journal.dropped, journal.last)
    assert (tuple(other), other.dropped, other.last) == (tuple(journal), 2, 5)
    smaller = Journal(limit=2)
    smaller.recall(journal, journal.dropped, journal.last)
    assert ([kept.number for kept in smaller], smaller.dropped) == ([4, 5], 3)
