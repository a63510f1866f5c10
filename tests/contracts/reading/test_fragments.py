import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading import fragments
from bodydouble.contracts.reading.fragments import Fragment, FragmentError, NotOpenAPIError, parse

BUNDLED = Path(__file__).parents[3] / "contracts" / "bundled"
DOCUMENT = '{"openapi": "3.0.0", "info": {}, "paths": {"/jobs": {}}}'
YAML = "openapi: 3.0.0\ninfo: {}\npaths:\n  /jobs: {}\n"


def refused(text: str | bytes, source: str = "api") -> FragmentError:
    with pytest.raises(FragmentError) as caught:
        parse(text, source)
    return caught.value


@pytest.mark.parametrize(
    "text", [DOCUMENT, DOCUMENT.encode(), b"\xef\xbb\xbf" + DOCUMENT.encode(), YAML, "\ufeff" + YAML]
)
def test_a_document_is_one_fragment_in_json_and_in_yaml(text: str | bytes) -> None:
    assert parse(text, "api") == (Fragment("api", json.loads(DOCUMENT)),)


def test_the_fragments_of_a_page_are_numbered() -> None:
    page = f"# Jobs\n```json\n{DOCUMENT}\n```\n```python\nprint()\n```\n~~~yaml\n{YAML}~~~\n"
    assert [fragment.source for fragment in parse(page, "jobs.md")] == ["jobs.md#1", "jobs.md#2"]
    assert all(fragment.document == json.loads(DOCUMENT) for fragment in parse(page, "jobs.md"))


def test_a_page_with_one_block_is_numbered_too() -> None:
    assert [fragment.source for fragment in parse(f"```\n{DOCUMENT}\n```\n", "p.md")] == ["p.md#1"]


def test_the_documents_of_a_yaml_stream_are_numbered() -> None:
    assert [fragment.source for fragment in parse(f"---\n{YAML}---\n{YAML}", "a")] == ["a#1", "a#2"]


def test_an_empty_document_at_the_end_of_a_stream_does_not_count() -> None:
    assert [fragment.source for fragment in parse(f"---\n{YAML}---\n", "a")] == ["a"]


def test_blocks_about_something_else_are_passed_over() -> None:
    others = '```json\n{"id": 1}\n```\n```\ncurl -d \'{"a": \' https://x\n```\n```json\n{"cut":\n```\n'
    others += '```json\n{"swagger": "2.0", "paths": {}}\n```\n```yaml\na: [\n```\n'
    assert len(parse(f"{others}```json\n{DOCUMENT}\n```\n", "p.md")) == 1


def test_a_broken_openapi_block_is_an_error_at_its_line_of_the_page() -> None:
    error = refused('# Jobs\n\n```json\n{"openapi": "3.0.0",\n "paths": {,}}\n```\n', "p.md")
    assert (error.line, error.column, error.message) == (5, 12, "not JSON")
    error = refused("# Jobs\n\n```yaml\nopenapi: 3.0.0\npaths: [\n```\n", "p.md")
    assert error.line >= 5
    assert error.message.startswith("not YAML")


def test_names_that_repeat_are_listed_and_not_fatal() -> None:
    (fragment,) = parse('{"paths": {"/a": 1, "/a": 2}}', "api")
    assert fragment.duplicates == ("/paths/~1a",)
    (fragment,) = parse('```json\n{"paths": {"/a": 1, "/a": 2}}\n```', "p.md")
    assert fragment.duplicates == ("/paths/~1a",)


def test_a_page_without_openapi_says_so() -> None:
    assert "no OpenAPI document on this page" in refused("# Title\n\nProse.", "p.md").message
    assert (
        refused('# Title\n```json\n{"a": 1}\n```\n', "p.md").got
        == "none in its 1 code blocks of a fitting kind"
    )


def test_a_page_that_is_absurdly_long_is_refused() -> None:
    assert "too long" in refused("# t\n" + "\n" * fragments.MAX_PAGE_LINES, "p.md").message


