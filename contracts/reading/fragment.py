"""A fragment: one OpenAPI document, as its publisher has it."""

import msgspec

from bodydouble.contracts.pointers import JSON


class Fragment(msgspec.Struct, frozen=True):
    """An OpenAPI document, often partial or invalid, never edited.

    Attributes:
        source: How the user named it; for a page or a stream of several with ``#1``, ``#2`` for the nth.
        document: The document; it has an object under ``paths`` and else whatever its publisher wrote.
        duplicates: JSON Pointers of names that an object has more than once; the last one is in the document.
    """

    source: str
    document: dict[str, JSON]
    duplicates: tuple[str, ...] = ()
