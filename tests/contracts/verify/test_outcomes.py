import pytest

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.ledger import Failure
from bodydouble.contracts.verify.outcomes import Outcome, Verdict

ERROR, WARNING = frozenset({Severity.ERROR}), frozenset({Severity.ERROR, Severity.WARNING})


def failure(severity: Severity) -> Failure:
    return Failure(Finding(rule="r", severity=severity, source="s", pointer="", message="m"), (), ())


@pytest.mark.parametrize(
    ("outcome", "failing", "verdict"),
    [
        (Outcome("a", 1), WARNING, Verdict.KEPT),
        (Outcome("a", 1, (failure(Severity.ERROR),)), ERROR, Verdict.BROKEN),
        (Outcome("a", 1, (failure(Severity.WARNING),)), WARNING, Verdict.BROKEN),
        (Outcome("a", 1, (failure(Severity.WARNING),)), ERROR, Verdict.KEPT),
        (Outcome("a", 1, (failure(Severity.NOTE),)), WARNING, Verdict.KEPT),
        (Outcome("a", 1, stopped="no key"), WARNING, Verdict.COULD_NOT_LOOK),
        (Outcome("a", 1, interrupted=True), WARNING, Verdict.COULD_NOT_LOOK),
        (Outcome("a", 1, (failure(Severity.ERROR),), stopped="no key"), WARNING, Verdict.BROKEN),
    ],
)
def test_what_a_run_has_to_say(outcome: Outcome, failing: frozenset[Severity], verdict: Verdict) -> None:
    assert outcome.verdict(failing) is verdict


def test_exit_codes_are_those_of_the_documentation() -> None:
    assert [int(verdict) for verdict in Verdict] == [0, 1, 3]


def test_the_worst_findings_come_first() -> None:
    outcome = Outcome("a", 1, (failure(Severity.NOTE), failure(Severity.ERROR), failure(Severity.WARNING)))
    assert [finding.severity for finding in outcome.findings] == list(Severity)
