import re

from hypothesis import given, settings

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import lines_of
from bodydouble.contracts.rendering.annotations import as_annotations
from tests.drifting import DEFAULT, RENAMED, UNREAD, change, hostile_reports, place, report

COMMAND = re.compile(r"::(error|warning|notice) (?:(?:file|line|col|title)=[^:,\r\n]*,?)+::[^\r\n]*")


def test_what_fails_is_an_error_at_its_line() -> None:
    told = report(change())
    lines = lines_of(told.changes, lambda _: None, lambda _: b'{\n "paths": {}}')
    first = as_annotations(told, lines).splitlines()[0]
    assert first == (
        f"::error file=new.json,line=2,col=2,title=breaking%3A {RENAMED}::POST /v2/things: "
        f"image is called image_url%0A[{RENAMED} {told.changes[0].fingerprint}]"
    )


def test_a_path_with_a_line_break_colons_and_commas_cannot_begin_a_command() -> None:
    told = as_annotations(report(change(places=(place("a\n::error::b,c%.json"),))))
    assert "file=a%0A%3A%3Aerror%3A%3Ab%2Cc%25.json," in told.splitlines()[0]
    assert len(told.splitlines()) == 2


def test_risky_is_a_warning_safe_a_notice_and_noise_nothing() -> None:
    told = report(change(DEFAULT, Impact.RISKY), change(impact=Impact.SAFE), change(impact=Impact.NOISE))
    kinds = [line.split(" ")[0] for line in as_annotations(told).splitlines()]
    assert kinds == ["::warning", "::notice", "::notice"]


def test_what_fails_by_demand_is_an_error() -> None:
    told = report(change(impact=Impact.NOISE), fail_on=Impact.NOISE)
    assert as_annotations(told).startswith("::error ")


def test_what_has_only_an_address_has_no_file() -> None:
    told = as_annotations(report(change(places=(place("https://host/a.json"),))))
    assert "file=" not in told


def test_what_could_not_be_looked_at_is_a_warning_and_the_counts_come_last() -> None:
    lines = as_annotations(report(unseen=(UNREAD,), notices=("old silence",))).splitlines()
    assert lines[0].startswith("::warning title=drift::could not look: new/broken.json: ")
    assert lines[1] == "::notice title=drift::old silence"
    assert lines[2] == "::notice title=drift::old.json → new.json: could not look"


@settings(max_examples=100)
@given(hostile_reports)
def test_whatever_is_told_every_line_is_one_command(told: Report) -> None:
    text = as_annotations(told)
    assert all(COMMAND.fullmatch(line) for line in text.split("\n")[:-1])
    assert text.encode()
