"""Published drift: two sides compared, each document with its own earlier self."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.openapi.operations import operations_of
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.words import show

from .changes import Change
from .comparing import compare
from .pairing import Named, Pair, models_of, pairs
from .sides import BUNDLED, Side
from .versions import Version

_MENDED = "defect-mended"
"""A document that is gone has mended nothing."""


class Compared(msgspec.Struct, frozen=True):
    """What a comparison of two sides comes to.

    Attributes:
        changes: One for each cause and pair of documents.
        unseen: Documents that could not be looked at on one side.
        notices: What was left out of the comparison, in words.
        operations: What was compared, each once.
    """

    changes: tuple[Change, ...]
    unseen: tuple[Finding, ...]
    notices: tuple[str, ...]
    operations: tuple[str, ...]


def compare_sides(old: Side, new: Side) -> Compared:
    """Return what changed from one side to the other.

    A document that is there on one side and could not be read on the other has neither come nor gone: it could not be
    looked at. Of the bundled contract only what the other side speaks of is compared: one that was not chosen by the
    user need not be complete.
    """
    left, notices = _spoken_of(old, new)
    found = pairs(_named(old, left), _named(new, new.fragments))
    unread = _unread(old) | _unread(new)
    looked = [pair for pair in found if not _hidden(pair, old, new, unread)]
    differing = [pair for pair in looked if _documents(pair.old) != _documents(pair.new)]
    changes = [
        _of_models(change, pair) if len(found) > 1 and not pair.new else change
        for pair in differing
        for change in compare(Version(pair.old, old.name), Version(pair.new, new.name))
        if pair.new or change.rule != _MENDED
    ]
    seen = [fragment for pair in looked for fragment in (*pair.old, *pair.new)]
    hidden = {name for pair in found if pair not in looked for name in _names(pair, old, new)}
    return Compared(tuple(changes), _unseen(old, new, hidden), notices, tuple(_operations(seen)))


def _named(side: Side, fragments: Iterable[Fragment]) -> list[Named]:
    return [Named(side.below(fragment.source), fragment) for fragment in fragments]


def _of_models(change: Change, pair: Pair) -> Change:
    """Say whose operation is gone where others have the same one: that of one model is not that of another."""
    models = sorted(frozenset[str]().union(*map(models_of, pair.old)))
    if not models or change.rule != "operation-removed":
        return change
    named: list[JSON] = [*models]
    return replace(change, old=named, message=f"{change.message} for {', '.join(map(show, models))}")


def _documents(fragments: Iterable[Fragment]) -> list[dict[str, JSON]]:
    return [fragment.document for fragment in fragments]


def _spoken_of(old: Side, new: Side) -> tuple[tuple[Fragment, ...], tuple[str, ...]]:
    """The old fragments to compare, and what is told about the others."""
    if old.name != BUNDLED:
        return old.fragments, ()
    methods = {operation.method for fragment in new.fragments for operation in operations_of(fragment)}
    kept = [f for f in old.fragments if any(each.method in methods for each in operations_of(f))]
    if not kept:
        return old.fragments, ()
    left = [fragment for fragment in old.fragments if fragment not in kept]
    told = [f"{f.source} was not compared: {new.name} has no {_methods(f)} operation" for f in left]
    return tuple(kept), tuple(told)


def _methods(fragment: Fragment) -> str:
    return " or ".join(dict.fromkeys(operation.method.upper() for operation in operations_of(fragment)))


def _unread(side: Side) -> frozenset[str]:
    return frozenset(side.below(finding.source) for finding in side.passed)


def _names(pair: Pair, old: Side, new: Side) -> set[str]:
    return {old.below(f.source) for f in pair.old} | {new.below(f.source) for f in pair.new}


def _hidden(pair: Pair, old: Side, new: Side, unread: frozenset[str]) -> bool:
    """Whether a document seems to have come or gone only because it could not be read."""
    return not (pair.old and pair.new) and bool(_names(pair, old, new) & unread)


def _unseen(old: Side, new: Side, hidden: set[str]) -> tuple[Finding, ...]:
    """What was passed over counts if it was broken, or if the other side has it; other files are nobody's business."""
    return tuple(
        finding
        for side in (old, new)
        for finding in side.passed
        if finding.severity is not Severity.NOTE or side.below(finding.source) in hidden
    )


def _operations(fragments: Iterable[Fragment]) -> Iterable[str]:
    return dict.fromkeys(str(operation) for fragment in fragments for operation in operations_of(fragment))
