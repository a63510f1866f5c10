"""The contract: fragments with their overlays applied, resolved into operations, job patterns and conventions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .conventions import Conventions, read
from .derivation import derive
from .findings import Finding, Severity
from .fragments import Fragment
from .job_pattern import JobPattern
from .operations import Operation, operations_of
from .pointers import JSON


class ContractError(ValueError):
    """Nothing servable is left of the fragments."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What an API promises.

    Attributes:
        fragments: The documents after overlays, as given.
        operations: Every operation of every fragment.
        patterns: Every way to submit and poll a job.
        conventions: What holds for every reply.
        findings: What stood in the way while the contract was put together.
    """

    fragments: tuple[Fragment, ...]
    operations: tuple[Operation, ...]
    patterns: tuple[JobPattern, ...]
    conventions: Conventions
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """The first title a fragment gives itself."""
        titles = (_info(fragment).get("title") for fragment in self.fragments)
        return next((title for title in titles if isinstance(title, str) and title), "API")

    @property
    def version(self) -> str:
        """The first version a fragment gives itself."""
        versions = (_info(fragment).get("version") for fragment in self.fragments)
        return next((version for version in versions if isinstance(version, str) and version), "0")

    @property
    def servers(self) -> tuple[str, ...]:
        """The origins that the fragments name, without repetition."""
        listed = (fragment.document.get("servers") for fragment in self.fragments)
        entries = [entry for servers in listed if isinstance(servers, list) for entry in servers]
        urls = [entry.get("url") for entry in entries if isinstance(entry, dict)]
        return tuple(dict.fromkeys(url for url in urls if isinstance(url, str)))


def build(fragments: Iterable[Fragment]) -> Contract:
    """Resolve fragments (overlays already applied) into a contract.

    Raises:
        ContractError: No job can be submitted and polled; the message says what each fragment lacks.
        ConventionsError: ``x-bodydouble`` says something that cannot be understood.
        PatternError: ``x-bodydouble-job`` does.
    """
    given = tuple(fragments)
    operations = tuple(operation for fragment in given for operation in operations_of(fragment))
    patterns, findings = derive(operations)
    if not patterns:
        raise ContractError(_nothing_servable(given, operations, findings))
    kept, shadowed = _without_shadowed(patterns)
    return Contract(
        fragments=given,
        operations=operations,
        patterns=kept,
        conventions=read(fragment.document for fragment in given),
        findings=(*findings, *shadowed),
    )


def _without_shadowed(patterns: tuple[JobPattern, ...]) -> tuple[tuple[JobPattern, ...], tuple[Finding, ...]]:
    """Of patterns that take the same model on the same path the first is played."""
    taken: dict[tuple[str, str], JobPattern] = {}
    kept: list[JobPattern] = []
    findings: list[Finding] = []
    for pattern in patterns:
        keys = [(pattern.submit.path, model) for model in pattern.models or ("",)]
        rivals = [taken[key] for key in keys if key in taken]
        if len(rivals) == len(keys):
            findings.append(_shadowed(pattern, rivals[0]))
        else:
            kept.append(pattern)
            taken.update((key, pattern) for key in keys if key not in taken)
    return tuple(kept), tuple(findings)


def _shadowed(pattern: JobPattern, rival: JobPattern) -> Finding:
    models = ", ".join(pattern.models) or "any body"
    return Finding(
        rule="operation-shadowed",
        severity=Severity.WARNING,
        source=pattern.submit.source,
        pointer=pattern.submit.pointer,
        message=f"{pattern.submit} for {models} is described by {rival.submit.source} too, which comes first",
        hint="remove one of the two fragments",
    )


def _nothing_servable(
    fragments: tuple[Fragment, ...], operations: tuple[Operation, ...], findings: tuple[Finding, ...]
) -> str:
    sources = ", ".join(fragment.source for fragment in fragments) or "no fragment"
    return "\n".join((f"nothing in {sources} can be played", *_lacks(operations, findings)))


def _lacks(operations: tuple[Operation, ...], findings: tuple[Finding, ...]) -> Iterator[str]:
    if not operations:
        yield "  expected: an operation that submits a job and one that polls it"
        yield "  got: no operation at all"
        return
    if not findings:
        yield "  expected: a POST with a JSON body that submits a job"
        yield f"  got: {', '.join(str(operation) for operation in operations)}"
    for finding in findings:
        yield f"  {finding.source}{finding.pointer}: {finding.message}; {finding.hint}"


def _info(fragment: Fragment) -> dict[str, JSON]:
    info = fragment.document.get("info")
    return info if isinstance(info, dict) else {}
