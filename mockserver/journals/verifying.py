"""Verifying: a journal held against expectations; what was not met is a finding with what came instead."""

from collections.abc import Iterable, Iterator, Sequence

from bodydouble.contracts.findings import Finding, Severity

from .expectations import ANY, EACH_JOB, END, MOMENTS, Expectation
from .journal import Entry, Purpose

TOO_FEW = "expected-more-requests"
"""Id of the finding that something was asked too seldom."""
TOO_MANY = "expected-fewer-requests"
"""Id of the finding that something was asked too often."""

SHOWN = 8
"""Requests that a finding names in words."""


def verify(
    entries: Iterable[Entry], expectations: Iterable[Expectation], source: str = "journal"
) -> tuple[Finding, ...]:
    """Return a finding for each expectation that was not met; where it is held against each job, for each job.

    Args:
        entries: A journal, in its order; what concerns the double itself is left out.
        expectations: What was to be.
        source: How the journal is called.
    """
    listed = tuple(entry for entry in entries if entry.operation is not Purpose.CONTROL)
    found = (finding for expected in expectations for finding in _verify(listed, expected, source))
    return tuple(found)


def _verify(entries: Sequence[Entry], expected: Expectation, source: str) -> Iterator[Finding]:
    for job, scope in _scopes(entries, expected):
        counted = tuple(_counted(scope, expected))
        most = len(counted) if expected.at_most is None else expected.at_most
        if not expected.at_least <= len(counted) <= most:
            rule = TOO_FEW if len(counted) < expected.at_least else TOO_MANY
            yield _finding(rule, expected, job, counted, _missing(scope, expected), source)


def _scopes(entries: Sequence[Entry], expected: Expectation) -> Iterator[tuple[str, Sequence[Entry]]]:
    if not expected.job:
        yield "", entries
        return
    jobs = (
        dict.fromkeys(entry.job for entry in entries if entry.job)
        if expected.job == EACH_JOB
        else [expected.job]
    )
    # Nothing about any job at all is held against the expectation, too: it was to see some.
    for job in jobs or [""]:
        yield job, [entry for entry in entries if entry.job == job and job]


def _counted(scope: Sequence[Entry], expected: Expectation) -> Iterator[Entry]:
    after = _moment(scope, expected.after) if expected.after else None
    before = _moment(scope, expected.before) if expected.before else None
    if expected.after and after is None:
        return
    for entry in scope:
        late = after is None or (entry.number > after.number and entry.at >= after.at)
        early = before is None or entry.number < before.number
        right = expected.status in (None, entry.status) and expected.operation in (ANY, entry.operation)
        if late and early and right:
            yield entry


def _moment(scope: Sequence[Entry], name: str) -> Entry | None:
    return next((entry for entry in scope if _is_moment(entry, name)), None)


def _is_moment(entry: Entry, name: str) -> bool:
    if name == END:
        return entry.tells_end
    return entry.operation == name or (entry.heard and entry.stage == name)


def _missing(scope: Sequence[Entry], expected: Expectation) -> str:
    """The moment that never came, if the expectation names one."""
    return expected.after if expected.after and _moment(scope, expected.after) is None else ""


def _finding(
    rule: str, expected: Expectation, job: str, counted: Sequence[Entry], missing: str, source: str
) -> Finding:
    about = f" about job {job}" if job else ""
    wrong = "fewer" if rule == TOO_FEW else "more"
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        source=source,
        pointer=f"/{counted[0].number}" if counted else "",
        message=f"there were {wrong} requests{about} than expected",
        expected=str(expected),
        got=_told(counted),
        hint=f"{MOMENTS[missing]} never came" if missing else "",
        evidence=tuple(entry.number for entry in counted),
    )


def _told(counted: Sequence[Entry]) -> str:
    if not counted:
        return "none"
    start = counted[0].at
    shown = [
        f"#{entry.number} {entry.method} {entry.path} {entry.status} at +{entry.at - start:.1f} s"
        for entry in counted[:SHOWN]
    ]
    more = [f"{len(counted) - SHOWN} more"] if len(counted) > SHOWN else []
    return f"{len(counted)}: {', '.join((*shown, *more))}"
