"""Rules about ids: those that nobody issued, and those that did not survive the URL."""

from collections.abc import Iterator

from bodydouble.mockserver.journals.journal import Entry, Purpose

from .histories import Noticed, Observed
from .mangling import Issued, Mangled

_NOT_FOUND = 404
_MISREAD = (
    "read the id from the create's reply under the name it has there; this is what a missing one becomes"
)
_PLACEHOLDERS = frozenset(
    {"undefined", "null", "none", "nan", "nil", "true", "false", "[object object]", "{}", "0"}
)


def ids_mangled(observed: Observed) -> Iterator[Noticed]:
    """An id was asked about that an issued one becomes by one mistake."""
    mangled: dict[Mangled, list[Entry]] = {}
    for entry, found in _unknown(observed):
        if found is not None:
            mangled.setdefault(found, []).append(entry)
    creates = observed.by_job(Purpose.SUBMIT)
    for found, entries in mangled.items():
        yield Noticed(
            f"the id of job {found.id} was {found.how}",
            (*creates.get(found.id, ()), *entries),
            expected=f"polls for {found.id!r}",
            got=f"polls for {entries[0].asked!r}",
        )


def unknown_ids_polled(observed: Observed) -> Iterator[Noticed]:
    """An id was asked about that was never issued, nor anything like it."""
    unknown: dict[str, list[Entry]] = {}
    for entry, found in _unknown(observed):
        if found is None:
            unknown.setdefault(entry.asked, []).append(entry)
    for asked, entries in unknown.items():
        yield Noticed(
            f"no job {asked!r} was ever issued",
            tuple(entries),
            got=f"{len(entries)} polls" if len(entries) > 1 else "one poll",
            hint=_MISREAD if asked.strip().lower() in _PLACEHOLDERS else "",
        )


def _unknown(observed: Observed) -> Iterator[tuple[Entry, Mangled | None]]:
    """Yield the polls that were answered "not found" though no job of that id was ever issued."""
    asking = [entry for entry in observed.of(Purpose.POLL) if entry.status == _NOT_FOUND and not entry.job]
    if any(entry.asked and entry.asked not in observed.jobs for entry in asking):
        issued = Issued((*observed.jobs, *(entry.job for entry in observed.entries)))
        for entry in asking:
            if entry.asked and entry.asked not in issued:
                yield entry, issued.mangled(entry.asked)
