"""Documents in the fenced code blocks of a documentation page."""

from dataclasses import dataclass

from markdown_it import MarkdownIt

NOTATIONS = ("", "json", "yaml", "yml", "openapi")
"""First words of an info string that may introduce a document; without a word anything may follow."""

_BLOCK_RULES = ("fence", "list", "blockquote")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced code block.

    Attributes:
        line: The line its fence opens on, from 1; the content begins on the next one.
        text: The content, its indentation removed.
    """

    line: int
    text: str


def blocks(text: str) -> tuple[Block, ...]:
    """Return the fenced code blocks (CommonMark 0.31 section 4.5) of ``text`` that may hold a document.

    Only the rules that say where a fence stands are on: with indented code and HTML blocks among them, a
    deeply indented fence, or one inside ``<details>`` or a documentation tool's own tags, would be missed.
    """
    parser = MarkdownIt("zero").enable(list(_BLOCK_RULES))
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(text)
    return tuple(
        Block(token.map[0] + 1, token.content)
        for token in tokens
        if token.type == "fence" and token.map is not None and _notation(token.info) in NOTATIONS
    )


def _notation(info: str) -> str:
    return next(iter(info.lower().split()), "")
