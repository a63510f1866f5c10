"""What a run came to, for a terminal, as JSON, as JUnit XML and as Markdown."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.checks.check_rules import Direction
from bodydouble.contracts.checks.checks import RULES
from bodydouble.contracts.checks.curl import KEY_NAME, curl
from bodydouble.contracts.checks.result_checks import RESULT_RULES
from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.reports import as_junit, as_lines, tally
from bodydouble.contracts.words import count

from .answer_rules import ANSWER_RULES
from .ledger import Failure
from .outcomes import Outcome, Verdict
from .results import RESULT, SHORT

SUITE = "bodydouble verify provider"
RESULT_IDS = (*(rule.id for rule, _ in RESULT_RULES), SHORT.id)
PROVIDER_RULES = (
    *(rule for rule in RULES if rule.direction is Direction.REPLY),
    *(rule for rule, _ in ANSWER_RULES),
    SHORT,
)
"""Every rule that a server is held to."""
WORDS: Mapping[Verdict, str] = {
    Verdict.KEPT: "the contract is kept",
    Verdict.BROKEN: "the contract is broken",
    Verdict.COULD_NOT_LOOK: "could not look at everything",
}


def lines(outcome: Outcome, failing: frozenset[Severity], key_name: str = KEY_NAME) -> Iterator[str]:
    """Yield the report for a terminal; ``key_name`` is the environment variable that holds the key."""
    for failure, times in zip(outcome.failures, outcome.counts, strict=True):
        yield from as_lines([failure.finding])
        yield f"    seen: {count(times, 'time')}, first while looking at {failure.phase}"
        yield from (f"    repeat: {command}" for command in commands(failure, outcome.target, key_name)[-1:])
    for looked in outcome.looked:
        if looked.done < looked.planned:
            yield f"{looked.phase}: {looked.done} of {looked.planned} looked at; {looked.why}"
    for rule, reason in outcome.unseen.items():
        yield f"not looked at: {rule}; {reason}"
    if outcome.stopped:
        yield f"stopped: {outcome.stopped}"
    if outcome.interrupted:
        yield "interrupted: this is what was found so far"
    yield summary(outcome, failing)


def commands(failure: Failure, target: str, key_name: str = KEY_NAME) -> list[str]:
    """Return the commands that send a failure's requests again; none for a server that has no URL."""
    if "://" not in target:
        return []
    # A result comes from elsewhere, by a link that is as good as a key.
    sent = failure.exchanges[:-1] if failure.finding.source.endswith(RESULT) else failure.exchanges
    return [curl(exchange, target, key_name=key_name).text for exchange in sent]


def summary(outcome: Outcome, failing: frozenset[Severity]) -> str:
    """Return the last line."""
    spent = [count(outcome.exchanges, "request"), count(outcome.checked, "check"), count(outcome.jobs, "job")]
    if outcome.usd:
        spent.append(f"{outcome.usd:g} USD by the contract's price")
    found = tally(failure.finding for failure in outcome.failures)
    verdict = WORDS[outcome.verdict(failing)]
    return f"{outcome.target}: {verdict}: {found}; {', '.join(spent)}; --seed {outcome.seed} repeats it"


def as_json(outcome: Outcome, failing: frozenset[Severity], key_name: str = KEY_NAME) -> JSON:
    """Return the report as JSON; ``key_name`` is the environment variable that holds the key."""
    verdict = outcome.verdict(failing)
    return {
        "target": outcome.target,
        "verdict": verdict.name.lower().replace("_", "-"),
        "seed": outcome.seed,
        "stopped": outcome.stopped,
        "interrupted": outcome.interrupted,
        "exchanges": outcome.exchanges,
        "checked": outcome.checked,
        "jobs": outcome.jobs,
        "usd": round(outcome.usd, 6),
        "looked": [
            {"phase": each.phase, "done": each.done, "planned": each.planned, "why": each.why}
            for each in outcome.looked
        ],
        "unseen": dict(outcome.unseen),
        "findings": _counted(outcome, key_name),
    }


def _counted(outcome: Outcome, key_name: str) -> JSON:
    listed = findings_as_json(failure.finding for failure in outcome.failures)
    found: list[JSON] = []
    for told, times, failure in zip(
        listed if isinstance(listed, list) else (), outcome.counts, outcome.failures, strict=True
    ):
        if isinstance(told, dict):
            sent: list[JSON] = [*commands(failure, outcome.target, key_name)]
            found.append({**told, "seen": times, "phase": failure.phase, "repeat": sent})
    return found


def junit(outcome: Outcome, failing: frozenset[Severity]) -> str:
    """Return JUnit XML, a test case for each rule; rules that could not look are skipped, none of them passes."""
    ids = [rule.id for rule in PROVIDER_RULES]
    unseen = dict(outcome.unseen)
    if "result" in unseen:
        unseen |= dict.fromkeys(RESULT_IDS, unseen["result"])
    if outcome.stopped or outcome.interrupted:
        reason = outcome.stopped or "interrupted"
        unseen |= dict.fromkeys(ids, reason)
    return as_junit(outcome.findings, ids, suite=SUITE, unseen=unseen, failing=failing)


def markdown(outcome: Outcome, failing: frozenset[Severity]) -> str:
    """Return the report as Markdown, for a pull request's summary."""
    text = [f"## {WORDS[outcome.verdict(failing)].capitalize()}", "", summary(outcome, failing), ""]
    if outcome.stopped:
        text += [f"**Stopped:** {cell(outcome.stopped)}", ""]
    if outcome.failures:
        text += table(outcome.findings)
    text += ["| phase | looked at | of | |", "|---|---:|---:|---|"]
    text += [f"| {each.phase} | {each.done} | {each.planned} | {cell(each.why)} |" for each in outcome.looked]
    return "\n".join(text) + "\n"


def table(findings: tuple[Finding, ...]) -> list[str]:
    """Return findings as the lines of a Markdown table, with an empty one behind it."""
    rows = [
        f"| {finding.severity} | `{finding.rule}` | {cell(finding.source)} | {cell(finding.message)} "
        f"| {cell(finding.expected)} | {cell(finding.got)} |"
        for finding in findings
    ]
    return ["| | rule | where | what | expected | got |", "|---|---|---|---|---|---|", *rows, ""]


def cell(text: str) -> str:
    """Return text that stays within its cell of a Markdown table, and means nothing there."""
    plain = " ".join(text.split())
    for character in "\\|`*_<>[]":
        plain = plain.replace(character, f"\\{character}")
    return plain
