"""What came of testing a client, for a terminal, as JSON, as JUnit XML and as Markdown."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.findings import FAILING, Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.reports import as_junit, as_lines, tally
from bodydouble.contracts.words import count

from .consumer_rules import RULE_IDS
from .edges import EDGES
from .outcomes import Failure, Outcome, Trial, Verdict

SUITE = "bodydouble verify consumer"
WORDS: Mapping[Verdict, str] = {
    Verdict.KEPT: "the client bears it",
    Verdict.BROKEN: "the client breaks",
    Verdict.COULD_NOT_LOOK: "could not look",
}


def lines(outcome: Outcome, failing: frozenset[Severity] = FAILING) -> Iterator[str]:
    """Yield the report for a terminal."""
    if outcome.trials:
        yield from _table(outcome, failing)
        yield ""
    for failure in outcome.failures:
        yield from as_lines([failure.finding])
        yield f"    seen: {count(failure.times, 'time')}; {failure.behaviour.scenario.description}"
    if outcome.blind:
        yield f"could not look: {outcome.blind}"
    if outcome.stopped:
        yield f"stopped: {outcome.stopped}; {len(outcome.trials)} of {outcome.planned} runs were made"
    missed = [edge.name for edge in EDGES if edge.name not in outcome.met]
    if outcome.trials:
        yield f"{outcome.coverage}{'; not met: ' + ', '.join(missed) if missed else ''}"
    yield summary(outcome, failing)


def _table(outcome: Outcome, failing: frozenset[Severity]) -> Iterator[str]:
    """One row for each behaviour of the sweep, one for all that were drawn."""
    rows = [_row(trial, failing) for trial in outcome.trials if trial.phase == "sweep"]
    drawn = [trial for trial in outcome.trials if trial.phase == "search"]
    if drawn:
        broken = sum(trial.breaks(failing) for trial in drawn)
        rows.append(("drawn at random", f"{len(drawn)} runs", f"broke in {broken}" if broken else "held", ""))
    widths = [max(len(row[column]) for row in (*rows, HEAD)) for column in range(3)]
    for row in (HEAD, *rows):
        cells = (text.ljust(width) for text, width in zip(row[:3], widths, strict=True))
        yield f"  {'  '.join((*cells, row[3]))}".rstrip()


HEAD = ("behaviour", "the client", "", "why")


def _row(trial: Trial, failing: frozenset[Severity]) -> tuple[str, str, str, str]:
    wrong = [finding.rule for finding in trial.findings if finding.severity in failing]
    return (
        trial.behaviour.scenario.name,
        str(trial.life.end),
        "BROKE" if wrong else "held",
        ", ".join(dict.fromkeys(wrong)),
    )


def summary(outcome: Outcome, failing: frozenset[Severity] = FAILING) -> str:
    """Return the last line."""
    found = tally(failure.finding for failure in outcome.failures)
    verdict = WORDS[outcome.verdict(failing)]
    return (
        f"{outcome.client}: {verdict}: {found} in {count(len(outcome.trials), 'run')}; "
        f"--seed {outcome.seed} repeats it"
    )


def as_json(outcome: Outcome, failing: frozenset[Severity] = FAILING) -> JSON:
    """Return the report as JSON."""
    return {
        "client": outcome.client,
        "verdict": outcome.verdict(failing).name.lower().replace("_", "-"),
        "seed": outcome.seed,
        "blind": outcome.blind,
        "stopped": outcome.stopped,
        "interrupted": outcome.interrupted,
        "planned": outcome.planned,
        "edges": {edge.name: edge.name in outcome.met for edge in EDGES},
        "trials": [_trial(trial, failing) for trial in outcome.trials],
        "failures": [_failure(failure) for failure in outcome.failures],
    }


def _trial(trial: Trial, failing: frozenset[Severity]) -> JSON:
    return {
        "phase": trial.phase,
        "behaviour": trial.behaviour.scenario.name,
        "end": trial.life.end.value,
        "requests": len(trial.life.entries),
        "held": not trial.breaks(failing),
        "rules": [finding.rule for finding in trial.findings],
    }


def _failure(failure: Failure) -> JSON:
    listed = findings_as_json([failure.finding])
    finding = listed[0] if isinstance(listed, list) else None
    return {"finding": finding, "seen": failure.times, "scenario": failure.behaviour.as_data()}


def junit(outcome: Outcome, failing: frozenset[Severity] = FAILING) -> str:
    """Return JUnit XML, a test case for each rule; where nothing could be looked at, all are skipped."""
    reason = outcome.blind or ("interrupted" if outcome.interrupted else "")
    unseen = dict.fromkeys(RULE_IDS, reason) if reason else {}
    found = [failure.finding for failure in outcome.failures]
    return as_junit(found, RULE_IDS, suite=SUITE, unseen=unseen, failing=failing)


def markdown(outcome: Outcome, failing: frozenset[Severity] = FAILING) -> str:
    """Return the report as Markdown, for a pull request's summary."""
    text = [f"## {WORDS[outcome.verdict(failing)].capitalize()}", "", cell(summary(outcome, failing)), ""]
    if outcome.blind:
        return "\n".join([*text, f"**Could not look:** {cell(outcome.blind)}", ""])
    if outcome.stopped:
        text += [f"**Stopped:** {cell(outcome.stopped)}", ""]
    if outcome.failures:
        text += ["| | rule | behaviour | what | got | try |", "|---|---|---|---|---|---|"]
        text += [_markdown_row(failure) for failure in outcome.failures]
        text.append("")
    text += [f"{outcome.coverage[0].upper()}{outcome.coverage[1:]}.", ""]
    text += ["| behaviour | the client | | why |", "|---|---|---|---|"]
    rows = (_row(trial, failing) for trial in outcome.trials if trial.phase == "sweep")
    text += [f"| {' | '.join(map(cell, row))} |" for row in rows]
    return "\n".join(text) + "\n"


def _markdown_row(failure: Failure) -> str:
    finding = failure.finding
    cells = (finding.message, finding.got, finding.hint)
    told = " | ".join(map(cell, cells))
    return f"| {finding.severity} | `{finding.rule}` | {cell(failure.behaviour.scenario.name)} | {told} |"


def cell(text: str) -> str:
    """Return text that stays within its cell of a Markdown table, and means nothing there."""
    plain = " ".join(text.split())
    for character in "\\|`*_<>[]":
        plain = plain.replace(character, f"\\{character}")
    return plain
