"""JSON values read from text, what was odd about the text, and the error for text that cannot be used."""

import json
import re
from typing import Self

import msgspec

from bodydouble.contracts.pointers import JSON

MAX_DEPTH = 100
"""Levels of nesting: published fragments reach 28, and the JSONPath library descends no deeper than this."""

_SURROGATE_ESCAPE = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F]")


class Document(msgspec.Struct, frozen=True):
    """A JSON value with what its text said and the value cannot.

    Attributes:
        value: The value; of a name that an object has more than once, the last one's.
        duplicates: JSON Pointers of names that an object has more than once.
    """

    value: JSON
    duplicates: tuple[str, ...] = ()


class DocumentError(ValueError):
    """A text that cannot be used: what happened and where, what was expected, what was got, what to try.

    Attributes:
        source: The text as the user named it.
        message: What happened, one clause.
        line: 1-based; 0 where no line is to blame.
        column: 1-based, in characters; 0 where no column is to blame.
        expected: What should have been there.
        got: What was there instead.
        hint: What to try.
    """

    def __init__(
        self,
        source: str,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        expected: str = "",
        got: str = "",
        hint: str = "",
    ) -> None:
        self.source = source
        self.message = message
        self.line = line
        self.column = column
        self.expected = expected
        self.got = got
        self.hint = hint
        super().__init__(source, message)

    def __str__(self) -> str:
        details = (("expected", self.expected), ("got", self.got), ("try", self.hint))
        return "\n".join((self._headline(), *(f"  {label}: {text}" for label, text in details if text)))

    def _headline(self) -> str:
        where = f"line {self.line}" if self.line else ""
        if self.column:
            where += f", column {self.column}"
        return ": ".join(part for part in (self.source, where, self.message) if part)

    @classmethod
    def of(cls, error: "DocumentError", *, lines_above: int = 0) -> Self:
        """Return ``error`` as this class, moved down where its text is part of a longer one."""
        return cls(
            error.source,
            error.message,
            line=error.line + lines_above,
            column=error.column,
            expected=error.expected,
            got=error.got,
            hint=error.hint,
        )


def checked(document: Document, text: str, source: str) -> Document:
    """Return ``document`` if everything may walk it and encode it.

    Raises:
        DocumentError: It is nested more than 100 levels deep, or a string holds half a surrogate pair.
    """
    if is_deeper(document.value, MAX_DEPTH):
        raise too_deep(source)
    if _SURROGATE_ESCAPE.search(text):
        _check_unicode(document.value, source)
    return document


def too_deep(source: str, line: int = 0, column: int = 0) -> DocumentError:
    """Return the error for a document nested beyond reason."""
    return DocumentError(
        source,
        "nested too deep to be an API description",
        line=line,
        column=column,
        expected=f"at most {MAX_DEPTH} levels of objects and arrays",
        hint="move what repeats into components and refer to it",
    )


def _check_unicode(value: JSON, source: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            source,
            "a string holds half a surrogate pair, which no UTF-8 text can carry",
            expected="Unicode text",
            got=ascii(error.object[error.start : error.end]),
            hint="write the character itself instead of \\u escapes",
        ) from None


def is_deeper(value: JSON, levels: int) -> bool:
    """Return whether objects and arrays nest more than ``levels`` deep in ``value``."""
    layer = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        layer = [child for node in layer for child in _children(node) if isinstance(child, dict | list)]
        if not layer:
            return False
    return bool(layer)


def size(value: JSON, limit: int) -> int:
    """Return how many values ``value`` is made of, itself included; counting stops soon after ``limit``."""
    count, layer = 1, [value]
    while layer and count <= limit:
        layer = [child for node in layer for child in _children(node)]
        count += len(layer)
    return count


def _children(node: JSON) -> list[JSON]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
