from bodydouble.contracts.drift.placing import NOWHERE, lines_of
from bodydouble.contracts.reading.positions import Position
from tests.drifting import change, place

OLD = b'{"paths": {}}'
NEW = b'{\n "a": 1,\n "paths": {}}'


def test_lines_are_found_on_both_sides_and_each_text_is_read_once() -> None:
    asked: list[str] = []

    def new(source: str) -> bytes:
        asked.append(source)
        return NEW

    changed = change(places=(place(), place("other.json")))
    found = lines_of([changed, changed], lambda _: OLD, new)
    assert found.old(changed.places[0]) == Position(1, 2)
    assert found.new(changed.places[0]) == Position(3, 2)
    assert asked == ["new.json", "other.json"]


def test_what_is_on_one_side_only_has_one_line() -> None:
    gone = place("")
    found = lines_of([change(places=(gone,))], lambda _: OLD, lambda _: NEW)
    assert found.old(gone) == Position(1, 2)
    assert found.new(gone) is None


def test_a_text_that_cannot_be_had_or_read_any_more_has_no_lines() -> None:
    found = lines_of([change()], lambda _: None, lambda _: b"\xff")
    assert found.old(place()) is None
    assert found.new(place()) is None


def test_where_nothing_was_looked_up_nothing_is_known() -> None:
    assert NOWHERE.old(place()) is None
    assert NOWHERE.new(place()) is None
