import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bodydouble.contracts.findings import Severity
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.reporting.histories import Observed
from bodydouble.mockserver.reporting.report import MOST_FINDINGS, Report, as_json, as_xml, lines, report
from bodydouble.mockserver.reporting.report_rules import RULES
from tests.mockserver.clients import HOUR, NEW, OLD, SHAPE, Script, lived

GOOD = {"legacy": {OLD: NEW}, "shapes": (SHAPE,)}


def forgetful(count: int = 1) -> Script:
    script = Script()
    for number in range(count):
        script.create(0.0, f"job-{number}")
    return script


def told(script: Script, **facts: Any) -> Report:
    return report(script.observed(now=9 * HOUR, over=True, **{**GOOD, **facts}))


def test_a_careful_client_has_a_clean_report() -> None:
    clean = told(lived(10, 20))
    assert (clean.findings, dict(clean.unseen), clean.requests, clean.failed) == ((), {}, 5, False)
    assert list(lines(clean)) == ["no findings in 5 requests"]


def test_a_finding_has_everything_that_is_known() -> None:
    (found,) = told(forgetful(), source="journal of 'ci'").findings
    assert found.rule == "job-orphaned"
    assert found.severity is Severity.ERROR
    assert (found.source, found.pointer) == ("journal of 'ci'", "/1")
    assert found.message == "job job-0 ended in success and was never polled to its end"
    assert found.hint.startswith("keep the id where it survives")
    assert found.evidence == (1,)


def test_a_rules_own_hint_is_better_than_its_advice() -> None:
    script = lived(10)
    script.miss(80.0, "undefined")
    (found,) = told(script).findings
    assert "what a missing one becomes" in found.hint


def test_the_gravest_come_first_and_each_names_its_evidence() -> None:
    script = lived(10)
    script.create(70.0, "job-2", route=OLD, path=OLD)
    script.miss(71.0, "nobodys")
    findings = told(script).findings
    assert [found.severity.value for found in findings] == ["error", "warning", "note"]
    assert list(lines(told(script))) == [
        "error: journal#/5: job job-2 ended in success and was never polled to its end [job-orphaned]",
        "    expected: polls until a reply tells the end",
        "    got: no poll; the job costs 0.06 USD or 120000 credits",
        "    evidence: journal entry 5",
        "    try: keep the id where it survives the process, and poll until a reply tells success or failure",
        "warning: journal#/6: no job 'nobodys' was ever issued [unknown-id-polled]",
        "    got: one poll",
        "    evidence: journal entry 6",
        "    try: poll for the id that the create's reply gave, on the server that gave it",
        f"note: journal#/5: POST {OLD} is deprecated [legacy-path-used]",
        f"    expected: POST {NEW}",
        "    got: one call",
        "    evidence: journal entry 5",
        "    try: move to the path that replaces it",
        "1 error, 1 warning, 1 note in 6 requests",
    ]


def test_notes_alone_do_not_fail_a_report() -> None:
    script = lived(10)
    script.poll(20.0, route=OLD, path=OLD)
    script.entries.sort(key=lambda entry: entry.at)
    noted = told(script)
    assert [found.severity for found in noted.findings] == [Severity.NOTE]
    assert not noted.failed
    assert told(forgetful()).failed


def test_many_findings_of_one_kind_are_counted_in_one() -> None:
    findings = told(forgetful(MOST_FINDINGS + 30)).findings
    assert len(findings) == MOST_FINDINGS + 1
    assert findings[-1].message == "and 30 more of the same kind"
    assert len(findings[-1].evidence) == 30
    assert len(told(forgetful(MOST_FINDINGS)).findings) == MOST_FINDINGS


def test_what_could_not_be_looked_at_is_not_reported_as_fine() -> None:
    nothing = report(Observed(entries=(), jobs={}, now=0.0))
    assert set(nothing.unseen) == {rule.id for rule in RULES}
    assert not nothing.failed
    shown = list(lines(nothing))
    assert "not looked at: job-orphaned: there was no submit request" in shown
    assert shown[-1] == "no findings in 0 requests"


def test_control_calls_are_not_counted() -> None:
    script = lived(10)
    script.add(90.0, "GET", Purpose.CONTROL, 200)
    assert told(script).requests == 4


def test_json_tells_the_verdict_of_every_rule() -> None:
    node = json.loads(json.dumps(as_json(told(forgetful(), results_here=False))))
    verdicts = {rule["id"]: rule["verdict"] for rule in node["rules"]}
    assert node["failed"] is True
    assert node["requests"] == 1
    assert list(verdicts) == [rule.id for rule in RULES]
    assert verdicts["job-orphaned"] == "found"
    assert verdicts["create-sent-again"] == "nothing found"
    assert verdicts["polls-too-fast"] == "not looked at"
    assert node["unseen"]["result-never-fetched"] == "results are fetched elsewhere"
    assert [found["evidence"] for found in node["findings"]] == [[1]]


def test_junit_has_a_test_case_for_every_rule() -> None:
    (suite,) = ET.fromstring(as_xml(told(forgetful())))  # noqa: S314 - we wrote it
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert list(cases) == [rule.id for rule in RULES]
    assert cases["job-orphaned"] == ["failure"]
    assert cases["create-sent-again"] == []
    assert cases["polls-too-fast"] == ["skipped"]
    assert suite.get("failures") == "1"
    (failure,) = next(case for case in suite if case.get("name") == "job-orphaned")
    assert "evidence: journal entry 1" in str(failure.text)


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_a_long_journal_is_reported_in_seconds() -> None:
    script = Script()
    for number in range(1000):
        job = f"job-{number}"
        script.create(number, job, whole=number % 10 > 0, client_request_id=f"name-{number}")
        for at in range(8):
            script.poll(number + at * 5, job=job)
        script.poll(number + 60, "success", job)
    assert len(told(script).findings) == MOST_FINDINGS + 1
