import pytest

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.mockserver.reporting.outcome import Report


@pytest.mark.parametrize(
    ("severities", "failed"),
    [
        ((), False),
        ((Severity.NOTE,), False),
        ((Severity.NOTE, Severity.WARNING), True),
        ((Severity.ERROR,), True),
    ],
)
def test_a_report_fails_when_there_is_more_than_notes(severities: tuple[Severity, ...], failed: bool) -> None:  # noqa: FBT001 - a case
    findings = tuple(
        Finding(rule="r", severity=one, source="s", pointer="", message="m") for one in severities
    )
    assert Report(findings, {}, 0).failed is failed
