"""A report as Markdown, for a comment on a pull request."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bodydouble.contracts.drift.changes import Change, Impact, Rule, Witness
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.words import count

from .curl import curl
from .plain import by_impact, by_operation, clean, remarks, tally, where_in_words, witness_in_words

LIMIT = 60_000
"""Characters; GitHub refuses a comment of more than 65,536."""

FOLDED = (Impact.SAFE, Impact.NOISE)
"""What is folded away at first."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$^-])")
_ENTITIES: Mapping[int, str] = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("@"): "&#64;"}
_TICKS = re.compile("`+")


def as_markdown(report: Report, rules: Mapping[str, Rule]) -> str:
    """Return the report as GitHub Flavored Markdown, cut at a change where it would be too long."""
    head = f"### Drift: {tally(report)}\n\n{code(report.old)} → {code(report.new)}\n"
    foot = "".join(f"\n{line}\n" for line in _foot(report))
    return head + "".join(_fitting(report, rules, LIMIT - len(head) - len(foot))) + foot


def _fitting(report: Report, rules: Mapping[str, Rule], room: int) -> Iterator[str]:
    told = 0
    for impact, group in by_impact(report.changes).items():
        opening, closing = _section(impact, len(group))
        pieces = [opening]
        for change_text in _changes(group, rules, report):
            if sum(map(len, pieces)) + len(change_text) + len(closing) > room:
                yield "".join((*pieces, closing)) if len(pieces) > 1 else ""
                yield f"\n… and {count(len(report.changes) - told, 'more change')}\n"
                return
            pieces.append(change_text)
            told += 1
        text = "".join((*pieces, closing))
        room -= len(text)
        yield text


def _section(impact: Impact, number: int) -> tuple[str, str]:
    if impact in FOLDED:
        return f"\n<details><summary>{impact.value.capitalize()}: {number}</summary>\n", "\n</details>\n"
    return f"\n#### {impact.value.capitalize()}\n", ""


def _changes(group: Sequence[Change], rules: Mapping[str, Rule], report: Report) -> Iterator[str]:
    for operation, listed in by_operation(group).items():
        heading = f"\n**{escaped(operation)}**\n\n"
        for change in listed:
            yield heading + _item(change, rules.get(change.rule), report)
            heading = ""


def _item(change: Change, rule: Rule | None, report: Report) -> str:
    told = "; ".join((clean(change.message), *remarks(change)))
    lines = [f"- {escaped(told)} ({code(change.rule)} {code(change.fingerprint)})"]
    where = where_in_words(change, report)
    if where:
        lines.append(f"  In {escaped(where)}.")
    if change.impact not in FOLDED:
        lines += [f"  So: {escaped(consequence)}." for consequence in change.consequences]
        lines += [f"  {rule.why} {rule.advice}"] if rule is not None else []
        lines += _witness(change.witness) if change.witness is not None else []
    return "\n".join(lines) + "\n"


def _witness(witness: Witness) -> list[str]:
    if witness.problem:
        return [f"  {escaped(witness_in_words(witness))}"]
    command = curl(witness)
    text = command or json.dumps(witness.value, ensure_ascii=False, indent=2)
    what = "This request was valid:" if command else "This reply is possible now:"
    return ["", f"  {what}", "", *(f"  {line}" for line in _fenced(text, "sh" if command else "json"))]


def _fenced(text: str, language: str) -> list[str]:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *text.split("\n"), fence]


def _foot(report: Report) -> Iterator[str]:
    if report.silenced:
        yield f"{len(report.silenced)} silenced."
    yield from (f"Note: {escaped(clean(notice))}" for notice in report.notices)
    for finding in report.unseen[:20]:
        yield f"**Could not look**: {escaped(clean(f'{finding.source}: {finding.message}'))}"
    if len(report.unseen) > 20:  # noqa: PLR2004 - as many as above
        yield f"**Could not look**: and {len(report.unseen) - 20} more"


def escaped(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is: no markup, no HTML, nobody mentioned."""
    return _SPECIAL.sub(r"\\\1", text).translate(_ENTITIES)


def code(text: str) -> str:
    """Return ``text`` as a code span (CommonMark 0.31 section 6.1), whatever backticks it holds."""
    shown = clean(text) or " "
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"
