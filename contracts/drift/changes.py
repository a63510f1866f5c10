"""What a change between two contracts is: the types that travel from the comparison to the reports."""

import hashlib
import json
from enum import StrEnum

import msgspec

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.words import show

FINGERPRINT_DIGITS = 16
"""Hexadecimal digits of a fingerprint."""


class Impact(StrEnum):
    """What a change means to a client that was written for the old contract; worst first."""

    BREAKING = "breaking"
    """What it sends is refused, or what it reads is not there."""
    RISKY = "risky"
    """It may behave differently, and no schema can say so."""
    DEFECT = "defect"
    """The document became wrong, or was mended; says nothing about clients."""
    SAFE = "safe"
    """It goes on as before; something new may be used."""
    NOISE = "noise"
    """No client can observe it."""


SEVERITIES = (
    (Impact.BREAKING, Severity.ERROR),
    (Impact.RISKY, Severity.WARNING),
    (Impact.DEFECT, Severity.WARNING),
    (Impact.SAFE, Severity.NOTE),
    (Impact.NOISE, Severity.NOTE),
)
"""How much a finding about such a change matters."""


class Direction(StrEnum):
    """What the change is about."""

    REQUEST = "request"
    """What clients send: may only be widened."""
    REPLY = "reply"
    """What clients read: may only be narrowed."""
    OPERATION = "operation"
    """Where and how it is called."""
    CONTRACT = "contract"
    """The document as a whole."""


class Area(StrEnum):
    """What a rule looks at."""

    PATH = "path"
    STATUS = "status"
    PROPERTY = "property"
    VALUE = "value"
    PARAMETER = "parameter"
    BODY = "body"
    HEADER = "header"
    SECURITY = "security"
    SERVER = "server"
    JOB = "job"
    DOCUMENT = "document"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of change.

    Attributes:
        id: Stable name in kebab-case.
        impact: What it means to clients, unless a change says otherwise.
        direction: What it is about.
        area: What it looks at.
        text: What is the case, one sentence.
        why: Why that matters, one sentence.
        advice: What to do.
        counterpart: The rule about the opposite change; ``""`` where there is none, which `rules.WAIVERS` explains.
    """

    id: str
    impact: Impact
    direction: Direction
    area: Area
    text: str
    why: str
    advice: str
    counterpart: str = ""


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest request that was valid and no longer is, or the smallest reply that is newly possible.

    Attributes:
        direction: ``REQUEST`` or ``REPLY``.
        method: Of the operation as the old contract has it, in lower case.
        path: Path template of the operation as the old contract has it.
        location: Where the value belongs: ``body``, ``query``, ``path``, ``header`` or ``cookie``.
        name: Of the parameter or header; ``""`` for a body.
        status: Response key of a reply (``"200"``, ``"default"``); ``""`` for a request.
        value: The body or the parameter's value. Meaningless where there is a ``problem``.
        problem: Why no value could be built, one clause; ``""`` where ``value`` is one.
    """

    direction: Direction
    method: str
    path: str
    location: str = "body"
    name: str = ""
    status: str = ""
    value: JSON = None
    problem: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a change stands in both documents.

    Attributes:
        operation: ``"POST /v2/things"`` as the old contract has it (the new one where it is new); ``""`` for the
            contract as a whole.
        old_source: Name of the old fragment; ``""`` where there is none.
        old_pointer: JSON Pointer into it: the nearest that there is.
        new_source: Name of the new fragment; ``""`` where there is none.
        new_pointer: JSON Pointer into it: the nearest that there is.
    """

    operation: str
    old_source: str = ""
    old_pointer: str = ""
    new_source: str = ""
    new_pointer: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two contracts: one cause, however many places and consequences.

    Attributes:
        rule: Id of the rule that names it.
        impact: What it means to clients.
        subject: What of the operation it is about, independent of how the document is written down:
            ``"request /image_url"``, ``"reply 200 /video/url"``, ``"query id"``, ``"path"``, ``"security"``;
            a JSON Pointer into the body where there is one.
        message: What is the case, one sentence without a full stop.
        places: Every place where the same change was made, the first first; never empty.
        old: What was there; None where nothing was.
        new: What is there instead; None where nothing is.
        witness: For what a schema refuses or newly allows; None where schemas have no say.
        consequences: Messages of changes that follow from this one and are not told apart.
        survives: Whether a client was seen to survive it (set by whoever ran one).
        reverted_to: Name of the earlier version that this returns to; ``""`` for none or not known.
    """

    rule: str
    impact: Impact
    subject: str
    message: str
    places: tuple[Place, ...]
    old: JSON = None
    new: JSON = None
    witness: Witness | None = None
    consequences: tuple[str, ...] = ()
    survives: bool = False
    reverted_to: str = ""

    @property
    def operation(self) -> str:
        """The operation of the first place."""
        return self.places[0].operation

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that name the change wherever and whenever it is found again.

        They depend on rule, operations, subject, old and new; not on the order of anything, on file names, on where
        a schema is written down, or on the words of the message.
        """
        operations = sorted({place.operation for place in self.places})
        said = json.dumps([self.rule, operations, self.subject, self.old, self.new], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def finding_of(change: Change, rule: Rule) -> Finding:
    """Return the change as the reports take it: it stands in the new document, in the old one where that is gone."""
    place = change.places[0]
    return Finding(
        rule=change.rule,
        severity=dict(SEVERITIES)[change.impact],
        source=place.new_source or place.old_source,
        pointer=place.new_pointer if place.new_source else place.old_pointer,
        message=change.message,
        expected="" if change.old is None else show(change.old),
        got="" if change.new is None else show(change.new),
        hint=rule.advice,
    )
