import re

import pytest

from bodydouble.contracts.drift.changes import Direction, Impact, Rule
from bodydouble.contracts.drift.differences import NARROWING, REMARKS, WIDENING, Kind
from bodydouble.contracts.drift.rules import BY_ID, ONE_SIDED, RULES, WAIVERS

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
SIDES = {Direction.REQUEST: Direction.REPLY, Direction.REPLY: Direction.REQUEST}


def test_every_id_is_used_once() -> None:
    assert len(BY_ID) == len(RULES)


@every_rule
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    for sentence in (rule.text, rule.why, rule.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@every_rule
def test_a_rule_has_a_counterpart_or_a_reason_to_have_none(rule: Rule) -> None:
    if rule.counterpart:
        assert BY_ID[rule.counterpart].counterpart == rule.id
        assert rule.id not in WAIVERS
    else:
        assert WAIVERS[rule.id]


@every_rule
def test_of_two_counterparts_one_at_most_breaks(rule: Rule) -> None:
    if rule.counterpart:
        pair = {rule.impact, BY_ID[rule.counterpart].impact}
        assert pair != {Impact.BREAKING}
        assert Impact.SAFE in pair or pair in ({Impact.DEFECT}, {Impact.BREAKING, Impact.RISKY})


@every_rule
def test_what_can_happen_to_a_request_can_happen_to_a_reply_and_the_other_way(rule: Rule) -> None:
    if rule.direction in SIDES:
        name = rule.id.removeprefix(f"{rule.direction}-")
        assert (f"{SIDES[rule.direction]}-{name}" in BY_ID) is not (name in ONE_SIDED)


def test_no_waiver_outlives_its_rule() -> None:
    assert {*WAIVERS} <= {*BY_ID}
    names = {rule.id.removeprefix(f"{rule.direction}-") for rule in RULES if rule.direction in SIDES}
    assert {*ONE_SIDED} <= names


@pytest.mark.parametrize("kind", Kind)
def test_every_difference_has_a_rule_in_each_direction_it_can_be_found_in(kind: Kind) -> None:
    assert f"request-{kind}" in BY_ID
    assert f"reply-{kind}" in BY_ID or kind in ONE_SIDED


@pytest.mark.parametrize("kind", Kind)
def test_the_table_says_what_breaks_as_the_sets_do(kind: Kind) -> None:
    if kind not in REMARKS:
        request, reply = BY_ID[f"request-{kind}"], BY_ID.get(f"reply-{kind}")
        assert (request.impact is Impact.BREAKING) is (kind in NARROWING)
        assert reply is None or (reply.impact is Impact.BREAKING) is (kind in WIDENING)
