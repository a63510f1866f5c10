import pytest
from hypothesis import given, settings

from bodydouble.contracts.drift.changes import Direction, Impact, Witness
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.silences import Silence, Silenced
from bodydouble.contracts.rendering.screen import ROWS, STYLES, plain, screen
from tests.drifting import BY_ID, DEFAULT, RENAMED, UNREAD, asking, change, hostile_reports, place, report


def text(told: Report, *, everything: bool = False) -> str:
    return plain(screen(told, BY_ID, everything=everything))


def test_a_report_is_told_worst_first_under_its_operation_with_its_witness() -> None:
    told = report(change(witness=asking({"image": 1})), change(DEFAULT, Impact.RISKY, message="n is 5"))
    fingerprint, other = (each.fingerprint for each in told.changes)
    assert text(told).splitlines() == [
        "old.json → new.json: 1 breaking, 1 risky",
        "BREAKING",
        "  POST /v2/things",
        f"    image is called image_url  [{RENAMED} {fingerprint}]",
        '      request body {"image": 1}',
        "RISKY",
        "  POST /v2/things",
        f"    n is 5  [{DEFAULT} {other}]",
    ]


def test_no_changes_are_told_in_one_line() -> None:
    assert text(report()) == "old.json → new.json: no changes\n"


def test_noise_is_counted_and_listed_only_on_demand() -> None:
    told = report(change(impact=Impact.NOISE))
    assert "NOISE" not in text(told)
    assert "1 that no client can observe" in text(told)
    assert "NOISE" in text(told, everything=True)


def test_more_than_a_screen_is_counted() -> None:
    told = report(*(change(subject=str(number), message=f"number {number}") for number in range(100)))
    lines = text(told).splitlines()
    assert len(lines) <= ROWS
    shown = sum("    number " in line for line in lines)
    assert lines[-1] == f"… and {100 - shown} more changes; --all lists everything"
    assert sum("    number " in line for line in text(told, everything=True).splitlines()) == 100


def test_everything_tells_why_what_to_do_the_command_and_what_follows() -> None:
    told = text(report(change(witness=asking({}), consequences=("it is required",))), everything=True)
    assert "so: it is required" in told
    assert f"why: {BY_ID[RENAMED].why}" in told
    assert f"do:  {BY_ID[RENAMED].advice}" in told
    assert "curl -X POST" in told


def test_a_command_for_a_path_with_a_line_break_stays_in_one_line() -> None:
    odd = change(
        witness=Witness(direction=Direction.REQUEST, method="get", path="/a\nrm -rf /", location="query")
    )
    assert "/a\\u000arm -rf /" in text(report(odd), everything=True)


def test_one_change_in_many_files_is_one_line_with_the_list_behind_it() -> None:
    told = text(report(change(places=tuple(place(f"{n}.json") for n in range(68)))))
    assert "      in 68 files: 0.json, 1.json, 2.json and 65 more\n" in told


def test_what_could_not_be_looked_at_is_told_even_where_the_screen_is_full() -> None:
    many = [change(subject=str(number)) for number in range(100)]
    told = text(report(*many, unseen=(UNREAD,) * 9, notices=("a notice",)))
    assert "could not look: new/broken.json: passed over: not JSON (line 3)" in told
    assert "could not look: and 4 more" in told
    assert "note: a notice" in told
    assert len(told.splitlines()) <= ROWS


def test_what_is_silenced_is_counted_and_on_demand_told_with_its_reason() -> None:
    told = report(silenced=(Silenced(change(), Silence(1, RENAMED, "0" * 16, "nobody sends it")),))
    assert "1 silenced" in text(told)
    assert "nobody sends it" in text(told, everything=True)


def test_every_impact_has_a_style() -> None:
    assert set(STYLES) == set(Impact)


@settings(max_examples=60)
@given(hostile_reports)
@pytest.mark.parametrize("everything", [True, False])
def test_whatever_is_told_no_line_holds_what_moves_a_cursor(everything: bool, told: Report) -> None:  # noqa: FBT001 - both ways
    lines = screen(told, BY_ID, everything=everything)
    assert all(span.text.isprintable() for line in lines for span in line)
    assert all(span.text.encode() for line in lines for span in line if span.text)
