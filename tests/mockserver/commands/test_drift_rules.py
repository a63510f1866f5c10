import json

from bodydouble.contracts.drift.rules import RULES
from tests.mockserver.commands.test_drift import drift


def test_every_rule_is_listed_with_its_severity() -> None:
    code, text = drift("rules")
    assert code == 0
    lines = text.splitlines()
    assert [line.split()[1] for line in lines] == [rule.id for rule in RULES]
    assert [line.split()[0] for line in lines] == [rule.impact.value for rule in RULES]


def test_rules_as_json_have_reasons_and_advice() -> None:
    code, text = drift("rules", "--json")
    assert code == 0
    assert [each["id"] for each in json.loads(text)] == [rule.id for rule in RULES]
    assert all(each["why"] and each["advice"] for each in json.loads(text))
