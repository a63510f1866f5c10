from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.grouping import files_of, together, worst_first
from tests.drifting import DEFAULT, asking, change, place


def test_one_edit_stamped_on_many_files_is_one_change_with_every_place() -> None:
    files = [f"{number}.json" for number in range(68)]
    found = together(change(places=(place(name),)) for name in files)
    assert len(found) == 1
    assert list(files_of(found[0])) == files


def test_changes_that_differ_in_what_was_or_is_stay_apart() -> None:
    different = [change(), change(old=1), change(new=1), change(subject="path"), change(rule=DEFAULT)]
    assert together(different) == tuple(different)


def test_true_and_one_are_different_values() -> None:
    assert len(together([change(new=True), change(new=1)])) == 2


def test_the_same_place_is_listed_once() -> None:
    assert together([change(), change()]) == (change(),)


def test_a_witness_that_could_be_built_wins_over_one_that_could_not() -> None:
    without = change(places=(place("a.json"),), witness=asking(problem="too hard"))
    witnessed = change(places=(place("b.json"),), witness=asking({"a": 1}))
    assert together([without, witnessed])[0].witness == asking({"a": 1})


def test_the_worst_comes_first_and_equals_keep_their_order() -> None:
    given = [change(impact=impact, subject=subject) for impact in reversed(Impact) for subject in "ab"]
    found = worst_first(given)
    assert [each.impact for each in found] == [impact for impact in Impact for _ in "ab"]
    assert [each.subject for each in found] == list("ab") * len(Impact)


def test_what_is_gone_has_its_old_file() -> None:
    assert files_of(change(places=(place(""),))) == ("old.json",)
