import json
import xml.etree.ElementTree as ET

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.comparing import Comparison
from bodydouble.contracts.verify.comparison_reports import as_json, junit, lines, markdown
from bodydouble.contracts.verify.differences import DIFFERENCES
from bodydouble.contracts.verify.outcomes import Outcome
from bodydouble.contracts.verify.tracks import Track

FAILING = frozenset({Severity.ERROR})
FOUND = Finding(
    rule="compare-status",
    severity=Severity.ERROR,
    source="a and b",
    pointer="",
    message="only a | says",
    hint="declare it",
)
SAME = Comparison((), (Track("a"), Track("b")), (Outcome("a", 1), Outcome("b", 1)))
DIFFERENT = Comparison((FOUND,), (Track("a", lives=[1.0, 2.0, 3.0]), Track("b")), SAME.outcomes)
STOPPED = Comparison((), SAME.tracks, (Outcome("a", 1, stopped="no key"), Outcome("b", 1)))


def test_the_last_line_says_whether_they_agree() -> None:
    assert [*lines(SAME, FAILING)][-1] == "the two agree: no findings"
    assert [*lines(DIFFERENT, FAILING)][-1] == "the two differ: 1 error"
    assert [*lines(STOPPED, FAILING)][-1].startswith("could not look at both")


def test_times_are_told_as_distributions() -> None:
    assert "    jobs last: 3 of them: p10 1.2 s, p50 2 s, p90 2.8 s" in [*lines(DIFFERENT, FAILING)]


def test_json_is_json_and_says_the_same() -> None:
    told = json.loads(json.dumps(as_json(DIFFERENT, FAILING)))
    assert told["verdict"] == "differ"
    assert [server["origin"] for server in told["servers"]] == ["a", "b"]
    assert told["differences"][0]["rule"] == "compare-status"


def test_junit_has_a_case_for_each_kind_and_passes_none_that_was_not_looked_at() -> None:
    suite = ET.fromstring(junit(DIFFERENT, FAILING).partition("?>")[2])[0]  # noqa: S314 - it was written here
    assert [case.get("name") for case in suite] == list(DIFFERENCES)
    assert suite.get("failures") == "1"
    stopped = ET.fromstring(junit(STOPPED, FAILING).partition("?>")[2])[0]  # noqa: S314 - same
    assert stopped.get("skipped") == str(len(DIFFERENCES))


def test_markdown_keeps_its_table_and_gives_advice_once() -> None:
    text = markdown(DIFFERENT, FAILING)
    assert "only a \\| says" in text
    assert text.count("declare it") == 1
