import pytest

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.rendering.plain import (
    by_impact,
    by_operation,
    clean,
    files_in_words,
    operations_of,
    outcome,
    remarks,
    tally,
    where_in_words,
    witness_in_words,
)
from tests.drifting import DEFAULT, UNREAD, asking, change, place, replying, report


def test_nothing_that_moves_a_cursor_is_left() -> None:
    assert clean("a\x1b[31m\n\udcff→") == "a\\u001b[31m\\u000a\\udcff→"


def test_counts_are_told_worst_first() -> None:
    defects = [change(impact=Impact.DEFECT)] * 2
    assert tally(report(change(impact=Impact.SAFE), change(), *defects)) == "1 breaking, 2 defects, 1 safe"
    assert tally(report()) == "no changes"


def test_what_could_not_be_looked_at_is_never_counted_as_no_changes() -> None:
    assert tally(report(unseen=(UNREAD,))) == "could not look"
    assert tally(report(unseen=(UNREAD,), operations=("GET /x",))) == "no changes in what could be looked at"


def test_groups_come_worst_first_and_only_where_there_is_something() -> None:
    groups = by_impact([change(impact=Impact.SAFE), change()])
    assert list(groups) == [Impact.BREAKING, Impact.SAFE]


def test_changes_are_grouped_by_their_operations() -> None:
    other = change(places=(place(operation="GET /x"),))
    assert {name: len(found) for name, found in by_operation([change(), other, change()]).items()} == {
        "POST /v2/things": 2,
        "GET /x": 1,
    }


def test_several_operations_are_counted_and_none_is_the_contract() -> None:
    assert operations_of(change(places=(place(), place(operation="GET /x")))) == "POST /v2/things and 1 more"
    assert operations_of(change(places=(place(operation=""),))) == "the contract"


def test_many_files_are_counted_and_the_first_named() -> None:
    places = tuple(place(f"{name}.json") for name in "abcde")
    assert files_in_words(change(places=places)) == "5 files: a.json, b.json, c.json and 2 more"
    assert files_in_words(change(places=places[:2])) == "2 files: a.json, b.json"
    assert files_in_words(change()) == "new.json"


def test_a_file_is_named_unless_the_report_is_about_it_alone() -> None:
    told = report()
    assert where_in_words(change(), told) == ""
    assert where_in_words(change(places=(place("new.json#2"),)), told) == ""
    assert where_in_words(change(places=(place(""),)), told) == ""
    assert where_in_words(change(places=(place("new/a.json"),)), told) == "new/a.json"
    assert where_in_words(change(places=(place("new.json#1"), place("new.json#2"))), told) == (
        "2 files: new.json#1, new.json#2"
    )


def test_a_witness_is_told_in_one_line() -> None:
    assert witness_in_words(asking({"a": 1})) == 'request body {"a": 1}'
    assert witness_in_words(asking("x", location="query", name="id")) == 'request query id "x"'
    assert witness_in_words(replying({"b": None})) == 'reply 200 body {"b": null}'
    assert witness_in_words(asking(problem="too hard")) == "no witness could be built: too hard"


def test_a_witness_that_is_too_long_for_a_line_is_cut() -> None:
    told = witness_in_words(asking({"a": "x" * 500}))
    assert len(told) < 250
    assert told.endswith("…")


def test_what_a_change_returns_to_and_who_survives_it_is_remarked() -> None:
    assert remarks(change(reverted_to="2025-01-01", survives=True)) == [
        "taken back: as in the version of 2025-01-01",
        "the client survives it",
    ]
    assert remarks(change()) == []


@pytest.mark.parametrize(
    ("told", "word"),
    [(report(), "clean"), (report(change()), "findings"), (report(unseen=(UNREAD,)), "could-not-look")],
)
def test_the_outcome_is_one_word(told: Report, word: str) -> None:
    assert outcome(told) == word


def test_counts_say_how_much_the_client_survives() -> None:
    told = report(change(survives=True), change(DEFAULT))
    assert tally(told) == "2 breaking; the client survives 1"
    assert "survives" not in tally(report(change()))
