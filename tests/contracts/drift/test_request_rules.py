from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.request_rules import REQUEST_RULES


def test_they_are_about_what_clients_send() -> None:
    assert {rule.direction for rule in REQUEST_RULES} == {Direction.REQUEST}
    assert all(rule.id.startswith("request-") for rule in REQUEST_RULES)


def test_what_no_schema_has_a_say_in_is_a_risk() -> None:
    impacts = {rule.id: str(rule.impact) for rule in REQUEST_RULES}
    assert impacts["request-default-changed"] == impacts["request-format-changed"] == "risky"
