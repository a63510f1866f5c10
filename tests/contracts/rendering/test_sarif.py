import json
from typing import Any
from urllib.parse import urlsplit

from hypothesis import given, settings

from bodydouble.contracts.drift.changes import Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import NOWHERE, Lines, lines_of
from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.drift.silences import Silence, Silenced
from bodydouble.contracts.rendering.sarif import FINGERPRINT, as_sarif
from tests.drifting import DEFAULT, RENAMED, UNREAD, change, hostile_reports, place, report

URI = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%")


def sarif(told: Report, lines: Lines = NOWHERE) -> Any:
    return as_sarif(told, RULES, lines, version="1.2.3")


def check(log: Any) -> None:
    """Demand what SARIF 2.1.0 requires of each object that is written (section 3, members with 'SHALL')."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    assert all(isinstance(invocation["executionSuccessful"], bool) for invocation in run["invocations"])
    for invocation in run["invocations"]:
        assert all(each["message"]["text"] is not None for each in invocation["toolExecutionNotifications"])
    for result in run["results"]:
        check_result(result, driver["rules"])


def check_result(result: Any, rules: Any) -> None:
    assert isinstance(result["message"]["text"], str)
    assert result["level"] in ("none", "note", "warning", "error")
    assert "ruleIndex" not in result or rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
    assert all(each["kind"] in ("inSource", "external") for each in result.get("suppressions", ()))
    related = result["relatedLocations"]
    assert len({location["id"] for location in related}) == len(related)
    for location in (*result["locations"], *related):
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert set(uri) <= URI
        region = location["physicalLocation"].get("region", {"startLine": 1, "startColumn": 1})
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1


def test_a_change_is_a_result_at_its_line_with_a_fingerprint_of_its_own() -> None:
    told = report(change())
    log = sarif(told, lines_of(told.changes, lambda _: b'{"paths": {}}', lambda _: b'{\n "paths": {}}'))
    check(log)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == RENAMED
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "new.json"},
        "region": {"startLine": 2, "startColumn": 2},
    }
    assert result["partialFingerprints"] == {FINGERPRINT: told.changes[0].fingerprint}
    assert result["relatedLocations"][0]["message"]["text"] == "where it was"


def test_what_is_gone_is_located_where_it_was() -> None:
    (result,) = sarif(report(change(places=(place(""),))))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "old.json"
    assert result["relatedLocations"] == []


def test_levels_follow_the_impact() -> None:
    told = report(*(change(DEFAULT, impact) for impact in Impact))
    levels = [result["level"] for result in sarif(told)["runs"][0]["results"]]
    assert levels == ["error", "warning", "warning", "note", "note"]


def test_a_change_that_the_client_survives_is_a_note_that_says_so() -> None:
    (result,) = sarif(report(change(survives=True)))["runs"][0]["results"]
    assert result["level"] == "note"
    assert "the client survives it" in result["message"]["text"]
    assert result["properties"]["survives"] is True


def test_every_rule_is_described() -> None:
    described = sarif(report())["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [rule.id for rule in RULES]
    for rule, told in zip(RULES, described, strict=True):
        assert told["shortDescription"]["text"] == rule.text
        assert rule.why in told["fullDescription"]["text"]
        assert told["help"]["text"] == rule.advice
        assert told["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert told["properties"] == {
            "impact": rule.impact.value,
            "direction": rule.direction.value,
            "area": rule.area.value,
        }


def test_what_is_silenced_is_a_suppressed_result() -> None:
    told = report(silenced=(Silenced(change(), Silence(1, RENAMED, "0" * 16, "nobody sends it")),))
    (result,) = sarif(told)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "nobody sends it"}]


def test_what_could_not_be_looked_at_makes_the_run_unsuccessful() -> None:
    (invocation,) = sarif(report(unseen=(UNREAD,), notices=("expired",)))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    assert [each["level"] for each in invocation["toolExecutionNotifications"]] == ["error", "note"]


def test_every_file_of_one_edit_is_a_related_location() -> None:
    told = report(change(places=tuple(place(f"{n}.json") for n in range(68))))
    (result,) = sarif(told)["runs"][0]["results"]
    assert len(result["relatedLocations"]) == 68


@settings(max_examples=50)
@given(hostile_reports)
def test_whatever_is_told_is_sarif(told: Report) -> None:
    log = sarif(told)
    check(log)
    for result in log["runs"][0]["results"]:
        for location in result["locations"]:
            urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
    assert json.loads(json.dumps(log)) == log
