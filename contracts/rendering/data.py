"""A report for programs: JSON that ``drift.schema.json`` beside this module describes."""

from collections.abc import Mapping

from bodydouble.contracts.drift.changes import Change, Place, Rule, Witness
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import NOWHERE, Lines
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.positions import Position
from bodydouble.contracts.reports import as_json as findings_as_json

from .curl import curl
from .plain import outcome

FORMAT = "bodydouble drift 1"


def as_data(report: Report, rules: Mapping[str, Rule], lines: Lines = NOWHERE) -> dict[str, JSON]:
    """Return the whole report as an object.

    Args:
        report: What is told; nothing of it is left out.
        rules: Every rule by its id.
        lines: Where places are, if that is wanted.
    """
    silenced: list[JSON] = [
        {
            "reason": each.silence.reason,
            "expires": None if each.silence.expires is None else each.silence.expires.isoformat(),
            "change": change_data(each.change, rules, lines),
        }
        for each in report.silenced
    ]
    return {
        "format": FORMAT,
        "old": report.old,
        "new": report.new,
        "outcome": outcome(report),
        "failOn": report.fail_on and report.fail_on.value,
        "counts": {impact.value: number for impact, number in report.counts.items()},
        "operations": list(report.operations),
        "changes": [change_data(change, rules, lines) for change in report.changes],
        "silenced": silenced,
        "notices": list(report.notices),
        "unseen": findings_as_json(report.unseen),
    }


def change_data(change: Change, rules: Mapping[str, Rule], lines: Lines = NOWHERE) -> dict[str, JSON]:
    """Return one change as an object; see :func:`as_data`."""
    rule = rules.get(change.rule)
    known: dict[str, JSON] = {"direction": None, "area": None, "why": None, "advice": None}
    if rule is not None:
        known = {
            "direction": rule.direction.value,
            "area": rule.area.value,
            "why": rule.why,
            "advice": rule.advice,
        }
    return {
        "rule": change.rule,
        "impact": change.impact.value,
        "fingerprint": change.fingerprint,
        "subject": change.subject,
        "message": change.message,
        **known,
        "old": change.old,
        "new": change.new,
        "places": [_place(place, lines) for place in change.places],
        "witness": None if change.witness is None else _witness(change.witness),
        "consequences": list(change.consequences),
        "survives": change.survives,
        "revertedTo": change.reverted_to or None,
    }


def _place(place: Place, lines: Lines) -> JSON:
    return {
        "operation": place.operation or None,
        "old": _end(place.old_source, place.old_pointer, lines.old(place)),
        "new": _end(place.new_source, place.new_pointer, lines.new(place)),
    }


def _end(source: str, pointer: str, position: Position | None) -> JSON:
    if not source:
        return None
    found: dict[str, JSON] = {} if position is None else {"line": position.line, "column": position.column}
    return {"source": source, "pointer": pointer, **found}


def _witness(witness: Witness) -> JSON:
    about: dict[str, JSON] = {
        "direction": witness.direction.value,
        "method": witness.method.upper(),
        "path": witness.path,
        "location": witness.location,
        "name": witness.name or None,
        "status": witness.status or None,
    }
    if witness.problem:
        return {**about, "problem": witness.problem}
    return {**about, "value": witness.value, "curl": curl(witness) or None}
