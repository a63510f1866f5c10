"""Renames carried over into what an overlay says: its queries, its pointers and the names that it declares."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec

from bodydouble.contracts.overlay.json_paths import Segment, joined, segments
from bodydouble.contracts.pointers import join, tokens_of

from .changes import Change
from .views import ITEM


class Renamed(StrEnum):
    """What has another name."""

    PATH = "path"
    STATUS = "status"
    PARAMETER = "parameter"
    REQUEST = "request"
    REPLY = "reply"


class Renaming(msgspec.Struct, frozen=True):
    """One thing that has another name.

    Attributes:
        what: What it is.
        old: Names down to it and its own; one name for what is no property.
        new: Its new name.
    """

    what: Renamed
    old: tuple[str, ...]
    new: str


_RULES: Mapping[str, Renamed] = {
    "path-moved": Renamed.PATH,
    "reply-status-moved": Renamed.STATUS,
    "reply-status-settled": Renamed.STATUS,
    "reply-status-unsettled": Renamed.STATUS,
    "parameter-renamed": Renamed.PARAMETER,
    "job-poll-parameter-renamed": Renamed.PARAMETER,
    "request-property-renamed": Renamed.REQUEST,
    "reply-property-renamed": Renamed.REPLY,
}
"""What a rule says has another name."""

Names: TypeAlias = tuple[tuple[str, ...], ...]
"""For each step down a document the names that it may have; none where it may be any."""


def renamings(changes: Iterable[Change]) -> tuple[Renaming, ...]:
    """Return what has another name now, each once, in the order of ``changes``."""
    return tuple(dict.fromkeys(found for change in changes for found in _renaming(change)))


def _renaming(change: Change) -> Iterator[Renaming]:
    what = _RULES.get(change.rule)
    if what is None or not (isinstance(change.old, str) and isinstance(change.new, str)):
        return
    if what in (Renamed.REQUEST, Renamed.REPLY):
        place = change.subject[change.subject.find("/") :] if "/" in change.subject else ""
        tokens = tuple(token for token in tokens_of(place) if token != ITEM)
        if tokens:
            yield Renaming(what, tokens, change.new)
    else:
        yield Renaming(what, (change.old,), change.new)


def carried_query(query: str, known: Iterable[Renaming]) -> str:
    """Return a JSONPath query into an OpenAPI document with every rename that it names carried over."""
    listed = tuple(known)
    parts = list(segments(query))
    if joined(tuple(parts)) != query.strip():
        return query
    steps = tuple(part.names for part in parts)
    is_deep = any(part.is_descendant for part in parts)
    for index, part in enumerate(parts):
        parts[index] = _carried(part, steps[:index], listed, is_deep=is_deep)
    return joined(tuple(parts))


def _carried(part: Segment, above: Names, known: tuple[Renaming, ...], *, is_deep: bool) -> Segment:
    if not part.names and "@" in part.text and _section(above) == "parameters":
        return _filtered(part, known)
    for name in part.names:
        new = carried_name(name, above, known, is_deep=is_deep)
        if new != name:
            return part.renamed(name, new)
    return part


def _filtered(part: Segment, known: tuple[Renaming, ...]) -> Segment:
    """A filter names a parameter as a literal: ``[?@.name == 'id']``."""
    for each in known:
        if each.what is Renamed.PARAMETER:
            part = part.renamed(each.old[-1], each.new)
    return part


def carried_name(name: str, above: Names, known: Iterable[Renaming], *, is_deep: bool = False) -> str:
    """Return what a name in an OpenAPI document is now, ``name`` itself where it is what it was.

    Args:
        name: A member's name.
        above: The steps from the document down to the object that has the member.
        known: What has another name now.
        is_deep: Whether steps are missing, because a query looks at any depth.
    """
    for each in known:
        if each.old[-1] == name and _is_meant(each, above, is_deep=is_deep):
            return each.new
    return name


def _is_meant(each: Renaming, above: Names, *, is_deep: bool) -> bool:
    last = above[-1] if above else ()
    if each.what is Renamed.PATH:
        return last == ("paths",)
    if each.what is Renamed.STATUS:
        return last == ("responses",)
    section = {Renamed.REQUEST: "requestBody", Renamed.REPLY: "responses"}.get(each.what)
    if section is None or _section(above) not in {section, "" if is_deep else section}:
        return False
    chain = _properties(above)
    if chain is None:
        return False
    wanted = each.old[:-1]
    if is_deep:
        wanted = wanted[len(wanted) - len(chain) :] if chain else ()
    return len(chain) == len(wanted) and all(
        not names or name in names for names, name in zip(chain, wanted, strict=True)
    )


def _section(above: Names) -> str:
    """Which part of an operation the steps are in."""
    found = [names[0] for names in above if len(names) == 1]
    return next((name for name in reversed(found) if name in ("requestBody", "responses", "parameters")), "")


def _properties(above: Names) -> Names | None:
    """The properties that lead down to an object of properties; None where the steps lead to anything else."""
    chain: list[tuple[str, ...]] = []
    is_property = False
    for names in above:
        if is_property:
            chain.append(names)
            is_property = False
        else:
            is_property = names == ("properties",)
    return tuple(chain) if is_property else None


def carried_pointer(text: str, known: Iterable[Renaming]) -> str:
    """Return a JSON Pointer into a reply, or a runtime expression that ends in one, with renames carried over."""
    head, hash_sign, place = text.rpartition("#")
    if not place.startswith("/"):
        return text
    tokens = tokens_of(place)
    for each in known:
        if each.what is Renamed.REPLY and tokens[: len(each.old)] == each.old:
            tokens = (*each.old[:-1], each.new, *tokens[len(each.old) :])
    return f"{head}{hash_sign}{join('', *tokens)}" if tokens != tokens_of(place) else text
