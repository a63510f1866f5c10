import pytest

from bodydouble.contracts.checks.checks import RULES
from bodydouble.contracts.verify.answer_rules import ANSWER_RULES
from bodydouble.contracts.verify.asking import Meant
from tests.verifying import broken


@pytest.mark.parametrize(
    ("meant", "status", "facts", "rule"),
    [
        (Meant.POLL, 0, {}, "answer-missing"),
        (Meant.POLL, 500, {}, "answer-failed"),
        (Meant.CREATE, 400, {"valid": True}, "valid-refused"),
        (Meant.CREATE, 200, {"valid": False}, "invalid-accepted"),
        (Meant.UNKNOWN, 200, {}, "unknown-accepted"),
        (Meant.INCOMPLETE, 200, {}, "incomplete-accepted"),
        (Meant.KEYLESS, 404, {}, "keyless-accepted"),
        (Meant.METHOD, 200, {}, "method-accepted"),
        (Meant.METHOD, 405, {}, "allow-missing"),
        (Meant.POLL, 429, {"headers": {"retry-after": "soon"}}, "retry-after-unreadable"),
    ],
)
def test_each_rule_is_broken_by_one_reply(
    meant: Meant, status: int, facts: dict[str, object], rule: str
) -> None:
    assert broken(meant, status, **facts) == {rule}


def test_every_rule_of_the_table_has_its_case_above() -> None:
    cases = test_each_rule_is_broken_by_one_reply.pytestmark[0].args[1]  # type: ignore[attr-defined]  # pytest's
    assert {rule.id for rule, _ in ANSWER_RULES} == {case[3] for case in cases}


# Of every rule it is asked where its counterpart is: for the other case, or in the other table.
COUNTERPARTS = (
    ("valid-refused", "invalid-accepted", "what may be sent and what may not"),
    ("unknown-accepted", "incomplete-accepted", "a poll with a wrong id and one with none"),
    ("unknown-accepted", "job-lost", "what was never issued is no job, and what was issued is one"),
    ("answer-missing", "answer-failed", "no reply, and one that takes the blame"),
    ("answer-missing", "reply-cut", "no reply, and half of one"),
    ("answer-failed", "reply-status-undocumented", "a failure that may be documented, and any other status"),
    ("method-accepted", "allow-missing", "a wrong method is refused, and is told the right ones"),
    ("incomplete-accepted", "request-parameter-missing", "a parameter that is missing is the client's fault"),
    ("keyless-accepted", "request-key-missing", "a key that is missing is the client's fault"),
)
WAIVED = {"retry-after-unreadable": "a reply that says nothing of when to come back breaks nothing"}


def test_every_rule_has_its_counterpart_or_a_reason_why_not() -> None:
    ids = {rule.id for rule, _ in ANSWER_RULES}
    paired = {rule for *pair, _ in COUNTERPARTS for rule in pair}
    assert paired - {rule.id for rule in RULES} | WAIVED.keys() == ids
    assert paired | WAIVED.keys() >= ids
    assert not paired & WAIVED.keys()
    assert all(len(reason.split()) > 3 for reason in (*WAIVED.values(), *(why for *_, why in COUNTERPARTS)))


@pytest.mark.parametrize(
    ("meant", "status", "facts"),
    [
        (Meant.CREATE, 200, {"valid": True}),
        (Meant.CREATE, 400, {"valid": False}),
        (Meant.CREATE, 422, {"valid": False}),
        (Meant.CREATE, 200, {"valid": None}),
        (Meant.CREATE, 400, {"valid": None}),
        (Meant.UNKNOWN, 404, {}),
        (Meant.INCOMPLETE, 400, {}),
        (Meant.KEYLESS, 401, {}),
        (Meant.KEYLESS, 403, {}),
        (Meant.METHOD, 501, {}),
        (Meant.METHOD, 405, {"headers": {"allow": "GET"}}),
        (Meant.POLL, 429, {"headers": {"retry-after": "2"}}),
    ],
)
def test_what_a_sound_server_answers_breaks_nothing(
    meant: Meant, status: int, facts: dict[str, object]
) -> None:
    assert not broken(meant, status, **facts)


def test_a_reply_for_the_moment_is_judged_by_what_holds_for_every_reply() -> None:
    assert not broken(Meant.POLL, 503, tries=0)
    headers = {"retry-after": "soon"}
    assert broken(Meant.POLL, 503, tries=0, headers=headers) == {"retry-after-unreadable"}


def test_a_method_that_is_not_implemented_is_no_failure_but_a_create_is() -> None:
    assert broken(Meant.CREATE, 501, valid=True) == {"answer-failed"}
