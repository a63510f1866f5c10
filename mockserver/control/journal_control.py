"""Control over the journal of a namespace: exported, cleared, held against expectations, reported on."""

from collections.abc import Mapping
from itertools import islice

from bodydouble.contracts.reports import as_json as findings_as_json
from bodydouble.mockserver.http.sending import origin_of
from bodydouble.mockserver.journals.expectations import ExpectationError, expectations
from bodydouble.mockserver.journals.har import as_har, as_json_lines
from bodydouble.mockserver.journals.journal import Entry, Purpose
from bodydouble.mockserver.journals.verifying import verify as unmet
from bodydouble.mockserver.noticing import Noticing
from bodydouble.mockserver.reporting.report import rendered

from .asking import DONE, JSON_KIND, Asked, Told, name_of, told
from .document import product_version
from .inputs import wrong_body

LINES = "application/jsonl"
KINDS: Mapping[str, str] = {
    "json": JSON_KIND,
    "text": "text/plain; charset=utf-8",
    "junit": "application/xml",
}


def get_journal(asked: Asked) -> Told:
    """Return the entries that have all of what is asked for, as JSON lines or as HAR."""
    entries = _entries(asked)
    if asked.query["format"] == "har":
        return told(as_har(entries, origin=origin_of(asked.request), version=product_version()))
    return Told("".join(as_json_lines(entries)).encode("utf-8", "replace"), LINES)


def _entries(asked: Asked) -> list[Entry]:
    query = asked.query
    operation = query.get("operation")
    found = asked.world.journal.entries(
        job=query.get("job"), operation=Purpose(operation) if operation else None, status=query.get("status")
    )
    later = (entry for entry in found if entry.number > query.get("after", 0))
    return list(islice(later, query.get("limit")))


def clear_journal(asked: Asked) -> Told:
    """Forget what was asked and answered."""
    asked.world.journal.clear()
    return DONE


def verify(asked: Asked) -> Told:
    """Hold the journal against expectations.

    Raises:
        Refused: With a 400: they are none.
    """
    try:
        expected = expectations(asked.body)
    except ExpectationError as problem:
        raise wrong_body("", str(problem), "an expectation, or a list of them", "something else") from None
    found = unmet(asked.world.journal, expected, f"journal of {name_of(asked.world)}")
    return told({"ok": not found, "findings": findings_as_json(found)})


def get_report(asked: Asked) -> Told:
    """Return what was noticed about the clients."""
    noticing = Noticing(asked.service.routes, asked.service.contract.conventions.price)
    form = asked.query["format"]
    noticed = noticing.report(asked.world, over=asked.query["over"])
    return Told(rendered(noticed, form).encode("utf-8", "replace"), KINDS[form])
