from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.asking import Asked, Meant
from bodydouble.contracts.verify.ledger import MAX_KINDS, Ledger, kind_of
from bodydouble.contracts.verify.steps import Deed, Step

LONG = Step(Deed.CREATE, 0.0, Asked(Meant.CREATE, "POST", "/jobs", (), b'{"prompt":"long"}'))
BRIEF = Step(Deed.CREATE, 0.0, Asked(Meant.CREATE, "POST", "/jobs", (), b"{}"))
POLL = Step(Deed.POLL, 1.0)


def finding(rule: str = "rule", number: int = 1, pointer: str = "") -> Finding:
    return Finding(
        rule=rule, severity=Severity.ERROR, source=f"reply {number}, GET /jobs", pointer=pointer, message="m"
    )


def test_the_same_breach_in_another_reply_is_the_same_kind() -> None:
    assert kind_of(finding(number=1, pointer="/items/0/a")) == kind_of(
        finding(number=9, pointer="/items/7/a")
    )
    assert kind_of(finding(pointer="/a")) != kind_of(finding(pointer="/b"))


def test_the_shortest_way_to_a_failure_is_kept_and_where_it_was_seen_first() -> None:
    ledger = Ledger()
    for phase, steps in (("one", (LONG, POLL)), ("two", (BRIEF, POLL)), ("three", (LONG, POLL, POLL))):
        ledger.phase = phase
        ledger.add(finding(), steps, ())
    (failure,) = ledger
    assert failure.steps == (BRIEF, POLL)
    assert failure.phase == "one"
    assert ledger.count(failure) == 3


def test_a_kind_is_fresh_until_it_is_settled() -> None:
    ledger = Ledger()
    assert ledger.add(finding(), (POLL,), ()) is not None
    assert ledger.settle() == 1
    assert ledger.add(finding(), (POLL,), ()) is None
    assert ledger.settle() == 0


def test_polling_twice_at_once_is_no_shorter_than_polling_once() -> None:
    ledger = Ledger()
    ledger.add(finding(), (BRIEF, Step(Deed.POLL_TWICE)), ())
    ledger.add(finding(), (BRIEF, POLL), ())
    assert [failure.steps[1].deed for failure in ledger] == [Deed.POLL]


def test_a_server_that_breaks_everything_does_not_fill_the_memory() -> None:
    ledger = Ledger()
    for number in range(MAX_KINDS + 10):
        ledger.add(finding(f"rule-{number}"), (POLL,), ())
    assert len(ledger) == MAX_KINDS
