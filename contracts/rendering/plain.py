"""Text from outside made harmless, and what every report says in the same words."""

import json
import re
from collections.abc import Iterable, Sequence

from bodydouble.contracts.drift.changes import Change, Direction, Impact, Witness
from bodydouble.contracts.drift.grouping import ORDER, files_of
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.pointers import JSON

_NUMBER = re.compile(r"#[1-9][0-9]{0,5}\Z")

FILES_SHOWN = 3
"""Files that a line names; JSON has them all."""

MAX_VALUE = 200
"""Characters of a witness in a line; JSON and --all have the rest."""


def clean(text: str) -> str:
    """Return ``text`` in one line without anything that moves a cursor, as escapes where it had such."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def tally(report: Report) -> str:
    """Return the counts in words: ``"2 breaking, 1 safe"``, or ``"no changes"`` in what could be looked at."""
    counts = [f"{number} {_noun(impact, number)}" for impact, number in report.counts.items() if number]
    if not counts and report.unseen:
        return "no changes in what could be looked at" if report.operations else "could not look"
    survived = sum(change.survives for change in report.changes)
    told = f"; the client survives {survived}" if survived else ""
    return (", ".join(counts) or "no changes") + told


def _noun(impact: Impact, number: int) -> str:
    return "defects" if impact is Impact.DEFECT and number > 1 else impact.value


def by_impact(changes: Iterable[Change]) -> dict[Impact, list[Change]]:
    """Return changes by impact, worst first; impacts without any are left out."""
    listed = list(changes)
    groups = {impact: [change for change in listed if change.impact is impact] for impact in ORDER}
    return {impact: group for impact, group in groups.items() if group}


def by_operation(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Return changes by the operations they are about, in words, in the order in which they come."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(operations_of(change), []).append(change)
    return groups


def operations_of(change: Change) -> str:
    """Return the operations in words: ``"POST /a"``, ``"POST /a and 2 more"``, ``"the contract"``."""
    named = list(dict.fromkeys(place.operation for place in change.places if place.operation))
    if not named:
        return "the contract"
    return clean(named[0]) + (f" and {len(named) - 1} more" if len(named) > 1 else "")


def files_in_words(change: Change, shown: int = FILES_SHOWN) -> str:
    """Return the documents in words: ``"a.json"``, ``"68 files: a.json, b.json, c.json and 65 more"``."""
    files = [clean(name) for name in files_of(change)]
    if len(files) < 2:  # noqa: PLR2004 - one needs no count
        return "".join(files)
    more = f" and {len(files) - shown} more" if len(files) > shown else ""
    return f"{len(files)} files: {', '.join(files[:shown])}{more}"


def where_in_words(change: Change, report: Report) -> str:
    """Return the documents in words as far as the report's own names do not tell them; ``""`` if they do."""
    files = files_of(change)
    told = (report.new, report.old)
    is_told = len(files) == 1 and _NUMBER.sub("", files[0]) in told
    return "" if is_told else files_in_words(change)


def witness_in_words(witness: Witness) -> str:
    """Return a witness in one line: ``'request body {"a": 1}'``, or why there is none."""
    if witness.problem:
        return f"no witness could be built: {clean(witness.problem)}"
    place = f"{witness.location} {clean(witness.name)}".strip()
    if witness.direction is Direction.REPLY:
        return f"reply {clean(witness.status)} {place} {_value(witness.value)}"
    return f"request {place} {_value(witness.value)}"


def _value(value: JSON) -> str:
    """The whole value where it is small, so that it can be tried; it comes from a document, and is no secret."""
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def outcome(report: Report) -> str:
    """Return one word for programs: ``findings``, ``clean`` or ``could-not-look``."""
    return ("clean", "findings", "usage", "could-not-look")[report.exit]


def remarks(change: Change) -> Sequence[str]:
    """Return what is worth knowing beside the message, each a clause."""
    told = []
    if change.reverted_to:
        told.append(f"taken back: as in the version of {clean(change.reverted_to)}")
    if change.survives:
        told.append("the client survives it")
    return told
