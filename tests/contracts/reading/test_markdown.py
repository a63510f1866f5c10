from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.reading.markdown import Block, blocks


def test_blocks_are_found_with_the_line_their_fence_opens_on() -> None:
    assert blocks("# Title\n\n```json\n{}\n```\n\ntext\n~~~yaml\na: 1\nb: 2\n~~~\n") == (
        Block(3, "{}\n"),
        Block(8, "a: 1\nb: 2\n"),
    )


@pytest.mark.parametrize(
    "info", ["", "json", "JSON", "yaml", "yml", "openapi", ' json title="Create" ', "yaml {% raw %}"]
)
@pytest.mark.parametrize("fence", ["```", "~~~", "`````"])
def test_a_block_whose_info_string_allows_a_document_is_found(info: str, fence: str) -> None:
    assert blocks(f"{fence}{info.strip() if not info.startswith(' ') else info}\n{{}}\n{fence}\n") == (
        Block(1, "{}\n"),
    )


@pytest.mark.parametrize("info", ["python", "bash", "jsonc", "http", "{json}", "text json"])
def test_a_block_in_another_language_is_passed_over(info: str) -> None:
    assert blocks(f"```{info}\n{{}}\n```\n") == ()


@pytest.mark.parametrize("indent", [1, 3, 4, 8, 20])
def test_an_indented_block_loses_its_indentation(indent: int) -> None:
    space = " " * indent
    text = f"text\n\n{space}```json\n{space}{{\n{space}  1\n{space}}}\n{space}```\n"
    assert blocks(text) == (Block(3, "{\n  1\n}\n"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("> ```json\n> {}\n> ```\n", 1),
        ("1. first\n\n   ```json\n   {}\n   ```\n", 3),
        ("* a\n  * b\n\n        ```json\n        {}\n        ```\n", 4),
        ("- ```json\n  {}\n  ```\n", 1),
        ("<details>\n<summary>Reply</summary>\n```json\n{}\n```\n</details>\n", 3),
        ("{% openapi src='x' %}\n```json\n{}\n```\n{% endopenapi %}\n", 2),
        ("{% code title='x' %}\n\n```json\n{}\n```\n\n{% endcode %}", 3),
        ("a paragraph\n```json\n{}\n```\n", 2),
        ("```json\r\n{}\r\n```\r\n", 1),
    ],
)
def test_blocks_are_found_inside_lists_quotes_html_and_documentation_tags(text: str, line: int) -> None:
    assert blocks(text) == (Block(line, "{}\n"),)


def test_a_shorter_or_other_fence_does_not_close_a_block() -> None:
    assert blocks("````json\n```\n~~~~\n````\n") == (Block(1, "```\n~~~~\n"),)


def test_a_block_that_is_never_closed_reaches_to_the_end() -> None:
    assert blocks("```json\n{\n\n") == (Block(1, "{\n\n"),)


def test_a_block_of_several_megabytes_on_one_line_is_found() -> None:
    line = '{"a": "' + "x" * 3_000_000 + '"}'
    assert blocks(f"# Title\n```json\n{line}\n```\n") == (Block(2, line + "\n"),)


@given(st.text(st.sampled_from("`~>- \t\n1.ajson{}%*"), max_size=200))
def test_any_page_is_read(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= block.line <= lines for block in blocks(text))


@given(st.lists(st.text("abc {}\n", max_size=30), max_size=5))
def test_as_many_blocks_are_found_as_were_written_with_their_content_and_line(contents: list[str]) -> None:
    page, written = "", []
    for content in contents:
        written.append(Block(page.count("\n") + 1, f"{content}\n"))
        page += f"```\n{content}\n```\n\n"
    assert blocks(page) == tuple(written)


def test_a_published_page_has_two_blocks(upstream: Path) -> None:
    page = (upstream / "pages" / "video-01.md").read_text()
    lines = page.splitlines()
    found = blocks(page)
    assert len(found) == 2
    assert all(
        lines[block.line - 1] == "```json" and lines[block.line] == block.text.rstrip() for block in found
    )
