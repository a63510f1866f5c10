"""Fragments: OpenAPI documents as their publisher has them, in JSON, in YAML or on a documentation page."""

import re

import msgspec

from bodydouble.contracts.pointers import JSON

from .documents import Document, DocumentError
from .fragment import Fragment
from .texts import Notation, decode, notation, parse_text

__all__ = ["MAX_PAGE_LINES", "Fragment", "FragmentError", "NotOpenAPIError", "parse"]

MAX_PAGE_LINES = 500_000
"""The Markdown parser needs up to 30 µs for a line."""

_LOOKS_LIKE_OPENAPI = re.compile(r"""["']?openapi["']?\s*:\s*["']?\d""")
_SHOWN = 5


class FragmentError(DocumentError):
    """No fragment can be had from a text or file."""


class NotOpenAPIError(FragmentError):
    """A text can be read but is no OpenAPI document."""


def parse(text: str | bytes, source: str) -> tuple[Fragment, ...]:
    """Return the fragments that ``text`` holds: one of JSON, any number of YAML or a Markdown page.

    ``source`` is how the user named the text; its ending decides where the content could be read either way.

    Raises:
        NotOpenAPIError: The text is readable and holds no OpenAPI 3 document.
        FragmentError: It is empty, binary, not UTF-8, neither JSON nor YAML nor Markdown, or holds what no
            document may hold (see ``parse_json`` and ``parse_yaml``).
    """
    try:
        decoded = decode(text, source)
        if notation(decoded, source) is Notation.MARKDOWN:
            return _page(decoded, source)
        return _numbered(source, parse_text(decoded, source))
    except FragmentError:
        raise
    except DocumentError as error:
        raise FragmentError.of(error) from None


def _numbered(source: str, documents: tuple[Document, ...]) -> tuple[Fragment, ...]:
    if not documents:
        raise NotOpenAPIError(source, "the text holds no document", expected="an OpenAPI 3 document")
    # "---" after the last document of a stream begins another one with nothing in it.
    filled = [document for document in documents if document.value is not None] or documents[:1]
    if len(filled) == 1:
        return (_fragment(source, filled[0]),)
    return tuple(_fragment(f"{source}#{number}", each) for number, each in enumerate(filled, start=1))


def _fragment(source: str, document: Document) -> Fragment:
    value = document.value
    if isinstance(value, dict) and "swagger" not in value and isinstance(value.get("paths"), dict):
        return Fragment(source, value, document.duplicates)
    raise _not_openapi(source, value)


def _not_openapi(source: str, value: JSON) -> NotOpenAPIError:
    expected = "an OpenAPI 3 document: an object with an object under 'paths'"
    if not isinstance(value, dict):
        return NotOpenAPIError(source, "not an OpenAPI document", expected=expected, got=_kind(value))
    if "swagger" in value:
        return NotOpenAPIError(
            source,
            f"Swagger {value['swagger']}, the format before OpenAPI 3",
            expected="OpenAPI 3.0 or 3.1",
            hint="convert it first, for example with swagger2openapi or at editor.swagger.io",
        )
    if "overlay" in value:
        hint = "give it as an overlay (--overlay) and its OpenAPI document as the contract"
        return NotOpenAPIError(source, "an overlay, not an OpenAPI document", expected=expected, hint=hint)
    got = f"{_kind(value['paths'])} under 'paths'" if "paths" in value else _members(value)
    return NotOpenAPIError(source, "not an OpenAPI document", expected=expected, got=got)


def _kind(value: JSON) -> str:
    kinds = {dict: "an object", list: "an array", str: "text", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _members(value: dict[str, JSON]) -> str:
    names = [repr(name[:40]) for name in list(value)[:_SHOWN]]
    more = ", …" if len(value) > _SHOWN else ""
    return f"an object with {', '.join(names)}{more}" if names else "an empty object"


def _page(text: str, source: str) -> tuple[Fragment, ...]:
    # The Markdown parser costs 100 ms to import, which every start would pay; few contracts are pages.
    from .markdown import blocks  # noqa: PLC0415  # see above

    if text.count("\n") > MAX_PAGE_LINES:
        raise FragmentError(source, "the page is too long", expected=f"at most {MAX_PAGE_LINES:,} lines")
    listed = blocks(text)
    found = [fragment for block in listed for fragment in _in_block(block.text, block.line, source)]
    if not found:
        raise NotOpenAPIError(
            source,
            "no OpenAPI document on this page",
            expected="an OpenAPI 3 document in a fenced code block (```json or ```yaml)",
            got="no such block" if not listed else f"none in its {len(listed)} code blocks of a fitting kind",
            hint="documentation sites often serve a page's Markdown under its address with .md added",
        )
    return tuple(
        msgspec.structs.replace(fragment, source=f"{source}#{number}")
        for number, fragment in enumerate(found, start=1)
    )


def _in_block(text: str, line: int, source: str) -> tuple[Fragment, ...]:
    """The fragments in a block whose fence opens on ``line``: none if it is about something else."""
    try:
        return tuple(_fragment(source, document) for document in parse_text(decode(text, source), source))
    except NotOpenAPIError:
        return ()
    except DocumentError as error:
        if _LOOKS_LIKE_OPENAPI.search(text):
            raise FragmentError.of(error, lines_above=line) from None
        return ()
