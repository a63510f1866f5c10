"""JSONPath queries (RFC 9535) as text in segments, so that a name in one can be exchanged and the rest stays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"[^\W\d][\w]*")
_LITERAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a query.

    Attributes:
        text: As written, from its dot or bracket on.
        names: The names that it selects; empty where it selects otherwise (by wildcard, index or filter).
        is_descendant: Whether it looks at any depth (``..``).
    """

    text: str
    names: tuple[str, ...] = ()
    is_descendant: bool = False

    def renamed(self, old: str, new: str) -> "Segment":
        """Return the segment with one of its names exchanged, in the notation that it has."""
        names = tuple(new if name == old else name for name in self.names)
        dots = ".." if self.is_descendant else ""
        if "[" not in self.text:
            text = f"{dots or '.'}{new}" if _NAME.fullmatch(new) else f"{dots}[{_quoted(new)}]"
        else:
            text = _LITERAL.sub(
                lambda found: _quoted(new) if _unquoted(found[0]) == old else found[0], self.text
            )
        return Segment(text, names, self.is_descendant)


def segments(query: str) -> tuple[Segment, ...]:
    """Return the segments of ``query`` after its ``$``; none if it cannot be taken apart."""
    return tuple(_segments(query.strip()))


def joined(parts: tuple[Segment, ...]) -> str:
    """Return the query of segments."""
    return "$" + "".join(part.text for part in parts)


def _segments(query: str) -> Iterator[Segment]:
    index = 1
    while index < len(query):
        end = _end(query, index)
        if end <= index:
            return
        yield _segment(query[index:end])
        index = end


def _end(query: str, start: int) -> int:
    """Where the segment ends that begins at ``start``; ``start`` itself where none does."""
    index = start + len(query[start:]) - len(query[start:].lstrip("."))
    if index - start > 2:  # noqa: PLR2004 - a dot, or two
        return start
    if index < len(query) and query[index] == "[":
        return _closing(query, index)
    if query[index : index + 1] == "*":
        return index + 1
    name = _NAME.match(query, index)
    return name.end() if name and index > start else start


def _closing(query: str, start: int) -> int:
    depth, index = 0, start
    while index < len(query):
        literal = _LITERAL.match(query, index)
        if literal:
            index = literal.end()
            continue
        depth += {"[": 1, "]": -1}.get(query[index], 0)
        index += 1
        if not depth:
            return index
    return start


def _segment(text: str) -> Segment:
    rest = text.lstrip(".")
    is_descendant = text.startswith("..")
    if not rest.startswith("["):
        return Segment(text, () if rest == "*" else (rest,), is_descendant)
    inside = rest[1:-1].strip()
    literals = _LITERAL.findall(inside)
    only_names = bool(literals) and not _LITERAL.sub("", inside).replace(",", "").strip()
    return Segment(text, tuple(map(_unquoted, literals)) if only_names else (), is_descendant)


def _unquoted(literal: str) -> str:
    return _ESCAPE.sub(r"\1", literal[1:-1])


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
