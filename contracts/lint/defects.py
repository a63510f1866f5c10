"""What is wrong with the OpenAPI documents that people publish: defects are reported, never fatal.

The rules stand in tables, one for each kind of thing they look at; walking the document (``parts``) is separate
from judging it.
"""

from collections.abc import Iterable, Iterator

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.openapi.parts import Role, parts_of
from bodydouble.contracts.pointers import join
from bodydouble.contracts.reading.documents import MAX_DEPTH, is_deeper
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.words import either, show

from .defect_rules import Flaw, Rule, describe_fragment
from .document_defects import DOCUMENT_RULES
from .keyword_defects import KEYWORD_RULES
from .operation_defects import OPERATION_RULES
from .parameter_defects import PARAMETER_RULES
from .reference_defects import REFERENCE_RULES
from .schema_defects import SCHEMA_RULES
from .value_defects import VALUE_RULES

RULES: tuple[Rule, ...] = (
    *DOCUMENT_RULES,
    *REFERENCE_RULES,
    *OPERATION_RULES,
    *PARAMETER_RULES,
    *KEYWORD_RULES,
    *SCHEMA_RULES,
    *VALUE_RULES,
)
"""Every rule about one document."""

SHARED_OPERATION_ID = "operation-id-shared"
TOO_DEEP = "nested-too-deep"
SHOWN = 5


def defects_of(fragment: Fragment) -> tuple[Finding, ...]:
    """Return the defects of one fragment, sorted by place.

    What its operations do not reach is not looked at, but for one note that says how much that is. A document
    nested more than 100 levels deep, which no text yields, is one finding.
    """
    if is_deeper(fragment.document, MAX_DEPTH):
        return (_too_deep(fragment),)
    description = describe_fragment(fragment)
    found = {_finding(rule, fragment.source, flaw) for rule in RULES for flaw in rule.flaws(description)}
    return tuple(sorted(found, key=_order))


def defects_among(fragments: Iterable[Fragment]) -> tuple[Finding, ...]:
    """Return the defects of each fragment and those between them, sorted by fragment as given, then by place."""
    given = tuple(fragments)
    between = tuple(_shared_operation_ids(given))
    ordered = dict.fromkeys(fragment.source for fragment in given)
    found = {finding for fragment in given for finding in defects_of(fragment)}.union(between)
    ranks = {source: rank for rank, source in enumerate(ordered)}
    return tuple(sorted(found, key=lambda finding: (ranks[finding.source], *_order(finding))))


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.pointer, finding.rule, finding.message


def _finding(rule: Rule, source: str, flaw: Flaw) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        source=source,
        pointer=flaw.pointer,
        message=flaw.message,
        expected=flaw.expected,
        got=flaw.got,
        hint=flaw.hint,
    )


def _too_deep(fragment: Fragment) -> Finding:
    return Finding(
        rule=TOO_DEEP,
        severity=Severity.ERROR,
        source=fragment.source,
        pointer="",
        message="the document is nested too deep to be looked at",
        expected=f"at most {MAX_DEPTH} levels of objects and arrays",
    )


def _shared_operation_ids(fragments: tuple[Fragment, ...]) -> Iterator[Finding]:
    """One finding for each operationId that several fragments use, at the second of them."""
    users: dict[str, dict[str, str]] = {}
    for fragment in fragments:
        for operation in parts_of(fragment.document):
            name = operation.member("operationId")
            if operation.role is Role.OPERATION and isinstance(name, str):
                users.setdefault(name, {}).setdefault(fragment.source, operation.pointer)
    for name, places in users.items():
        if len(places) > 1:
            sources = list(places)
            yield Finding(
                rule=SHARED_OPERATION_ID,
                severity=Severity.NOTE,
                source=sources[1],
                pointer=join(places[sources[1]], "operationId"),
                message=f"the operationId {show(name)} is used by {len(sources)} fragments",
                expected="each operationId once, wherever the fragments are put together",
                got=f"the same in {_few(sources)}",
            )


def _few(sources: list[str]) -> str:
    more = len(sources) - SHOWN
    return either([*sources[:SHOWN], *([f"{more} more"] if more > 0 else [])]).replace(" or ", " and ")
