"""Building a contract: fragments resolved into operations, job patterns and conventions."""

from collections.abc import Iterable, Iterator

from bodydouble.contracts.jobs.derivation import derive
from bodydouble.contracts.openapi.operations import Operation, operations_of
from bodydouble.contracts.openapi.shadowing import unused_polls, with_shared_aliases, without_shadowed
from bodydouble.contracts.reading.fragment import Fragment

from .contract import Contract, ContractError
from .conventions import read
from .findings import Finding

SHOWN = 10
"""Fragments, findings or operations that one error names."""


def build(fragments: Iterable[Fragment]) -> Contract:
    """Resolve fragments (overlays already applied) into a contract.

    Raises:
        ContractError: No job can be submitted and polled; the message says what stands in the way.
        ConventionsError: ``x-bodydouble`` says something that cannot be understood.
        PatternError: ``x-bodydouble-job`` does, or what it says cannot be true.
        AliasError: ``x-bodydouble-aliases`` says something that cannot be understood.
    """
    given = tuple(fragments)
    operations = with_shared_aliases(each for fragment in given for each in operations_of(fragment))
    patterns, findings = derive(operations)
    if not patterns:
        raise ContractError(_nothing_servable(given, operations, findings))
    played = without_shadowed(patterns)
    return Contract(
        fragments=given,
        operations=operations,
        patterns=played.patterns,
        conventions=read(fragment.document for fragment in given),
        findings=(*findings, *played.findings, *unused_polls(operations, played.patterns)),
    )


def _nothing_servable(
    fragments: tuple[Fragment, ...], operations: tuple[Operation, ...], findings: tuple[Finding, ...]
) -> str:
    few = len(fragments) <= SHOWN
    sources = ", ".join(fragment.source for fragment in fragments) if few else f"{len(fragments)} fragments"
    headline = f"nothing in {sources or 'no fragment'} can be played: no job can be submitted and polled"
    more = [f"and {len(findings) - SHOWN} more like these"] if len(findings) > SHOWN else []
    lines = [*_lacks(operations, findings), *more]
    return "\n".join((headline, *(f"  {line}" for line in lines)))


def _lacks(operations: tuple[Operation, ...], findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        yield f"{finding.source}#{finding.pointer}: {finding.message}"
        for label, text in (("expected", finding.expected), ("got", finding.got), ("try", finding.hint)):
            yield from [f"  {label}: {text}"] if text else []
    if not findings:
        yield "expected: a POST that takes JSON and submits a job, and a GET that polls it"
        yield f"got: {', '.join(str(operation) for operation in operations[:SHOWN]) or 'no operation at all'}"
