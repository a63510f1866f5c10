"""Where the value that a JSON Pointer names stands in the text it was read from: line and column."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import Any

from bodydouble.contracts.pointers import tokens_of

from .documents import DocumentError
from .fragments import parse
from .texts import Notation, decode, notation

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBERED = re.compile(r"(?P<source>.*)#(?P<number>[1-9][0-9]{0,5})", re.DOTALL)
_DECODER = JSONDecoder()
_INDEX_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text.

    Attributes:
        line: From 1.
        column: From 1, in characters.
    """

    line: int
    column: int


BEGINNING = Position(1, 1)


@dataclass(slots=True)
class _Wanted:
    """Pointers that begin alike, as one tree, so that a text is read once for all of them."""

    pointers: list[str] = field(default_factory=list)
    below: dict[str, "_Wanted"] = field(default_factory=dict)


def positions(text: str | bytes, source: str, pointers: Iterable[str]) -> dict[str, Position]:
    """Return where each of ``pointers`` stands; where nothing does, where its nearest ancestor stands.

    A member of an object stands where its name does. Of a name that an object has twice, the last one counts, as
    it does for the parser.

    Args:
        text: What the file holds: JSON, YAML or a Markdown page.
        source: The fragment's name; ``#2`` at its end chooses the second document of a stream or page.
        pointers: JSON Pointers.

    Raises:
        DocumentError: ``text`` cannot be read as what it seems to be.
    """
    wanted = _tree(pointers)
    named = _NUMBERED.fullmatch(source)
    name, number = (named["source"], int(named["number"])) if named else (source, 1)
    characters = decode(text, name)
    written = notation(characters, name)
    if written is Notation.JSON:
        return _in_json(characters, wanted)
    if written is Notation.YAML:
        return _in_yaml(characters, name, number, wanted)
    return _in_page(characters, name, number, wanted) if written is Notation.MARKDOWN else {}


def _tree(pointers: Iterable[str]) -> _Wanted:
    root = _Wanted()
    for pointer in pointers:
        node = root
        for token in tokens_of(pointer):
            node = node.below.setdefault(token, _Wanted())
        node.pointers.append(pointer)
    return root


def _placed(wanted: _Wanted, offset: int, found: dict[str, int]) -> None:
    """Everything below a place stands there until it is found further down."""
    pending = [wanted]
    while pending:
        node = pending.pop()
        found.update(dict.fromkeys(node.pointers, offset))
        pending.extend(node.below.values())


def _in_json(text: str, wanted: _Wanted) -> dict[str, Position]:
    found: dict[str, int] = {}
    start = _past_space(text, 0)
    _placed(wanted, start, found)
    with suppress(ValueError, IndexError, RecursionError):  # what breaks off is found as far as it goes
        _walk(text, start, wanted, found)
    ends = [match.start() for match in re.finditer("\n", text)]
    return {pointer: _position(ends, offset) for pointer, offset in found.items()}


def _position(ends: list[int], offset: int) -> Position:
    line = bisect_left(ends, offset)
    return Position(line + 1, offset - (ends[line - 1] if line else -1))


def _past_space(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index


def _walk(text: str, index: int, wanted: _Wanted, found: dict[str, int]) -> int:
    """Return the index after the value at ``index``; what nobody asked for is skipped at the decoder's speed."""
    if not wanted.below or text[index] not in "{[":
        return _DECODER.raw_decode(text, index)[1]
    return (_object if text[index] == "{" else _array)(text, index + 1, wanted, found)


def _object(text: str, index: int, wanted: _Wanted, found: dict[str, int]) -> int:
    index = _past_space(text, index)
    while text[index] != "}":
        start = index
        name, index = _DECODER.raw_decode(text, index)
        value = _past_space(text, _past_space(text, index) + 1)  # past the colon
        index = _child(text, value, start, name, wanted, found)
    return index + 1


def _array(text: str, index: int, wanted: _Wanted, found: dict[str, int]) -> int:
    index, number = _past_space(text, index), 0
    while text[index] != "]":
        index = _child(text, index, index, str(number), wanted, found)
        number += 1
    return index + 1


def _child(text: str, value: int, start: int, token: str, wanted: _Wanted, found: dict[str, int]) -> int:
    """Return the index of what follows a member and its comma."""
    child = wanted.below.get(token)
    if child is None:
        index = _DECODER.raw_decode(text, value)[1]
    else:
        _placed(child, start, found)
        index = _walk(text, value, child, found)
    index = _past_space(text, index)
    return _past_space(text, index + 1) if text[index] == "," else index


def _in_yaml(text: str, source: str, number: int, wanted: _Wanted) -> dict[str, Position]:
    # PyYAML costs 35 ms to import, and few reports are about YAML.
    import yaml  # noqa: PLC0415  # see above

    from .yaml_text import parse_yaml  # noqa: PLC0415  # same

    documents = parse_yaml(text, source)  # it refuses what is nested too deep for the composer
    nodes = yaml.compose_all(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    roots = [node for node, each in zip(nodes, documents, strict=False) if each.value is not None]
    if len(roots) < number:
        return {}
    return {pointer: _yaml_position(roots[number - 1], pointer) for pointer in _pointers(wanted)}


def _yaml_position(node: Any, pointer: str) -> Position:
    """PyYAML's nodes have no types of their own; they know their children as a list, and where they begin."""
    mark = node.start_mark
    for token in tokens_of(pointer):
        at, node = _yaml_child(node, token)
        if node is None:
            break
        mark = at.start_mark
    return Position(mark.line + 1, mark.column + 1)


def _yaml_child(node: Any, token: str) -> tuple[Any, Any]:
    """Return the node that names a child, and the child; None where there is no such child."""
    if node.id == "sequence":
        within = token.isdecimal() and len(token) < _INDEX_DIGITS and int(token) < len(node.value)
        child = node.value[int(token)] if within else None
        return child, child
    pairs = reversed(node.value) if node.id == "mapping" else ()
    return next(((name, child) for name, child in pairs if name.value == token), (None, None))


def _in_page(text: str, source: str, number: int, wanted: _Wanted) -> dict[str, Position]:
    # The Markdown parser costs 100 ms to import, and few reports are about pages.
    from .markdown import blocks  # noqa: PLC0415  # see above

    seen = 0
    for block in blocks(text):
        held = _held(block.text, source)
        if seen < number <= seen + held:
            inside = positions(block.text, f"block#{number - seen}", _pointers(wanted))
            return {p: Position(at.line + block.line, at.column) for p, at in inside.items()}
        seen += held
    return {}


def _held(text: str, source: str) -> int:
    try:
        return len(parse(text, source))
    except DocumentError:
        return 0


def _pointers(wanted: _Wanted) -> list[str]:
    return [*wanted.pointers, *(p for child in wanted.below.values() for p in _pointers(child))]
