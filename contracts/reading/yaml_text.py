"""YAML text to documents that JSON can write: no types that JSON lacks, no code, no bombs.

Read from the parser's events rather than through PyYAML's constructors, which would turn ``no`` into false,
``200:`` into a number and ``2024-10-01`` into a date, would recurse without bound and would share aliased
nodes, so that a page of text can stand for more values than there is memory. Plain scalars follow the core
schema of YAML 1.2 (section 10.3.2); what JSON has no type for stays the text the author wrote.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bodydouble.contracts.pointers import JSON, join

from .documents import MAX_DEPTH, Document, DocumentError, checked, is_deeper, size, too_deep

MAX_ALIASED = 100_000
"""Values that aliases may add to one text: sharing is for convenience, not for compression."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # ten times faster where libyaml is there

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS: Mapping[str, bool] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# No leading zeros: YAML 1.1 reads 010 as eight, 1.2 as ten, and JSON has no such number.
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,4000})")
_BASED = re.compile(r"0o[0-7]{1,1000}|0x[0-9a-fA-F]{1,1000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_CORE_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))
_MERGE = "<<"


def parse_yaml(text: str, source: str) -> tuple[Document, ...]:
    """Return the documents of the YAML stream ``text``; names that repeat are listed, the last one counts.

    Raises:
        DocumentError: ``text`` is no YAML, an alias refers to nothing or to what contains it, aliases add
            more than 100,000 values, a mapping's key is no scalar, nesting goes deeper than 100 levels, or a
            string holds half a surrogate pair.
    """
    try:
        documents = tuple(_Composer(source, yaml.parse(text, Loader=_LOADER)).documents())
    except yaml.YAMLError as error:
        raise _no_yaml(error, source) from None
    return tuple(checked(document, text, source) for document in documents)


class _Composer:
    """Puts one stream of parser events together; PyYAML's events have no types of their own."""

    def __init__(self, source: str, events: Iterator[Any]) -> None:
        self.source = source
        self.events = events
        self.anchors: dict[str, JSON] = {}
        self.duplicates: dict[str, None] = {}  # in order, each once
        self.aliased = 0

    def documents(self) -> Iterator[Document]:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors, self.duplicates = {}, {}
                value = self.value(next(self.events), "", 0)
                yield Document(value, tuple(self.duplicates))

    def value(self, event: Any, pointer: str, depth: int) -> JSON:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        if depth > MAX_DEPTH:
            raise too_deep(self.source, *_place(event.start_mark))
        value = self.node(event, pointer, depth)
        if event.anchor:
            # Named only once it is complete: an alias inside its own node finds nothing.
            self.anchors[event.anchor] = value
        return value

    def node(self, event: Any, pointer: str, depth: int) -> JSON:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(pointer, depth)
        return self.mapping(pointer, depth)

    def sequence(self, pointer: str, depth: int) -> list[JSON]:
        items: list[JSON] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, join(pointer, len(items)), depth + 1))
        return items

    def mapping(self, pointer: str, depth: int) -> dict[str, JSON]:
        members: dict[str, JSON] = {}
        merged: dict[str, JSON] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.name(event)
            place = join(pointer, name)
            value = self.value(next(self.events), place, depth + 1)
            if _is_merge(event, value):
                merged = {**_merged(value), **merged}
            else:
                if name in members:
                    self.duplicates[place] = None
                members[name] = value
        return {**merged, **members}

    def name(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self.anchors[event.anchor] = event.value
            return str(event.value)
        name = self.alias(event, 0) if isinstance(event, yaml.AliasEvent) else None
        if isinstance(name, str):
            return name
        raise self.error("a mapping's key is no text", event, expected="a scalar, such as a name or a number")

    def alias(self, event: Any, depth: int) -> JSON:
        if event.anchor not in self.anchors:
            raise self.error(
                f"the alias *{event.anchor} refers to nothing",
                event,
                expected="an anchor that is complete before its alias",
                hint="write a $ref where a schema contains itself",
            )
        value = self.anchors[event.anchor]
        self.aliased += size(value, MAX_ALIASED)
        if self.aliased > MAX_ALIASED:
            expected = f"at most {MAX_ALIASED:,} values added by aliases"
            raise self.error("aliases make the document explode", event, expected=expected)
        if is_deeper(value, MAX_DEPTH - depth):
            raise too_deep(self.source, *_place(event.start_mark))
        return _copied(value)

    def error(self, message: str, event: Any, *, expected: str, hint: str = "") -> DocumentError:
        line, column = _place(event.start_mark)
        return DocumentError(self.source, message, line=line, column=column, expected=expected, hint=hint)


def _scalar(event: Any) -> JSON:
    text: str = event.value
    plain = event.tag in _CORE_TAGS or (event.tag is None and event.implicit[0])
    return _plain(text) if plain else text


def _plain(text: str) -> JSON:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, base=0)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _is_merge(event: Any, value: JSON) -> bool:
    """Whether a member is YAML 1.1's merge key, which many tools write and read to this day."""
    if not (isinstance(event, yaml.ScalarEvent) and event.implicit[0] and event.value == _MERGE):
        return False
    return isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    )


def _merged(value: JSON) -> dict[str, JSON]:
    """The members a merge key brings; of several mappings the earlier ones win."""
    mappings = value if isinstance(value, list) else [value]
    found: dict[str, JSON] = {}
    for mapping in mappings:
        found = {**mapping, **found} if isinstance(mapping, dict) else found
    return found


def _copied(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: _copied(child) for name, child in value.items()}
    return [_copied(child) for child in value] if isinstance(value, list) else value


def _place(mark: Any) -> tuple[int, int]:
    """Line and column from 1; YAML's marks count from 0."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


def _no_yaml(error: yaml.YAMLError, source: str) -> DocumentError:
    line, column = _place(getattr(error, "problem_mark", None))
    context = getattr(error, "context", None)
    return DocumentError(
        source,
        f"not YAML ({context})" if context else "not YAML",
        line=line,
        column=column,
        got=str(getattr(error, "problem", None) or error).replace("\n", " "),
        hint="check indentation and quoting around this place, or fetch the text again",
    )
