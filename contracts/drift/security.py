"""What an operation asks of those who call it, and how that changed."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from bodydouble.contracts.openapi.contents import members, resolved, text
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON

from .changes import Change
from .described import Both

Ways: TypeAlias = frozenset[frozenset[str]]
"""Ways to be let in: each the keys that it takes, described by what goes over the wire. The empty way is open."""

OPEN: frozenset[str] = frozenset()


def ways_of(operation: Operation) -> Ways:
    """Return the ways to be let in; what a scheme is called does not matter, and undefined ones say nothing."""
    stated = operation.node.get("security", operation.document.get("security"))
    if not isinstance(stated, list) or not stated:
        return frozenset({OPEN})
    schemes = _schemes(operation.document)
    found = set()
    for way in stated:
        names = [name for name, _ in members(way)]
        keys = [key for name, scopes in members(way) for key in _keys(schemes.get(name), scopes)]
        if keys or not names:
            found.add(frozenset(keys))
    return frozenset(found) or frozenset({OPEN})


def _schemes(document: Mapping[str, JSON]) -> dict[str, JSON]:
    components = document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, dict) else None
    return {name: resolved(document, "", node)[1] for name, node in members(listed)}


def _keys(scheme: JSON, scopes: JSON) -> list[str]:
    if not isinstance(scheme, dict) or not scheme:
        return []
    kind = text(scheme.get("type"))
    if kind == "apiKey":
        return [f"key in {text(scheme.get('in'))} {text(scheme.get('name')).lower()}"]
    if kind == "http":
        return [f"{text(scheme.get('scheme')).lower() or 'http'} key"]
    wanted = scopes if isinstance(scopes, list) else []
    return ["bearer key", *(f"scope {scope}" for scope in wanted if isinstance(scope, str))]


def security_changes(both: Both) -> Iterator[Change]:
    """Yield how the ways to be let in changed: at most one change."""
    old, new = ways_of(both.old), ways_of(both.new)
    if old == new:
        return
    before, after = _words(old), _words(new)
    if OPEN in new and OPEN not in old:
        message = f"no key is asked for any more, was {_either(before)}"
        yield both.change("security-removed", "security", message, old=before, new=after)
    elif OPEN in old and OPEN not in new:
        message = f"a key is asked for: {_either(after)}"
        yield both.change("security-added", "security", message, old=before, new=after)
    elif any(not _is_let_in(way, new) for way in old):
        message = f"callers are let in by {_either(after)}, was {_either(before)}"
        yield both.change("security-narrowed", "security", message, old=before, new=after)
    elif any(not _is_let_in(way, old) for way in new):
        message = f"callers are let in by {_either(after)}, was {_either(before)}"
        yield both.change("security-widened", "security", message, old=before, new=after)


def _is_let_in(keys: frozenset[str], ways: Ways) -> bool:
    return any(way <= keys for way in ways)


def _words(ways: Ways) -> list[JSON]:
    return [*sorted(" and ".join(sorted(way)) for way in ways if way)]


def _either(ways: list[JSON]) -> str:
    return " or ".join(map(str, ways))
