"""What an overlay document must look like (Overlay Specification 1.0.0 and 1.1.0, section 4.4), in words."""

import json
import re
from collections.abc import Callable, Iterator

from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.reading.documents import Document

from .queries import QueryError, compiled

OPTIONAL = "x-bodydouble-optional"
"""On an action or the whole overlay: to select nothing is no mistake (a Specification Extension)."""

_VERSION = re.compile(r"1\.[01]\.\d{1,9}")
_ROOT_FIELDS = ("overlay", "info", "extends", "actions")
_INFO_FIELDS = ("title", "version", "description")
_ACTION_FIELDS = ("target", "description", "update", "remove", "copy")


def problems_of(document: Document) -> tuple[str, ...]:
    """Return everything that keeps ``document`` from being an overlay, a clause each; empty if it is one."""
    root = document.value
    if not isinstance(root, dict):
        return (f"an overlay is an object with {_named(_ROOT_FIELDS)}; got {_shown(root)}",)
    if "overlay" not in root and "openapi" in root:
        return ("this is an OpenAPI document, not an overlay",)
    return tuple(problem for rule in _RULES for problem in rule(root, document))


def _repeated(_root: dict[str, JSON], document: Document) -> Iterator[str]:
    for place in document.duplicates:
        yield f"the name at '{place}' occurs twice in its object, and only the last one would count"


def _unknown_fields(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    yield from _unknown("the overlay", root, _ROOT_FIELDS)


def _unknown(owner: str, node: dict[str, JSON], known: tuple[str, ...]) -> Iterator[str]:
    for name in node:
        if name not in known and not name.startswith("x-"):
            suggestion = did_you_mean(name, known) or f"known are {_named(known)}"
            yield f"{owner} has no field '{name[:80]}'; {suggestion}"


def _version(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    stated = root.get("overlay")
    if not (isinstance(stated, str) and _VERSION.fullmatch(stated)):
        yield f'\'overlay\' must be the text "1.0.0" or "1.1.0"; got {_shown(stated)}'


def _info(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    info = root.get("info")
    if not isinstance(info, dict):
        yield f"'info' must be an object with title and version; got {_shown(info)}"
        return
    yield from _unknown("info", info, _INFO_FIELDS)
    for name in ("title", "version"):
        if not isinstance(info.get(name), str):
            yield f"info.{name} must be text; got {_shown(info.get(name))}"


def _extends(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    yield from _typed("the overlay", root, "extends", str, "text")


def _root_optional(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    yield from _typed("the overlay", root, OPTIONAL, bool, "true or false")


def _actions(root: dict[str, JSON], _document: Document) -> Iterator[str]:
    listed = root.get("actions")
    if not (isinstance(listed, list) and listed):
        yield f"'actions' must be a list with at least one action; got {_shown(listed)}"
        return
    copies = isinstance(root.get("overlay"), str) and not str(root["overlay"]).startswith("1.0")
    seen: dict[str, int] = {}
    for index, action in enumerate(listed):
        owner = f"actions[{index}]"
        first = seen.setdefault(json.dumps(action, sort_keys=True), index)
        if first != index:
            yield f"{owner} is the same as actions[{first}]"
        elif isinstance(action, dict):
            yield from _action(owner, action, copies=copies)
        else:
            yield f"{owner} must be an object; got {_shown(action)}"


def _action(owner: str, action: dict[str, JSON], *, copies: bool) -> Iterator[str]:
    yield from _unknown(owner, action, _ACTION_FIELDS)
    yield from _query(owner, action, "target")
    yield from _typed(owner, action, "description", str, "text")
    yield from _typed(owner, action, "remove", bool, "true or false")
    yield from _typed(owner, action, OPTIONAL, bool, "true or false")
    if "copy" in action:
        yield from _query(owner, action, "copy")
    yield from _purpose(owner, action, copies=copies)


def _purpose(owner: str, action: dict[str, JSON], *, copies: bool) -> Iterator[str]:
    if "copy" in action and not copies:
        yield f"{owner} has 'copy', which came with version 1.1; declare overlay: 1.1.0"
    if "copy" in action and "update" in action:
        yield f"{owner} has both 'update' and 'copy'; split it in two"
    if not ("copy" in action or "update" in action or action.get("remove") is True):
        yield f"{owner} changes nothing: it needs 'update', or 'remove' that is true"


def _query(owner: str, action: dict[str, JSON], name: str) -> Iterator[str]:
    query = action.get(name)
    if not isinstance(query, str):
        yield f"{owner}.{name} must be a JSONPath such as $.paths; got {_shown(query)}"
        return
    try:
        compiled(query)
    except QueryError as error:
        yield f"{owner}.{name} is no JSONPath (RFC 9535): {query[:200]}: {error}"


def _typed(
    owner: str, node: dict[str, JSON], name: str, wanted: type[str] | type[bool], words: str
) -> Iterator[str]:
    if name in node and not isinstance(node[name], wanted):
        yield f"{owner}: '{name}' must be {words}; got {_shown(node[name])}"


def _named(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _shown(value: JSON) -> str:
    """A value as an error shows it: kinds for containers, and ``nothing`` for what is absent or null."""
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:80]


_RULES: tuple[Callable[[dict[str, JSON], Document], Iterator[str]], ...] = (
    _repeated,
    _version,
    _info,
    _extends,
    _root_optional,
    _unknown_fields,
    _actions,
)
