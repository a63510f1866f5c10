from xml.etree import ElementTree as ET

from hypothesis import given, settings

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.rendering.junit import as_junit
from tests.drifting import DEFAULT, RENAMED, UNREAD, change, hostile_reports, place, report

OPERATIONS = ("POST /v2/things", "GET /v2/things")


def cases(told: Report) -> dict[str, ET.Element]:
    suite = ET.fromstring(as_junit(told, RULES))[0]  # noqa: S314 - we wrote it
    return {str(case.get("name")): case for case in suite}


def test_there_is_one_test_case_for_each_rule_and_operation() -> None:
    found = cases(report(operations=OPERATIONS))
    assert len(found) == len(RULES) * 2
    assert all(len(case) == 0 for case in found.values())


def test_a_change_that_fails_fails_its_case_and_another_is_its_output() -> None:
    found = cases(report(change(), change(DEFAULT, Impact.RISKY), operations=OPERATIONS))
    failure = found[f"POST /v2/things: {RENAMED}"].find("failure")
    assert failure is not None
    assert "image is called image_url" in str(failure.get("message"))
    assert found[f"POST /v2/things: {DEFAULT}"].find("system-out") is not None
    assert found[f"POST /v2/things: {DEFAULT}"].find("failure") is None


def test_a_change_that_the_client_survives_passes_and_says_so() -> None:
    found = cases(report(change(survives=True), operations=OPERATIONS))
    case = found[f"POST /v2/things: {RENAMED}"]
    assert case.find("failure") is None
    assert "the client survives it" in str(case.findtext("system-out"))


def test_what_fails_depends_on_what_was_asked_for() -> None:
    found = cases(report(change(DEFAULT, Impact.RISKY), operations=OPERATIONS, fail_on=Impact.RISKY))
    assert found[f"POST /v2/things: {DEFAULT}"].find("failure") is not None


def test_a_change_of_two_operations_fails_both() -> None:
    both = tuple(place(operation=operation) for operation in OPERATIONS)
    found = cases(report(change(places=both), operations=OPERATIONS))
    assert all(found[f"{operation}: {RENAMED}"].find("failure") is not None for operation in OPERATIONS)


def test_what_could_not_be_looked_at_is_skipped_and_not_passed() -> None:
    found = cases(report(unseen=(UNREAD,), operations=OPERATIONS))
    skipped = found["new/broken.json: read"].find("skipped")
    assert skipped is not None
    assert "could not look" in str(skipped.get("message"))


def test_where_nothing_could_be_compared_every_rule_is_skipped() -> None:
    found = cases(report(unseen=(UNREAD,)))
    assert sum(case.find("skipped") is not None for case in found.values()) == len(RULES) + 1


@settings(max_examples=50)
@given(hostile_reports)
def test_whatever_is_told_is_xml_and_has_every_failing_change(told: Report) -> None:
    root = ET.fromstring(as_junit(told, RULES))  # noqa: S314 - we wrote it
    failures = root.findall(".//failure")
    assert bool(failures) == any(told.fails(each) for each in told.changes)
