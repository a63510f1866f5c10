"""A report as JUnit XML: one test case for each rule and operation."""

from collections.abc import Sequence

from msgspec.structs import replace

from bodydouble.contracts.drift.changes import Change, Rule, finding_of
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.reports import as_junit as suite_of

from .plain import operations_of, remarks, witness_in_words

SUITE = "drift"


def as_junit(report: Report, rules: Sequence[Rule]) -> str:
    """Return one test case for each rule and operation: failed, passed, or skipped where nobody could look.

    A change that does not fail is the output of its test case. What could not be looked at is one skipped test case
    for each document; where nothing could be compared at all, every rule's is.
    """
    known = {rule.id: rule for rule in rules}
    findings = [_finding(change, name, known, report) for change in report.changes for name in _named(change)]
    asked = [_case(operation, rule.id) for operation in report.operations for rule in rules]
    unseen = {_case(each.source, "read"): f"could not look: {each.message}" for each in report.unseen}
    if report.unseen and not report.operations:
        unseen |= {_case("nothing", rule.id): f"could not look: {report.unseen[0].message}" for rule in rules}
    return suite_of(
        findings, [*asked, *unseen], suite=SUITE, unseen=unseen, failing=frozenset({Severity.ERROR})
    )


def _case(operation: str, rule: str) -> str:
    return f"{operation}: {rule}"


def _named(change: Change) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.operation or operations_of(change) for place in change.places))


def _finding(change: Change, operation: str, known: dict[str, Rule], report: Report) -> Finding:
    """The change as a test case tells it; what is an error here is what fails, whatever its impact."""
    place = change.places[0]
    witness = [] if change.witness is None else [witness_in_words(change.witness)]
    told = "; ".join((change.message, *remarks(change), *witness))
    severity = Severity.ERROR if report.fails(change) else Severity.NOTE
    if change.rule in known:
        given = finding_of(change, known[change.rule])
    else:
        source, pointer = place.new_source or place.old_source, place.new_pointer or place.old_pointer
        given = Finding(rule=change.rule, severity=severity, source=source, pointer=pointer, message=told)
    return replace(given, rule=_case(operation, change.rule), severity=severity, message=told)
