"""Schemas that no value fits: each keyword is fine by itself, and together they exclude each other."""

from collections.abc import Iterator, Mapping

from jsonschema_rs import ValidationError
from jsonschema_rs.canonical import CanonicalizationError, UnsatisfiableReason, find_unsatisfiable

from bodydouble.contracts.findings import Severity
from bodydouble.contracts.lint.defect_rules import Description, Flaw
from bodydouble.contracts.lint.defect_rules import Rule as DefectRule
from bodydouble.contracts.openapi.parts import Part, Role
from bodydouble.contracts.pointers import JSON, join, look_up
from bodydouble.contracts.schema.dialect import Reading, convert

_SAID_ELSEWHERE = frozenset({"enum", "const", "not", "$ref"})
"""Keywords behind what other rules tell, what is written as "nothing", and what is found at the target."""


def _flaws(description: Description, part: Part) -> Iterator[Flaw]:
    if "schema" not in part.members:
        return
    place = join(part.pointer, "schema")
    document: JSON = description.document
    for pointer in _deepest(_unsatisfiable(convert(document, place, Reading.LENIENT))):
        yield Flaw(
            pointer=_in_source(document, place, pointer),
            message="no value fits the schema",
            expected="keywords that some value keeps together",
            hint="look for bounds that cross, and for types that exclude each other in an allOf",
        )


def _unsatisfiable(schema: dict[str, JSON]) -> list[str]:
    try:
        found = find_unsatisfiable(schema, validate_formats=False, offline=True)
    except (CanonicalizationError, ValidationError, ValueError):
        return []
    return [pointer for pointer, reason in found.items() if _is_news(reason)]


def _is_news(reason: UnsatisfiableReason) -> bool:
    match reason:
        case UnsatisfiableReason.Empty(cause=cause):
            return not _SAID_ELSEWHERE & {*cause.keywords}
        case UnsatisfiableReason.Conflict(causes=causes):
            return not any(_SAID_ELSEWHERE & {*cause.keywords} for cause in causes)
    return False


def _deepest(pointers: list[str]) -> list[str]:
    """Those that are not around another one, whose emptiness follows from that."""
    return [pointer for pointer in pointers if not any(other.startswith(f"{pointer}/") for other in pointers)]


def _in_source(document: JSON, place: str, pointer: str) -> str:
    try:
        found = look_up(document, place + pointer)
    except (LookupError, ValueError):
        return place
    return place + pointer if isinstance(found, Mapping) else place


UNSATISFIABLE = DefectRule(
    "schema-unsatisfiable",
    Severity.ERROR,
    (Role.MEDIA_TYPE, Role.PARAMETER),
    "What can never be valid can be neither sent nor expected.",
    _flaws,
)
"""The rule about them."""
