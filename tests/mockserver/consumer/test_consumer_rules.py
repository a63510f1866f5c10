import pytest
from msgspec.structs import replace

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.mockserver.consumer.behaviours import FAILURE, PLAIN, Behaviour
from bodydouble.mockserver.consumer.consumer_rules import CONSUMER_RULES, RULE_IDS, WAIVERS, judge
from bodydouble.mockserver.consumer.endings import End, Life
from bodydouble.mockserver.consumer.levels import Level
from bodydouble.mockserver.journals.journal import Purpose
from bodydouble.mockserver.scenes.faults import Fault, Rule, Target, Wire
from tests.consuming import entry

SUCCEEDS = Behaviour(PLAIN, Level.CONTRACT)
FAILS = Behaviour(replace(PLAIN, outcome=FAILURE), Level.CONTRACT)
CUT = Behaviour(
    replace(PLAIN, faults=(Rule(on=(Target.RESULT,), fault=Fault(wire=Wire.TRUNCATED)),)), Level.FAULTS
)
TOLD = (entry(1, Purpose.SUBMIT, "initial"), entry(2, Purpose.POLL, "success"))
KEY = "test-0123456789abcdef-1"


def life(end: End, **facts: object) -> Life:
    return Life(**{"end": end, "told": "exit code", "entries": TOLD, "key": KEY, **facts})  # type: ignore[arg-type]


def rules(behaviour: Behaviour, seen: Life) -> list[str]:
    return [finding.rule for finding in judge(behaviour, seen)]


@pytest.mark.parametrize(
    ("rule", "behaviour", "seen"),
    [
        ("client-crashed", SUCCEEDS, life(End.CRASHED)),
        (
            "client-crashed",
            FAILS,
            life(End.FAILED, output="Traceback (most recent call last):\nKeyError: 'x'\n"),
        ),
        ("client-hung", SUCCEEDS, life(End.HUNG)),
        ("key-printed", SUCCEEDS, life(End.DONE, output=f"GET Bearer {KEY}\n")),
        ("key-printed", FAILS, life(End.FAILED, told=f"raised Failed: {KEY}")),
        ("failure-taken-for-success", FAILS, life(End.DONE)),
        ("success-untold", SUCCEEDS, life(End.DONE, entries=TOLD[:1])),
        ("success-missed", SUCCEEDS, life(End.FAILED)),
        ("ending-unclear", SUCCEEDS, life(End.UNCLEAR)),
    ],
)
def test_each_rule_speaks_where_it_should(rule: str, behaviour: Behaviour, seen: Life) -> None:
    assert rules(behaviour, seen) == [rule]


@pytest.mark.parametrize(("behaviour", "end"), [(SUCCEEDS, End.DONE), (FAILS, End.FAILED)])
def test_a_client_that_ends_as_it_should_hears_nothing(behaviour: Behaviour, end: End) -> None:
    assert rules(behaviour, life(end)) == []


def test_the_key_is_not_repeated_in_the_finding() -> None:
    (finding,) = judge(SUCCEEDS, life(End.DONE, output=f"key={KEY}"))
    assert KEY not in str(finding)
    assert "key=***" in finding.got


def noticed(rule: str) -> tuple[Finding, ...]:
    return (Finding(rule=rule, severity=Severity.ERROR, source="journal", pointer="/1", message="m"),)


def test_half_a_file_counts_unless_the_client_says_that_it_failed() -> None:
    found = noticed("result-incomplete")
    assert rules(CUT, life(End.DONE, noticed=found)) == ["result-incomplete"]
    assert rules(CUT, life(End.FAILED, noticed=found)) == []
    assert rules(SUCCEEDS, life(End.FAILED, noticed=found)) == ["success-missed", "result-incomplete"]


def test_what_the_double_noticed_is_held_against_the_client() -> None:
    assert rules(SUCCEEDS, life(End.DONE, noticed=noticed("polls-too-fast"))) == ["polls-too-fast"]
    assert rules(SUCCEEDS, life(End.DONE, noticed=noticed("result-never-fetched"))) == []


def test_ids_are_unique_and_waivers_are_about_rules_that_exist() -> None:
    assert len({*RULE_IDS}) == len(RULE_IDS)
    assert {rule for waiver in WAIVERS for rule in waiver.rules} <= {*RULE_IDS}
    assert all(rule.advice for rule in CONSUMER_RULES)
