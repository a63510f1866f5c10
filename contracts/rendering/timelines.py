"""A timeline told: on a screen, as Markdown, and as JSON that ``history.schema.json`` describes."""

from collections.abc import Iterator, Mapping

from bodydouble.contracts.drift.changes import Change, Impact, Rule
from bodydouble.contracts.drift.timeline import Entry, Timeline
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.contracts.words import count

from .data import change_data
from .markdown import code, escaped
from .plain import clean, remarks, tally, witness_in_words
from .screen import STYLES, Line, Span

FORMAT = "bodydouble drift history 1"
QUIET = "nothing that a client can observe"


def as_lines(timeline: Timeline, *, everything: bool = False) -> tuple[Line, ...]:
    """Return the story in lines, the oldest version first; noise, and witnesses, only if everything is wanted."""
    return tuple(_lines(timeline, everything=everything))


def _lines(timeline: Timeline, *, everything: bool) -> Iterator[Line]:
    versions = count(len(timeline.entries) + 1, "version")
    yield (Span(f"{clean(timeline.name)}: {versions}", "bold"),)
    yield Span(clean(timeline.first), "bold"), Span("  the first")
    for entry in timeline.entries:
        yield Span(clean(entry.name), "bold"), Span(f"  {_summary(entry)}")
        for change in entry.report.changes:
            if everything or change.impact is not Impact.NOISE:
                yield _change_line(change)
                if everything and change.witness is not None:
                    yield (Span(f"      {witness_in_words(change.witness)}", "cyan"),)
    yield from ((Span(f"note: {clean(notice)}", "yellow"),) for notice in timeline.notices)
    for finding in timeline.unseen:
        yield (Span(f"could not look: {clean(f'{finding.source}: {finding.message}')}", "bold yellow"),)


def _change_line(change: Change) -> Line:
    told = "; ".join((clean(change.message), *remarks(change)))
    impact = Span(f"    {change.impact.value:<10}", STYLES[change.impact])
    return impact, Span(f"{told}  "), Span(f"[{change.rule} {change.fingerprint}]", "dim")


def _summary(entry: Entry) -> str:
    silenced = f"; {len(entry.report.silenced)} silenced" if entry.report.silenced else ""
    counted = tally(entry.report) if _is_heard(entry) else QUIET
    same = f"reverted: same as the version of {clean(entry.same_as)}; " if entry.same_as else ""
    return f"{same}{counted}{silenced}"


def _is_heard(entry: Entry) -> bool:
    return any(change.impact is not Impact.NOISE for change in entry.report.changes)


def as_markdown(timeline: Timeline) -> str:
    """Return the story as a list, noise left out."""
    return "".join(f"{line}\n" for line in _markdown(timeline))


def _markdown(timeline: Timeline) -> Iterator[str]:
    yield f"### Drift of {code(timeline.name)}"
    yield ""
    yield f"- **{escaped(clean(timeline.first))}**: the first"
    for entry in timeline.entries:
        yield f"- **{escaped(clean(entry.name))}**: {escaped(_summary(entry))}"
        for change in entry.report.changes:
            if change.impact is not Impact.NOISE:
                told = "; ".join((clean(change.message), *remarks(change)))
                yield f"  - {change.impact.value}: {escaped(told)} ({code(change.rule)} {code(change.fingerprint)})"
    notes = [f"Note: {escaped(clean(notice))}" for notice in timeline.notices]
    notes += [f"**Could not look**: {escaped(clean(f'{f.source}: {f.message}'))}" for f in timeline.unseen]
    for note in notes:
        yield ""
        yield note


def as_data(timeline: Timeline, rules: Mapping[str, Rule]) -> dict[str, JSON]:
    """Return the whole story as an object; changes are those of :mod:`.data`."""
    steps: list[JSON] = [_step(entry, rules) for entry in timeline.entries]
    return {
        "format": FORMAT,
        "name": timeline.name,
        "outcome": ("clean", "findings", "usage", "could-not-look")[timeline.exit],
        "first": timeline.first,
        "steps": steps,
        "notices": list(timeline.notices),
        "unseen": findings_as_json(timeline.unseen),
    }


def _step(entry: Entry, rules: Mapping[str, Rule]) -> JSON:
    return {
        "old": entry.report.old,
        "new": entry.name,
        "sameAs": entry.same_as or None,
        "counts": {impact.value: number for impact, number in entry.report.counts.items()},
        "changes": [change_data(change, rules) for change in entry.report.changes],
        "silenced": len(entry.report.silenced),
    }
