"""What a comparison of two servers came to, for a terminal, as JSON, as JUnit XML and as Markdown."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.reports import as_junit, as_lines, tally
from bodydouble.contracts.words import count

from .comparing import Comparison
from .differences import DIFFERENCES, distribution
from .outcomes import Outcome, Verdict
from .reporting import cell, table
from .tracks import Track

SUITE = "bodydouble verify compare"
WORDS: Mapping[Verdict, str] = {
    Verdict.KEPT: "the two agree",
    Verdict.BROKEN: "the two differ",
    Verdict.COULD_NOT_LOOK: "could not look at both",
}


def lines(comparison: Comparison, failing: frozenset[Severity]) -> Iterator[str]:
    """Yield the report for a terminal."""
    yield from as_lines(comparison.findings)
    for track, outcome in zip(comparison.tracks, comparison.outcomes, strict=True):
        broken = f", {tally(outcome.findings)} against the contract" if outcome.failures else ""
        yield f"{track.origin}: {count(outcome.exchanges, 'request')}, {count(outcome.jobs, 'job')}{broken}"
        for what, times in (("jobs last", track.lives), ("replies take", track.latencies)):
            if times:
                yield f"    {what}: {distribution(times)}"
        if outcome.stopped:
            yield f"    stopped: {outcome.stopped}"
    yield f"{WORDS[comparison.verdict(failing)]}: {tally(comparison.findings)}"


def as_json(comparison: Comparison, failing: frozenset[Severity]) -> JSON:
    """Return the report as JSON."""
    verdict = comparison.verdict(failing)
    return {
        "verdict": {Verdict.KEPT: "agree", Verdict.BROKEN: "differ"}.get(verdict, "could-not-look"),
        "servers": [_server(*both) for both in zip(comparison.tracks, comparison.outcomes, strict=True)],
        "differences": findings_as_json(comparison.findings),
    }


def _server(track: Track, outcome: Outcome) -> JSON:
    return {
        "origin": track.origin,
        "statuses": dict(track.statuses),
        "jobs_last": distribution(track.lives) if track.lives else "",
        "replies_take": distribution(track.latencies) if track.latencies else "",
        "stopped": outcome.stopped,
    }


def junit(comparison: Comparison, failing: frozenset[Severity]) -> str:
    """Return JUnit XML, a test case for each kind of difference."""
    stopped = next((outcome.stopped for outcome in comparison.outcomes if outcome.stopped), "")
    unseen = dict.fromkeys(DIFFERENCES, stopped) if stopped else {}
    return as_junit(comparison.findings, DIFFERENCES, suite=SUITE, unseen=unseen, failing=failing)


def markdown(comparison: Comparison, failing: frozenset[Severity]) -> str:
    """Return the report as Markdown."""
    text = [f"## {WORDS[comparison.verdict(failing)].capitalize()}", ""]
    if comparison.findings:
        text += table(comparison.findings)
    advice = dict.fromkeys(finding.hint for finding in comparison.findings if finding.hint)
    text += [f"- {cell(hint)}" for hint in advice]
    return "\n".join(text) + "\n"
