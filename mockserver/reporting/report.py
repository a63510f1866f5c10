"""The report: what the double noticed about its client, for a terminal, as JSON and as JUnit XML."""

import json
from collections.abc import Iterator

from bodydouble.contracts.findings import Finding
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.reports import as_junit, as_lines, tally
from bodydouble.mockserver.journals.journal import Purpose

from .histories import Noticed, Observed
from .outcome import Report
from .report_rules import RULES, Rule

MOST_FINDINGS = 20
"""Findings of one rule that are told one by one; the others are counted in one more."""

SUITE = "bodydouble.client"


def report(observed: Observed) -> Report:
    """Return what every rule says about a client."""
    unseen = {rule.id: reason for rule in RULES if (reason := rule.reason_not_to_look(observed))}
    findings = tuple(
        finding for rule in RULES if rule.id not in unseen for finding in _findings(rule, observed)
    )
    requests = sum(entry.operation is not Purpose.CONTROL for entry in observed.entries)
    return Report(findings, unseen, requests)


def _findings(rule: Rule, observed: Observed) -> Iterator[Finding]:
    noticed = list(rule.check(observed))
    yield from (_finding(rule, one, observed) for one in noticed[:MOST_FINDINGS])
    rest = noticed[MOST_FINDINGS:]
    if rest:
        evidence = tuple(
            sorted({entry for one in rest for entry in one.evidence}, key=lambda entry: entry.number)
        )
        yield _finding(rule, Noticed(f"and {len(rest)} more of the same kind", evidence), observed)


def _finding(rule: Rule, noticed: Noticed, observed: Observed) -> Finding:
    numbers = tuple(dict.fromkeys(entry.number for entry in noticed.evidence))
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        source=observed.source,
        pointer=f"/{numbers[0]}",
        message=noticed.message,
        expected=noticed.expected,
        got=noticed.got,
        hint=noticed.hint or rule.advice,
        evidence=numbers,
    )


def lines(told: Report) -> Iterator[str]:
    """Yield the report line by line."""
    yield from as_lines(told.findings)
    for rule, reason in told.unseen.items():
        yield f"not looked at: {rule}: {reason}"
    yield f"{tally(told.findings)} in {told.requests} requests"


def as_json(told: Report) -> JSON:
    """Return an object with the verdict, every rule's own, and the findings."""
    failed = {finding.rule for finding in told.findings}
    return {
        "failed": told.failed,
        "requests": told.requests,
        "rules": [
            {"id": rule.id, "severity": rule.severity.value, "verdict": _verdict(rule.id, failed, told)}
            for rule in RULES
        ],
        "unseen": dict(told.unseen),
        "findings": findings_as_json(told.findings),
    }


def _verdict(rule: str, failed: set[str], told: Report) -> str:
    if rule in failed:
        return "found"
    return "not looked at" if rule in told.unseen else "nothing found"


def as_xml(told: Report) -> str:
    """Return JUnit XML: a test case for each rule, skipped where it could not look."""
    return as_junit(told.findings, [rule.id for rule in RULES], suite=SUITE, unseen=told.unseen)


def rendered(told: Report, form: str) -> str:
    """Return the report as ``text``, ``json`` or ``junit``, with a line end."""
    if form == "json":
        return json.dumps(as_json(told), indent=2) + "\n"
    return as_xml(told) if form == "junit" else "".join(f"{line}\n" for line in lines(told))
