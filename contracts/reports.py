"""Findings rendered: as lines for a terminal and as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from .findings import Finding, Severity
from .pointers import JSON

ORDER = tuple(Severity)
"""Worst first."""


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by severity; equals stay in the order of the document."""
    return sorted(findings, key=lambda finding: ORDER.index(finding.severity))


def as_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one line for each finding, and indented below it what was expected, got and may be tried."""
    for finding in findings:
        yield f"{finding.severity}: {finding.source}#{finding.pointer}: {finding.message} [{finding.rule}]"
        for label, text in (("expected", finding.expected), ("got", finding.got), ("try", finding.hint)):
            if text:
                yield f"    {label}: {text}"


def as_json(findings: Iterable[Finding]) -> JSON:
    """Return a list of objects, one for each finding, with every attribute as text."""
    return [{name: str(value) for name, value in asdict(finding).items()} for finding in findings]


def tally(findings: Iterable[Finding]) -> str:
    """Return the counts by severity in words: ``"2 errors, 1 note"``, or ``"no findings"``."""
    listed = list(findings)
    counts = [(severity, sum(f.severity is severity for f in listed)) for severity in ORDER]
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in counts if n) or "no findings"
