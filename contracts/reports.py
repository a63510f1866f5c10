"""Findings rendered: as lines for a terminal, as JSON and as JUnit XML."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec.structs import asdict

from .findings import FAILING, Finding, Severity
from .pointers import JSON

ORDER = tuple(Severity)
"""Worst first."""
EVIDENCE_SHOWN = 10
"""Entries that are named in words; JSON has them all."""

_NO_RULES: Mapping[str, str] = MappingProxyType({})
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT: Mapping[int, str] = MappingProxyType(
    {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 13: "&#13;"}
)
_IN_ATTRIBUTES: Mapping[int, str] = MappingProxyType({**_IN_TEXT, ord('"'): "&quot;", 9: "&#9;", 10: "&#10;"})


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by severity; equals stay in the order of the document."""
    return sorted(findings, key=lambda finding: ORDER.index(finding.severity))


def as_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one line for each finding, and indented below it what was expected, got and may be tried."""
    for finding in findings:
        place = f"{finding.source}#{finding.pointer}" if finding.pointer else finding.source
        yield f"{finding.severity}: {place}: {finding.message} [{finding.rule}]"
        yield from (f"    {line}" for line in _details(finding))


def _details(finding: Finding) -> Iterator[str]:
    told = (
        ("expected", finding.expected),
        ("got", finding.got),
        ("evidence", in_words(finding.evidence)),
        ("try", finding.hint),
    )
    yield from (f"{label}: {text}" for label, text in told if text)


def in_words(evidence: tuple[int, ...]) -> str:
    """Return which journal entries are meant: ``"journal entries 3, 5, 8"``; ``""`` for none."""
    if not evidence:
        return ""
    listed = ", ".join(map(str, evidence[:EVIDENCE_SHOWN]))
    more = len(evidence) - EVIDENCE_SHOWN
    return f"journal {'entry' if len(evidence) == 1 else 'entries'} {listed}{f' and {more} more' if more > 0 else ''}"


def as_json(findings: Iterable[Finding]) -> JSON:
    """Return a list of objects, one for each finding: every attribute as text, evidence as numbers if there is any."""
    return [_as_object(finding) for finding in findings]


def _as_object(finding: Finding) -> dict[str, JSON]:
    members: dict[str, JSON] = {name: str(value) for name, value in asdict(finding).items()}
    del members["evidence"]
    return members | ({"evidence": list(finding.evidence)} if finding.evidence else {})


def as_junit(
    findings: Iterable[Finding],
    rules: Iterable[str],
    *,
    suite: str,
    unseen: Mapping[str, str] = _NO_RULES,
    failing: frozenset[Severity] = FAILING,
) -> str:
    """Return JUnit XML with one test case for each rule, as CI servers read it.

    Args:
        findings: What was found; a rule that is not among ``rules`` gets a test case, too.
        rules: Every rule that was asked, by id.
        suite: The suite's name, and the class name of its test cases.
        unseen: Rules that could not look, by id, with the reason; they are skipped, not passed.
        failing: Severities that fail a test case; other findings are its output.
    """
    by_rule: dict[str, list[Finding]] = {rule: [] for rule in rules}
    for finding in worst_first(findings):
        by_rule.setdefault(finding.rule, []).append(finding)
    failed = sum(any(f.severity in failing for f in found) for found in by_rule.values())
    skipped = sum(rule in unseen and not found for rule, found in by_rule.items())
    totals = f'tests="{len(by_rule)}" failures="{failed}" errors="0" skipped="{skipped}"'
    cases = (_case(suite, rule, found, unseen.get(rule, ""), failing) for rule, found in by_rule.items())
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {totals}>",
        f'<testsuite name="{_attribute(suite)}" {totals} time="0">',
        *cases,
        "</testsuite>",
        "</testsuites>",
    )
    return "\n".join(lines) + "\n"


def _case(suite: str, rule: str, found: list[Finding], unseen: str, failing: frozenset[Severity]) -> str:
    wrong = [finding for finding in found if finding.severity in failing]
    others = [finding for finding in found if finding.severity not in failing]
    inside = f'<skipped message="{_attribute(unseen)}"/>' if unseen and not found else ""
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        message = _attribute(wrong[0].message + more)
        inside += f'<failure type="{wrong[0].severity}" message="{message}">{_lines(wrong)}</failure>'
    if others:
        inside += f"<system-out>{_lines(others)}</system-out>"
    return f'<testcase classname="{_attribute(suite)}" name="{_attribute(rule)}" time="0">{inside}</testcase>'


def _lines(findings: list[Finding]) -> str:
    return _xml("".join(f"{line}\n" for line in as_lines(findings)), _IN_TEXT)


def _attribute(text: str) -> str:
    return _xml(text, _IN_ATTRIBUTES)


def _xml(text: str, escapes: Mapping[int, str]) -> str:
    """Return any text as XML 1.0 can hold it, which knows few control characters and no surrogates."""
    return _NOT_XML.sub("\ufffd", text).translate(escapes)


def tally(findings: Iterable[Finding]) -> str:
    """Return the counts by severity in words: ``"2 errors, 1 note"``, or ``"no findings"``."""
    listed = list(findings)
    counts = [(severity, sum(f.severity is severity for f in listed)) for severity in ORDER]
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in counts if n) or "no findings"
