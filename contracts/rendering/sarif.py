"""A report as SARIF 2.1.0 (OASIS), which code scanning services read."""

from collections.abc import Iterable, Mapping, Sequence

from bodydouble.contracts.drift.changes import SEVERITIES, Change, Place, Rule
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import NOWHERE, Lines
from bodydouble.contracts.drift.silences import Silenced
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.positions import Position

from .artifacts import uri_of
from .plain import operations_of, remarks, witness_in_words

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "bodydoubleDrift/v1"
"""Under this name the fingerprint stands; section 3.27.17 wants a version in it."""

_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def as_sarif(
    report: Report, rules: Sequence[Rule], lines: Lines = NOWHERE, *, version: str
) -> dict[str, JSON]:
    """Return a SARIF log with one run.

    Silenced changes are results with a suppression, so that a service can tell them from ones that were mended.

    Args:
        report: What is told.
        rules: Every rule, in the order in which they are listed.
        lines: Where places are; results without are about the whole document.
        version: Of bodydouble.
    """
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    results: list[JSON] = [_result(change, numbers, lines) for change in report.changes]
    results += [_suppressed(each, numbers, lines) for each in report.silenced]
    driver: dict[str, JSON] = {
        "name": "bodydouble drift",
        "version": version,
        "rules": [_rule(rule) for rule in rules],
    }
    invocation: dict[str, JSON] = {
        "executionSuccessful": not report.unseen,
        "exitCode": int(report.exit),
        "toolExecutionNotifications": _notifications(report),
    }
    run: dict[str, JSON] = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> JSON:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.text},
        "fullDescription": {"text": f"{rule.text} {rule.why}"},
        "help": {"text": rule.advice},
        "defaultConfiguration": {"level": _LEVELS[dict(SEVERITIES)[rule.impact]]},
        "properties": {
            "impact": rule.impact.value,
            "direction": rule.direction.value,
            "area": rule.area.value,
        },
    }


def _result(change: Change, numbers: Mapping[str, int], lines: Lines) -> dict[str, JSON]:
    index: dict[str, JSON] = {"ruleIndex": numbers[change.rule]} if change.rule in numbers else {}
    first, *others = change.places
    related = [*_related(first, lines), *(_location(place, lines) for place in others)]
    listed: list[JSON] = [{**location, "id": number} for number, location in enumerate(related, start=1)]
    return {
        "ruleId": change.rule,
        **index,
        "level": "note" if change.survives else _LEVELS[dict(SEVERITIES)[change.impact]],
        "message": {"text": _message(change)},
        "locations": [_location(first, lines)],
        "relatedLocations": listed,
        "partialFingerprints": {FINGERPRINT: change.fingerprint},
        "properties": {"impact": change.impact.value, "subject": change.subject, "survives": change.survives},
    }


def _suppressed(each: Silenced, numbers: Mapping[str, int], lines: Lines) -> JSON:
    suppression: JSON = {"kind": "external", "justification": each.silence.reason}
    return {**_result(each.change, numbers, lines), "suppressions": [suppression]}


def _message(change: Change) -> str:
    told = [f"{operations_of(change)}: {change.message}", *remarks(change)]
    if change.witness is not None:
        told.append(witness_in_words(change.witness))
    return ". ".join(told) + "."


def _location(place: Place, lines: Lines) -> dict[str, JSON]:
    if place.new_source:
        return _physical(place.new_source, lines.new(place), place)
    return _physical(place.old_source, lines.old(place), place)


def _related(place: Place, lines: Lines) -> list[dict[str, JSON]]:
    """Where it was, if the location is where it is."""
    if not (place.old_source and place.new_source):
        return []
    return [{**_physical(place.old_source, lines.old(place), place), "message": {"text": "where it was"}}]


def _physical(source: str, position: Position | None, place: Place) -> dict[str, JSON]:
    physical: dict[str, JSON] = {"artifactLocation": {"uri": uri_of(source)}}
    if position is not None:
        physical["region"] = {"startLine": position.line, "startColumn": position.column}
    pointer = place.new_pointer if source == place.new_source else place.old_pointer
    logical: list[JSON] = [{"fullyQualifiedName": f"{place.operation}#{pointer}", "kind": "member"}]
    return {"physicalLocation": physical, "logicalLocations": logical}


def _notifications(report: Report) -> list[JSON]:
    unseen: list[JSON] = [{"level": "error", "message": {"text": _unseen(each)}} for each in report.unseen]
    return unseen + _notes(report.notices)


def _notes(notices: Iterable[str]) -> list[JSON]:
    return [{"level": "note", "message": {"text": notice}} for notice in notices]


def _unseen(finding: Finding) -> str:
    return f"could not look: {finding.source}: {finding.message}"
