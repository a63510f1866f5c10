"""A report as workflow commands that GitHub shows beside the changed lines."""

import re
from collections.abc import Iterator

from bodydouble.contracts.drift.changes import Change, Impact
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.placing import NOWHERE, Lines

from .artifacts import path_of
from .plain import files_in_words, operations_of, remarks, tally, witness_in_words

_DATA = re.compile("[%\r\n]")
_PROPERTY = re.compile("[%\r\n:,]")


def as_annotations(report: Report, lines: Lines = NOWHERE) -> str:
    """Return one command a line, worst first; noise is left out, the counts come last.

    What fails is an error, other breaking and risky changes and what could not be looked at are warnings, the rest
    notices. GitHub shows ten of each kind for a step.
    """
    return "".join(f"{line}\n" for line in _commands(report, lines))


def _commands(report: Report, lines: Lines) -> Iterator[str]:
    for change in report.changes:
        if change.impact is not Impact.NOISE or report.fails(change):
            yield _command(_kind(report, change), _where(change, lines), _message(change))
    for finding in report.unseen:
        message = f"could not look: {finding.source}: {finding.message}"
        yield _command("warning", {"title": "drift"}, message)
    for notice in report.notices:
        yield _command("notice", {"title": "drift"}, notice)
    yield _command("notice", {"title": "drift"}, f"{report.old} → {report.new}: {tally(report)}")


def _kind(report: Report, change: Change) -> str:
    if report.fails(change):
        return "error"
    return "warning" if change.impact in (Impact.BREAKING, Impact.RISKY, Impact.DEFECT) else "notice"


def _where(change: Change, lines: Lines) -> dict[str, str]:
    place = change.places[0]
    found = {"file": path_of(place.new_source or place.old_source)}
    position = lines.new(place) if place.new_source else lines.old(place)
    if position is not None and found["file"]:
        found |= {"line": str(position.line), "col": str(position.column)}
    return {**found, "title": f"{change.impact.value}: {change.rule}"}


def _message(change: Change) -> str:
    told = [f"{operations_of(change)}: {change.message}", *remarks(change)]
    if len(change.places) > 1:
        told.append(f"in {files_in_words(change)}")
    if change.witness is not None:
        told.append(witness_in_words(change.witness))
    return "\n".join((*told, f"[{change.rule} {change.fingerprint}]"))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={_escaped(_PROPERTY, value)}" for name, value in properties.items() if value)
    return f"::{kind} {listed}::{_escaped(_DATA, message)}"


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    """Percent-encode what would end a value, a property or the command; the runner decodes it."""
    encodable = text.encode("utf-8", "replace").decode()
    return pattern.sub(lambda match: f"%{ord(match[0]):02X}", encodable)
