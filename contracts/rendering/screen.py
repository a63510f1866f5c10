"""A report for people: one screen, the worst first."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from bodydouble.contracts.drift.changes import Change, Impact, Rule
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.findings import Finding
from bodydouble.contracts.words import count

from .curl import curl
from .plain import by_impact, by_operation, clean, remarks, tally, where_in_words, witness_in_words

ROWS = 40
"""Lines of one screen; what does not fit is counted."""


class Span(NamedTuple):
    """A piece of a line.

    Attributes:
        text: Printable characters only.
        style: A style as rich names them; ``""`` for none.
    """

    text: str
    style: str = ""


Line: TypeAlias = tuple[Span, ...]
"""Pieces that follow each other."""

STYLES: Mapping[Impact, str] = {
    Impact.BREAKING: "bold red",
    Impact.RISKY: "yellow",
    Impact.DEFECT: "magenta",
    Impact.SAFE: "green",
    Impact.NOISE: "dim",
}


def screen(report: Report, rules: Mapping[str, Rule], *, everything: bool = False) -> tuple[Line, ...]:
    """Return the report in lines: at most a screen's worth, unless ``everything`` is wanted.

    Args:
        report: What is told.
        rules: Every rule by its id, for what ``everything`` tells of why and what to do.
        everything: Whether noise, reasons, commands and consequences are told, too, however long it gets.
    """
    head = ((Span(f"{clean(report.old)} → {clean(report.new)}: ", "bold"), Span(tally(report))),)
    foot = tuple(_foot(report, everything=everything))
    if everything:
        return (*head, *_body(report, rules), *foot)
    return (*head, *_fitting(report, ROWS - len(head) - len(foot)), *foot)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without styles, each with its end."""
    return "".join("".join(span.text for span in line) + "\n" for line in lines)


def _body(report: Report, rules: Mapping[str, Rule]) -> Iterator[Line]:
    for impact, group in by_impact(report.changes).items():
        yield (Span(impact.value.upper(), STYLES[impact]),)
        for operation, listed in by_operation(group).items():
            yield (Span(f"  {operation}", "bold"),)
            for change in listed:
                yield _headline(change)
                yield from _details(change, report)
                yield from _reasons(change, rules.get(change.rule))


def _fitting(report: Report, rows: int) -> Iterator[Line]:
    """As many changes as there are rows for, in their order; every impact is at least counted in the first line."""
    shown = [change for change in report.changes if change.impact is not Impact.NOISE]
    left, told = rows - 1, 0
    for impact, group in by_impact(shown).items():
        for number, (operation, listed) in enumerate(by_operation(group).items()):
            heads: list[Line] = [] if number else [(Span(impact.value.upper(), STYLES[impact]),)]
            heads.append((Span(f"  {operation}", "bold"),))
            for change in listed:
                lines = [*heads, _headline(change), *_details(change, report)]
                if len(lines) > left:
                    yield _more(len(shown) - told)
                    return
                yield from lines
                left, told, heads = left - len(lines), told + 1, []


def _more(number: int) -> Line:
    return (Span(f"… and {count(number, 'more change')}; --all lists everything", "dim"),)


def _headline(change: Change) -> Line:
    told = "; ".join((clean(change.message), *remarks(change)))
    return Span(f"    {told}  "), Span(f"[{change.rule} {change.fingerprint}]", "dim")


def _details(change: Change, report: Report) -> Iterator[Line]:
    where = where_in_words(change, report)
    if where:
        yield (Span(f"      in {where}", "dim"),)
    if change.witness is not None:
        yield (Span(f"      {witness_in_words(change.witness)}", "cyan"),)


def _reasons(change: Change, rule: Rule | None) -> Iterator[Line]:
    command = curl(change.witness) if change.witness else ""
    if command:
        yield (Span(f"      {clean(command)}"),)
    for consequence in change.consequences:
        yield (Span(f"      so: {clean(consequence)}"),)
    if rule is not None:
        yield (Span(f"      why: {rule.why}"),)
        yield (Span(f"      do:  {rule.advice}"),)


def _foot(report: Report, *, everything: bool) -> Iterator[Line]:
    noise = report.counts[Impact.NOISE]
    if noise and not everything:
        yield (Span(f"{noise} that no client can observe; --all lists them", "dim"),)
    if report.silenced:
        yield (Span(f"{len(report.silenced)} silenced", "dim"),)
        if everything:
            yield from (
                (Span(f"  {_silenced(each.change, each.silence.reason)}", "dim"),) for each in report.silenced
            )
    for notice in report.notices:
        yield (Span(f"note: {clean(notice)}", "yellow"),)
    shown = report.unseen if everything else report.unseen[:5]
    for finding in shown:
        yield (Span(f"could not look: {_unseen(finding)}", "bold yellow"),)
    if len(report.unseen) > len(shown):
        yield (Span(f"could not look: and {len(report.unseen) - len(shown)} more", "bold yellow"),)


def _silenced(change: Change, reason: str) -> str:
    return f"{clean(change.message)} [{change.rule} {change.fingerprint}]: {clean(reason)}"


def _unseen(finding: Finding) -> str:
    return clean(f"{finding.source}: {finding.message}")
