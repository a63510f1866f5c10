"""Text as it comes from outside to documents: bytes to characters, then the notation by its content."""

import re
from enum import StrEnum

from .documents import Document, DocumentError
from .json_text import parse_json

BOM = "\ufeff"

_OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_JSON = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[][{"0-9-]|\Z))')
_HTML = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body)\b", re.IGNORECASE)
_YAML = re.compile(r"""^["']?(?:openapi|swagger|overlay|info|paths|actions)["']?[ \t]*:""", re.MULTILINE)
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)", re.MULTILINE)
_MARKDOWN_NAMES = (".md", ".markdown", ".mdx")


class Notation(StrEnum):
    """What a text is written in."""

    JSON = "JSON"
    YAML = "YAML"
    MARKDOWN = "Markdown"
    HTML = "HTML"


def decode(data: bytes | str, source: str) -> str:
    """Return ``data`` as text without a byte order mark.

    Raises:
        DocumentError: It is empty, binary, or not UTF-8.
    """
    text = _characters(data, source)
    if not text.strip():
        raise DocumentError(source, "the text is empty", expected="JSON, YAML or Markdown")
    if "\0" in text:
        raise _binary(source, "a NUL character")
    return text


def _characters(data: bytes | str, source: str) -> str:
    try:
        # A str may carry what its reader could not decode (surrogates); encoding finds that.
        raw = data.encode() if isinstance(data, str) else data
        return raw.decode().removeprefix(BOM)
    except UnicodeEncodeError as error:
        raise _not_utf8(source, ascii(error.object[error.start])) from None
    except UnicodeDecodeError as error:
        raise _undecodable(error, source) from None


def _undecodable(error: UnicodeDecodeError, source: str) -> DocumentError:
    for mark, encoding in _OTHER_ENCODINGS:
        if error.object.startswith(mark):
            return _not_utf8(source, encoding)
    if b"\0" in error.object:
        return _binary(source, "a NUL byte")
    before = error.object[: error.start]
    got = f"the byte 0x{error.object[error.start]:02x}"
    return _not_utf8(source, got, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))


def _not_utf8(source: str, got: str, line: int = 0, column: int = 0) -> DocumentError:
    hint = "save it as UTF-8"
    return DocumentError(source, "not UTF-8", line=line, column=column, expected="UTF-8", got=got, hint=hint)


def _binary(source: str, got: str) -> DocumentError:
    return DocumentError(source, "not a text", expected="JSON, YAML or Markdown as UTF-8", got=got)


def notation(text: str, source: str) -> Notation:
    """Return what ``text`` is written in; where its content is ambiguous the ending of ``source`` counts."""
    name = source.lower()
    if _JSON.match(text) and not (name.endswith(_MARKDOWN_NAMES) and text.lstrip().startswith("[")):
        return Notation.JSON
    if _HTML.match(text):
        return Notation.HTML
    fence = _FENCE.search(text)
    if _YAML.search(text, 0, fence.start() if fence else len(text)):
        return Notation.YAML
    if fence or name.endswith(_MARKDOWN_NAMES):
        return Notation.MARKDOWN
    return Notation.JSON if name.endswith(".json") else Notation.YAML


def parse_text(text: str, source: str) -> tuple[Document, ...]:
    """Return the documents that ``text`` writes in JSON (always one) or YAML (as many as the stream has).

    Raises:
        DocumentError: It is neither, or writes what no document may hold.
    """
    written = notation(text, source)
    if written in (Notation.HTML, Notation.MARKDOWN):
        raise DocumentError(
            source,
            f"{written} where a document was expected",
            expected="JSON or YAML",
            got=repr(text.lstrip()[:20]),
            hint="fetch the raw file instead of the page that shows it",
        )
    if written is Notation.JSON:
        return (parse_json(text, source),)
    # PyYAML costs 35 ms to import, which every start would pay though most contracts are JSON.
    from .yaml_text import parse_yaml  # noqa: PLC0415  # see above

    return parse_yaml(text, source)
