"""An overlay's text after its documents have changed: renames carried over, everything else left as it was written."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import yaml

from bodydouble.contracts.overlay.json_paths import segments
from bodydouble.contracts.overlay.overlays import Overlay, OverlayError, apply, parse_overlay
from bodydouble.contracts.reading.fragments import Fragment
from bodydouble.contracts.words import count

from .carrying import Names, Renaming, carried_name, carried_pointer, carried_query


class Updated(msgspec.Struct, frozen=True):
    """An overlay that was brought up to date.

    Attributes:
        text: The new text.
        notices: What needs a look, in words.
    """

    text: str
    notices: tuple[str, ...]


class _Edit(msgspec.Struct, frozen=True):
    """Characters of the text to be replaced."""

    start: int
    end: int
    text: str


def updated(
    text: str, source: str, old: Sequence[Fragment], new: Sequence[Fragment], known: Sequence[Renaming]
) -> Updated:
    """Return the overlay ``text`` with renames carried over.

    A query is rewritten only where it selects less in the new documents than it did in the old ones, and selects more
    once it is rewritten: wide queries serve both. What an action says of renamed places goes with them. Comments and
    layout stay.

    Raises:
        OverlayError: ``text`` is no overlay, or cannot be applied to the old documents.
    """
    overlay = parse_overlay(text, source)
    before = _selected(overlay, old)
    after = _selected_or_none(overlay, new)
    idle = [i for i, times in enumerate(before) if after is None or after[i] < times]
    inside = _spliced(text, list(_edits_inside(text, overlay, known)))
    tried = _spliced(inside, list(_edits_of_queries(inside, idle, known)))
    made = _selected_or_none(_parsed(tried, source), new)
    if made is None and tried != text:
        return Updated(
            text, (f"{source}: renames cannot be carried over into this overlay; look at it yourself",)
        )
    return Updated(tried, tuple(_notices(overlay, before, made)))


def _selected(overlay: Overlay, fragments: Iterable[Fragment]) -> tuple[int, ...]:
    """How many places each action selects in all documents together."""
    counts = [apply(overlay, fragment.document).matched for fragment in fragments]
    return tuple(map(sum, zip(*counts, strict=True))) if counts else (0,) * len(overlay.actions)


def _selected_or_none(overlay: Overlay | None, fragments: Iterable[Fragment]) -> tuple[int, ...] | None:
    try:
        return None if overlay is None else _selected(overlay, fragments)
    except OverlayError:
        return None


def _parsed(text: str, source: str) -> Overlay | None:
    try:
        return parse_overlay(text, source)
    except OverlayError:
        return None


def _notices(overlay: Overlay, before: Sequence[int], after: Sequence[int] | None) -> Iterator[str]:
    if after is None:
        yield f"{overlay.source} cannot be applied to the new documents"
        return
    for action in overlay.actions:
        was, now = before[action.index], after[action.index]
        if now < was:
            selects = count(now, "place") if now else "nothing"
            yield f"{overlay.source}: {action} selected {count(was, 'place')} before, and selects {selects} now"


def _edits_of_queries(text: str, indexes: Iterable[int], known: Sequence[Renaming]) -> Iterator[_Edit]:
    actions = _actions(text)
    for index in indexes:
        for name in ("target", "copy"):
            node = _member(actions[index], name)
            if node is not None and node.id == "scalar":
                yield from _exchanged(text, node, carried_query(node.value, known))


def _edits_inside(text: str, overlay: Overlay, known: Sequence[Renaming]) -> Iterator[_Edit]:
    """What the updates say: names of properties that they declare, and pointers into replies."""
    for action, node in zip(overlay.actions, _actions(text), strict=True):
        update = _member(node, "update")
        if update is not None and not action.remove:
            above: Names = tuple(part.names for part in segments(action.target))
            yield from _inside(text, update, above, known)


def _inside(text: str, node: Any, above: Names, known: Sequence[Renaming]) -> Iterator[_Edit]:
    """PyYAML's nodes have no types of their own."""
    if node.id == "scalar":
        yield from _exchanged(text, node, carried_pointer(node.value, known))
    elif node.id == "sequence":
        for item in node.value:
            yield from _inside(text, item, (*above, ()), known)
    else:
        for name, child in node.value:
            if name.id == "scalar":
                yield from _exchanged(text, name, carried_name(name.value, above, known))
                yield from _inside(text, child, (*above, (name.value,)), known)


def _exchanged(text: str, node: Any, value: str) -> Iterator[_Edit]:
    """The edit that gives a scalar another value, in the quotes that it has."""
    if value == node.value:
        return
    start, end = node.start_mark.index, node.end_mark.index
    written = text[start:end]
    for escape in (str, _single_quoted, _double_quoted):
        if escape(node.value) in written:
            yield _Edit(start, end, written.replace(escape(node.value), escape(value), 1))
            return


def _single_quoted(value: str) -> str:
    return value.replace("'", "''")


def _double_quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _spliced(text: str, edits: Iterable[_Edit]) -> str:
    """The text after edits, of which none overlap; an aliased node is written, and edited, once."""
    for edit in sorted(set(edits), key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _actions(text: str) -> list[Any]:
    """Nodes of the actions with their places: by the reader in Python, whose marks count characters."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    listed = _member(root, "actions")
    return list(listed.value) if listed is not None else []


def _member(node: Any, name: str) -> Any:
    return next((child for key, child in reversed(node.value) if key.value == name), None)
