"""The two readings of OpenAPI 3.0's ``nullable``, every corner decided here."""

from collections.abc import Mapping
from enum import Enum, auto

from bodydouble.contracts.pointers import JSON

from .keywords import ANNOTATIONS


class Reading(Enum):
    """How ``nullable`` is understood; `admit_null` says where the two part ways."""

    STRICT = auto()
    """As OpenAPI 3.0.3 words it: for what we send, so that nobody can object."""

    LENIENT = auto()
    """As authors mean it: for what we read."""


def admit_null(converted: dict[str, JSON], reading: Reading) -> dict[str, JSON]:
    """Return a schema with ``nullable: true``, converted without it, as accepting null where the reading says so.

    ====================== ======================= =========================== =================================
    Beside ``nullable``    strict                  lenient                     Why they differ
    ====================== ======================= =========================== =================================
    ``type``               accepts null            accepts null
    no ``type``            no effect: null is      no effect
                           accepted unless
                           something forbids it
    ``type`` and ``enum``  only if ``enum`` lists  accepts null                3.0.3: nullable adds null to the
                           null                                                type alone, ``enum`` still stands;
                                                                               authors do not list null
    ``$ref``               no effect               accepts null                3.0: siblings of ``$ref`` are
                                                                               ignored; authors put it there
    ``allOf``, ``anyOf``,  as far as those accept  accepts null                3.0.3: every keyword must hold;
    ``oneOf``, ``not``…    null                                                authors mean "or null"
    ``type`` not known     no effect               as without ``type``
    ``nullable: "true"``   no effect               no effect                   it is no boolean
    3.1 and later          no effect               no effect                   not a keyword there
    ====================== ======================= =========================== =================================

    The clarification is proposal 2019-10-31 of the OpenAPI Initiative, "Clarify Semantics of nullable", in 3.0.3.
    """
    if "type" in converted:
        words = converted["type"]
        converted["type"] = list(dict.fromkeys([*(words if isinstance(words, list) else [words]), "null"]))
    if reading is Reading.STRICT:
        return converted
    listed = converted.get("enum")
    if isinstance(listed, list) and None not in listed:
        converted["enum"] = [*listed, None]
    if converted.keys().isdisjoint(_MAY_FORBID_NULL):
        return converted
    says = {keyword: held for keyword, held in converted.items() if _is_said(keyword)}
    demands: dict[str, JSON] = {keyword: held for keyword, held in converted.items() if not _is_said(keyword)}
    return {**says, "anyOf": [demands, {"type": "null"}]}


def _is_said(keyword: str) -> bool:
    return keyword in ANNOTATIONS or keyword.startswith("x-")


_MAY_FORBID_NULL = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "if", "const"})


def may_forbid_null(schema: Mapping[str, JSON]) -> bool:
    """Return whether ``schema`` has a keyword that can refuse null; all others let it pass."""
    return not schema.keys().isdisjoint(_MAY_FORBID_NULL | {"type", "enum"})
