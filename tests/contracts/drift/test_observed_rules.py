from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.observed_rules import OBSERVED_RULES, REFUSED, TAKEN
from bodydouble.contracts.drift.rules import BY_ID


def test_ids_are_unique_and_none_is_a_rule_about_published_drift() -> None:
    ids = [rule.id for rule in OBSERVED_RULES]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(BY_ID)
    assert all(name.startswith("observed-") for name in ids)


def test_only_what_was_sent_is_about_requests() -> None:
    assert [rule for rule in OBSERVED_RULES if rule.direction is Direction.REQUEST] == [TAKEN, REFUSED]


def test_every_rule_says_what_why_and_what_to_do() -> None:
    for rule in OBSERVED_RULES:
        assert all(text.endswith(".") for text in (rule.text, rule.why, rule.advice))
