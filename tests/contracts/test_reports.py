import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.reports import as_json, as_junit, as_lines, in_words, tally, worst_first


def finding(severity: Severity, rule: str = "some-rule", **facts: str | tuple[int, ...]) -> Finding:
    values = {"source": "api.json", "pointer": "/paths", "message": "something is wrong", **facts}
    return Finding(rule=rule, severity=severity, **values)  # type: ignore[arg-type]  # told apart by their names


ERROR, WARNING, NOTE = (finding(severity) for severity in Severity)

findings = st.builds(
    Finding,
    rule=st.text(),
    severity=st.sampled_from(Severity),
    source=st.text(),
    pointer=st.text(),
    message=st.text(),
    expected=st.text(),
    got=st.text(),
    hint=st.text(),
    evidence=st.lists(st.integers(1), max_size=12).map(tuple),
)


def test_the_worst_comes_first_and_equals_keep_their_order() -> None:
    other = finding(Severity.ERROR, "other-rule")
    assert worst_first([NOTE, ERROR, WARNING, other]) == [ERROR, other, WARNING, NOTE]


def test_lines_tell_place_message_and_rule_and_below_them_what_is_known() -> None:
    told = finding(Severity.WARNING, expected="a cat", got="a dog", hint="stroke it", evidence=(3, 8))
    assert list(as_lines([told])) == [
        "warning: api.json#/paths: something is wrong [some-rule]",
        "    expected: a cat",
        "    got: a dog",
        "    evidence: journal entries 3, 8",
        "    try: stroke it",
    ]


def test_what_is_about_the_whole_has_no_pointer() -> None:
    told = finding(Severity.ERROR, pointer="", source="a poll")
    assert list(as_lines([told])) == ["error: a poll: something is wrong [some-rule]"]


def test_a_line_is_not_written_for_what_is_not_known() -> None:
    assert list(as_lines([ERROR])) == ["error: api.json#/paths: something is wrong [some-rule]"]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ((), ""),
        ((7,), "journal entry 7"),
        ((7, 9), "journal entries 7, 9"),
        (tuple(range(1, 13)), "journal entries 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"),
    ],
)
def test_evidence_is_named_in_words(evidence: tuple[int, ...], words: str) -> None:
    assert in_words(evidence) == words


def test_json_has_every_attribute_as_text_and_evidence_as_numbers() -> None:
    assert as_json([finding(Severity.NOTE, hint="stroke it", evidence=(3,))]) == [
        {
            "rule": "some-rule",
            "severity": "note",
            "source": "api.json",
            "pointer": "/paths",
            "message": "something is wrong",
            "expected": "",
            "got": "",
            "hint": "stroke it",
            "evidence": [3],
        }
    ]


def test_json_says_nothing_of_evidence_where_there_is_none() -> None:
    (told,) = json.loads(json.dumps(as_json([ERROR])))
    assert "evidence" not in told


def test_the_tally_counts_in_words() -> None:
    assert tally([NOTE, ERROR, ERROR]) == "2 errors, 1 note"
    assert tally([]) == "no findings"


def suite_of(junit: str) -> ET.Element:
    root = ET.fromstring(junit)  # noqa: S314 - we wrote it
    assert root.tag == "testsuites"
    (suite,) = root
    assert suite.tag == "testsuite"
    assert suite.attrib["tests"] == str(len(suite))
    assert {name: root.attrib[name] for name in root.attrib} == {
        name: suite.attrib[name] for name in root.attrib
    }
    return suite


def test_junit_has_one_test_case_for_each_rule_also_for_those_that_found_nothing() -> None:
    suite = suite_of(as_junit([], ["one", "two"], suite="journal"))
    assert [(case.get("classname"), case.get("name"), list(case)) for case in suite] == [
        ("journal", "one", []),
        ("journal", "two", []),
    ]
    assert suite.attrib["failures"] == suite.attrib["skipped"] == "0"


def test_junit_fails_a_rule_once_and_tells_all_its_findings() -> None:
    found = [
        finding(Severity.WARNING, "one", message="first", evidence=(4,)),
        finding(Severity.ERROR, "one", message="second"),
    ]
    suite = suite_of(as_junit(found, ["one", "two"], suite="journal"))
    (failure,) = suite[0]
    assert suite.attrib["failures"] == "1"
    assert failure.attrib == {"type": "error", "message": "second (and 1 more)"}
    assert failure.text == "".join(f"{line}\n" for line in as_lines(reversed(found)))


def test_junit_does_not_fail_a_rule_for_a_note_but_tells_it() -> None:
    suite = suite_of(as_junit([finding(Severity.NOTE, "one")], ["one"], suite="journal"))
    (output,) = suite[0]
    assert (output.tag, suite.attrib["failures"]) == ("system-out", "0")
    assert "something is wrong" in str(output.text)


def test_junit_fails_for_what_the_caller_says() -> None:
    note = finding(Severity.NOTE, "one")
    suite = suite_of(as_junit([note], ["one"], suite="journal", failing=frozenset({Severity.NOTE})))
    assert suite.attrib["failures"] == "1"


def test_junit_skips_a_rule_that_could_not_look_and_says_why() -> None:
    suite = suite_of(as_junit([], ["one", "two"], suite="journal", unseen={"two": "no poll was made"}))
    (skipped,) = suite[1]
    assert (skipped.tag, skipped.get("message")) == ("skipped", "no poll was made")
    assert suite.attrib["skipped"] == "1"
    assert not list(suite[0])


def test_junit_reports_a_finding_of_a_rule_that_was_not_listed() -> None:
    suite = suite_of(as_junit([ERROR], [], suite="journal"))
    assert [case.get("name") for case in suite] == ["some-rule"]
    assert suite.attrib["failures"] == "1"


@given(st.lists(findings, max_size=4), st.text(), st.dictionaries(st.text(), st.text(), max_size=2))
def test_junit_is_well_formed_whatever_the_texts_are(
    found: list[Finding], suite: str, unseen: dict[str, str]
) -> None:
    told = suite_of(as_junit(found, ["rule", *unseen], suite=suite, unseen=unseen))
    failing = {f.rule for f in found if f.severity is not Severity.NOTE}
    assert told.attrib["failures"] == str(len(failing))
    assert len(told) == len({"rule", *unseen, *(f.rule for f in found)})
