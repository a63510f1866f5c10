from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.reply_rules import REPLY_RULES


def test_they_are_about_what_clients_read() -> None:
    assert {rule.direction for rule in REPLY_RULES} == {Direction.REPLY}
    assert all(rule.id.startswith("reply-") for rule in REPLY_RULES)


def test_what_widens_a_reply_breaks_and_what_narrows_it_is_safe() -> None:
    impacts = {rule.id: str(rule.impact) for rule in REPLY_RULES}
    assert impacts["reply-enum-widened"] == impacts["reply-nullable-added"] == "breaking"
    assert impacts["reply-enum-narrowed"] == impacts["reply-nullable-removed"] == "safe"
