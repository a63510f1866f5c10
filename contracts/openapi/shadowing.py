"""Operations described more than once: which of them is played, and which stay in its shadow."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.jobs.job_pattern import JobPattern

from .aliases import Alias
from .operations import Operation

RULE = "operation-shadowed"


class Played(msgspec.Struct, frozen=True):
    """The patterns that are played, in their order, and a finding for what is not."""

    patterns: tuple[JobPattern, ...]
    findings: tuple[Finding, ...]


def with_shared_aliases(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return operations of which those on one path have the same aliases: an alias is another name of a path."""
    listed = tuple(operations)
    aliases: dict[tuple[str, str], dict[str, Alias]] = {}
    for operation in listed:
        known = aliases.setdefault((operation.method, operation.path), {})
        known |= {alias.path: alias for alias in operation.aliases if alias.path not in known}
    shared = [tuple(aliases[operation.method, operation.path].values()) for operation in listed]
    return tuple(
        operation if operation.aliases == both else replace(operation, aliases=both)
        for operation, both in zip(listed, shared, strict=True)
    )


def without_shadowed(patterns: Iterable[JobPattern]) -> Played:
    """Return patterns of which each can be reached: a body leads to one of them.

    Of patterns on one path that take the same model the first is played. One that takes any model is played if it is
    alone or if none is chosen by its model; all are chosen by the property that the first of them is chosen by.
    """
    listed = tuple(patterns)
    leaders: dict[str, JobPattern] = {}
    for pattern in sorted(listed, key=lambda pattern: not pattern.models):
        leaders.setdefault(pattern.submit.path, pattern)
    taken: dict[tuple[str, str], JobPattern] = {}
    kept: list[JobPattern] = []
    findings: list[Finding] = []
    for pattern in listed:
        leader = leaders[pattern.submit.path]
        if pattern is not leader and (not pattern.models or pattern.model != leader.model):
            findings.append(_unreachable(pattern, leader))
            continue
        path = pattern.submit.path
        rivals = {model: taken[path, model] for model in pattern.models if (path, model) in taken}
        left = tuple(model for model in pattern.models if model not in rivals)
        taken |= {(path, model): pattern for model in left}
        kept += [replace(pattern, models=left)] if left or not pattern.models else []
        findings += [_shadowed(pattern, tuple(rivals), next(iter(rivals.values())))] if rivals else []
    return Played(tuple(kept), tuple(findings))


def unused_polls(operations: Iterable[Operation], patterns: Iterable[JobPattern]) -> Iterator[Finding]:
    """Yield a finding for every GET on a path that is polled as another fragment describes it."""
    used = [pattern.poll for pattern in patterns]
    by_path = {path: poll for poll in reversed(used) for path in poll.paths}
    for operation in operations:
        rival = by_path.get(operation.path)
        if operation.method == "get" and rival and not any(operation is poll for poll in used):
            yield _finding(operation, f"{operation} is described by {rival.source} too, which is used")


def _unreachable(pattern: JobPattern, leader: JobPattern) -> Finding:
    if not pattern.models and not leader.models:
        return _shadowed(pattern, (), leader)
    chosen = f"by '{leader.model}', whose values it does not list"
    return _finding(
        pattern.submit,
        f"{pattern.submit} can never be meant: operations on this path are chosen {chosen}",
        f"give its body a property '{leader.model}' with an enum, by an overlay",
    )


def _shadowed(pattern: JobPattern, models: tuple[str, ...], rival: JobPattern) -> Finding:
    which = ", ".join(models) or "any body"
    message = f"{pattern.submit} for {which} is described by {rival.submit.source} too, which comes first"
    return _finding(pattern.submit, message)


def _finding(operation: Operation, message: str, hint: str = "remove one of the two") -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        source=operation.source,
        pointer=operation.pointer,
        message=message,
        hint=hint,
    )