@pytest.mark.parametrize(
    ("text", "message", "got"),
    [
        ("[]", "not an OpenAPI document", "an array"),
        ('"x"', "not an OpenAPI document", "text"),
        ("4", "not an OpenAPI document", "a number"),
        ("true", "not an OpenAPI document", "a boolean"),
        ("{}", "not an OpenAPI document", "an empty object"),
        ('{"openapi": "3.0.0", "info": {}}', "not an OpenAPI document", "an object with 'openapi', 'info'"),
        ('{"openapi": "3.0.0", "paths": []}', "not an OpenAPI document", "an array under 'paths'"),
        ('{"openapi": "3.0.0", "paths": null}', "not an OpenAPI document", "null under 'paths'"),
        ('{"swagger": "2.0", "paths": {}}', "Swagger 2.0, the format before OpenAPI 3", ""),
        ('{"overlay": "1.0.0", "actions": []}', "an overlay, not an OpenAPI document", ""),
        ("# nothing but a comment", "the text holds no document", ""),
        (
            json.dumps(dict.fromkeys("abcdefgh")),
            "not an OpenAPI document",
            "an object with 'a', 'b', 'c', 'd', 'e', …",
        ),
    ],
)
def test_a_document_that_is_no_openapi_says_what_it_is(text: str, message: str, got: str) -> None:
    error = refused(text)
    assert isinstance(error, NotOpenAPIError)
    assert (error.message, error.got) == (message, got)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the text is empty"),
        (b"\x89PNG\r\n\x1a\n\0", "not a text"),
        (b'{"paths": "\xff"}', "not UTF-8"),
        (DOCUMENT[:-3], "not JSON"),
        ('{"paths": {}, "x": NaN}', "not JSON"),
        ('{"paths": ' + "[" * 200 + "]" * 200 + "}", "nested too deep to be an API description"),
        ("openapi: 3.0.0\npaths: *nowhere", "the alias *nowhere refers to nothing"),
        ("openapi: 3.0.0\npaths: {? [a] : 1}", "a mapping's key is no text"),
        ("<html>", "HTML where a document was expected"),
    ],
)
def test_what_cannot_be_read_is_one_error_with_the_source(text: str | bytes, message: str) -> None:
    error = refused(text)
    assert error.message == message
    assert not isinstance(error, NotOpenAPIError)
    assert str(error).startswith("api: ")


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_is_read_or_refused_with_one_error(text: str | bytes) -> None:
    with contextlib.suppress(FragmentError):
        parse(text, "api")


@given(st.integers(0, len(DOCUMENT) - 1))
def test_a_document_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(FragmentError):
        parse(DOCUMENT[:length], "api.json")


def test_every_published_fragment_and_page_is_read(upstream: Path) -> None:
    files = [*upstream.glob("fragments/**/*.json"), *upstream.glob("history/**/*.json")]
    assert len(files) == 89
    for file in files:
        (fragment,) = parse(file.read_bytes(), file.name)
        assert fragment.document == json.loads(file.read_text())
    assert len(parse((upstream / "pages" / "video-01.md").read_bytes(), "video-01.md")) == 2


def without_words(value: JSON) -> JSON:
    """The value with every description text replaced by a mark; a property of that name is an object and stays."""
    if isinstance(value, dict):
        return {
            name: "described" if name == "description" and isinstance(child, str) else without_words(child)
            for name, child in value.items()
        }
    return [without_words(child) for child in value] if isinstance(value, list) else value


def words_of(value: JSON) -> set[str]:
    """Every description text in the value."""
    if isinstance(value, dict):
        own = value.get("description")
        return {own if isinstance(own, str) else ""}.union(*map(words_of, value.values())) - {""}
    return set().union(*map(words_of, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(("number", "name"), [(0, "create.json"), (1, "poll.json")])
def test_a_bundled_fragment_is_the_published_one_in_our_words(upstream: Path, number: int, name: str) -> None:
    published = parse((upstream / "pages" / "video-01.md").read_bytes(), "video-01.md")[number].document
    (bundled,) = parse((BUNDLED / name).read_bytes(), name)
    # Compared as text: the order of the members is part of what was published.
    assert json.dumps(without_words(bundled.document)) == json.dumps(without_words(published))
    assert bundled.duplicates == ()
    assert len(words_of(published)) >= 7
    assert not words_of(bundled.document) & words_of(published)
    assert all(words.strip() for words in words_of(bundled.document))


@pytest.mark.parametrize("name", ["create.json", "poll.json"])
def test_a_bundled_fragment_is_written_for_people(name: str) -> None:
    text = (BUNDLED / name).read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
