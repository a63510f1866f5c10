import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.reading.documents import DocumentError
from bodydouble.contracts.reading.texts import Notation, decode, notation, parse_text


def refused(data: bytes | str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        decode(data, "api")
    return caught.value


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
def test_utf8_is_decoded_with_or_without_a_byte_order_mark(text: str) -> None:
    if text.strip():
        assert (
            decode(text.encode(), "api")
            == decode(text.encode("utf-8-sig"), "api")
            == decode(text, "api")
            == text
        )


@pytest.mark.parametrize("data", [b"", "", b"  \n\t", "\ufeff", b"\xef\xbb\xbf\n"])
def test_an_empty_text_is_refused(data: bytes | str) -> None:
    assert refused(data).message == "the text is empty"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert refused('{"openapi": "3.0.0"}'.encode(encoding)).message in ("not UTF-8", "not a text")


def test_utf_16_is_named() -> None:
    assert refused("{}".encode("utf-16")).got == "UTF-16"


def test_a_byte_that_is_no_utf8_is_named_with_its_place() -> None:
    error = refused(b'{\n  "a": "\xe9"}')
    assert (error.line, error.column, error.got) == (2, 9, "the byte 0xe9")


@pytest.mark.parametrize("data", [b"\x7fELF\0\1", b"PK\3\4\0\xff", "a\0b"])
def test_binary_is_refused(data: bytes | str) -> None:
    assert refused(data).message == "not a text"


def test_a_str_with_what_its_reader_could_not_decode_is_refused() -> None:
    assert refused(b"caf\xe9".decode("utf-8", "surrogateescape")).message == "not UTF-8"


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ('{"openapi": "3.0.0"}', "api.json", Notation.JSON),
        ('{"openapi": "3.0.0"}', "api.md", Notation.JSON),
        ('{"openapi": "3.0.0"}', "api.yaml", Notation.JSON),
        ("{", "api", Notation.JSON),
        ("[", "api", Notation.JSON),
        ("[1]", "api", Notation.JSON),
        ("openapi: 3.0.0", "api.json", Notation.YAML),
        ("openapi: 3.0.0", "api.md", Notation.YAML),
        ("{openapi: 3.0.0, paths: {}}", "api", Notation.YAML),
        ("paths:\n  /a:\n    description: |\n      ```\n      x\n      ```\n", "api", Notation.YAML),
        ("anything", "api.yml", Notation.YAML),
        ("anything", "api.json", Notation.JSON),
        ("anything", "api.MD", Notation.MARKDOWN),
        ("# Title\n\n```yaml\nopenapi: 3.0.0\n```\n", "api", Notation.MARKDOWN),
        ("> ~~~\n> openapi: 3.0.0\n", "api", Notation.MARKDOWN),
        ("[a link](https://example.com)", "page.md", Notation.MARKDOWN),
        ("[1]: https://example.com", "page.markdown", Notation.MARKDOWN),
        ("{% hint %}\n", "page.md", Notation.MARKDOWN),
        ("\n<!DOCTYPE html><html>", "page.md", Notation.HTML),
        ("<?xml version='1.0'?>", "api.json", Notation.HTML),
    ],
)
def test_the_content_says_what_a_text_is_and_the_name_what_the_content_leaves_open(
    text: str, source: str, expected: Notation
) -> None:
    assert notation(text, source) is expected


@pytest.mark.parametrize("text", ["<html></html>", "# Title\n```\nx\n```\n"])
def test_a_page_is_no_document(text: str) -> None:
    with pytest.raises(DocumentError, match="where a document was expected"):
        parse_text(text, "page")


def test_json_and_yaml_give_the_same_documents() -> None:
    assert parse_text('{"a": [1, null]}', "api") == parse_text("a: [1, null]", "api")


def test_reading_json_imports_no_yaml_and_no_markdown_parser() -> None:
    code = (
        "import sys; from bodydouble.contracts.reading.fragments import parse;"
        "parse('{\"paths\": {}}', 'api.json');"
        "assert not {'yaml', 'markdown_it', 'jsonpath_rfc9535'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
