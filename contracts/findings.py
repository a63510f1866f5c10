"""One type for everything bodydouble has to say about a document, an exchange or a history."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a finding matters to whoever reads it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


FAILING = frozenset({Severity.ERROR, Severity.WARNING})
"""What makes a test case fail; a note is worth reading and no reason to stop."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with its place.

    Attributes:
        rule: Stable id of the rule that speaks, in kebab-case (``"response-description-missing"``).
        severity: How much it matters.
        source: The document it was found in, as the user named it.
        pointer: JSON Pointer (RFC 6901) into that document; ``""`` is the whole document.
        message: What is the case, one sentence without a full stop.
        expected: What should have been there, in words; empty if the message says it.
        got: What was there instead, in words; empty if the message says it.
        hint: What to try; empty if there is nothing to advise.
        evidence: Numbers of the journal entries that show it; empty where it was not read from a journal.
    """

    rule: str
    severity: Severity
    source: str
    pointer: str
    message: str
    expected: str = ""
    got: str = ""
    hint: str = ""
    evidence: tuple[int, ...] = ()
