from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.operation_rules import OPERATION_RULES


def test_they_are_about_operations_and_the_document() -> None:
    assert {rule.direction for rule in OPERATION_RULES} == {Direction.OPERATION, Direction.CONTRACT}
    assert not [rule.id for rule in OPERATION_RULES if rule.id.startswith(("request-", "reply-"))]


def test_a_dropped_key_is_a_risk_and_a_demanded_one_breaks() -> None:
    impacts = {rule.id: str(rule.impact) for rule in OPERATION_RULES}
    assert impacts["security-removed"] == impacts["server-changed"] == "risky"
    assert impacts["security-added"] == "breaking"
