"""Where and how an operation is called: path, method, name, origin, and whether it is on its way out."""

from collections.abc import Iterator

from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.pointers import JSON, look_up
from bodydouble.contracts.words import show

from .changes import Change, Impact
from .counterparts import template
from .described import Both


def call_changes(both: Both) -> Iterator[Change]:
    """Yield how the way to call an operation changed."""
    yield from _path(both)
    yield from _name(both)
    yield from _deprecation(both)
    yield from _servers(both)


def _path(both: Both) -> Iterator[Change]:
    old, new = both.old, both.new
    if old.method != new.method:
        message = f"{old.path} is called by {new.method.upper()}, was {old.method.upper()}"
        yield both.change("method-changed", "method", message, old=old.method, new=new.method)
    if template(old.path) == template(new.path):
        return
    if template(old.path) in map(template, new.paths):
        message = f"the path is {new.path}, and {old.path} still answers"
        yield both.change("path-moved", "path", message, old=old.path, new=new.path, impact=Impact.SAFE)
    else:
        message = f"the path is {new.path}, was {old.path}"
        yield both.change("path-moved", "path", message, old=old.path, new=new.path)


def _name(both: Both) -> Iterator[Change]:
    """A new name is worth a word where nothing else about the call changed: with a new path it goes without saying."""
    old, new = both.old.operation_id, both.new.operation_id
    same_call = both.old.method == both.new.method and template(both.old.path) == template(both.new.path)
    if old and new and old != new and same_call:
        message = f"the operationId is {show(new)}, was {show(old)}"
        yield both.change("operation-renamed", "operationId", message, old=old, new=new)


def _deprecation(both: Both) -> Iterator[Change]:
    old, new = (operation.node.get("deprecated") is True for operation in (both.old, both.new))
    if new and not old:
        yield both.change("operation-deprecated", "deprecated", "the operation is deprecated", new=True)
    elif old and not new:
        message = "the operation is no longer deprecated"
        yield both.change("operation-undeprecated", "deprecated", message, old=True)


def _servers(both: Both) -> Iterator[Change]:
    old, new = servers_of(both.old), servers_of(both.new)
    gone = [url for url in old if url not in new]
    come = [url for url in new if url not in old]
    before: list[JSON] = [*gone]
    after: list[JSON] = [*come]
    if gone and come:
        message = f"the server is {', '.join(come)}, was {', '.join(gone)}"
        yield both.change("server-changed", "server", message, old=before, new=after)
    elif gone:
        message = f"{', '.join(gone)} is no longer named as a server"
        yield both.change("server-removed", "server", message, old=before)
    elif come:
        yield both.change("server-added", "server", f"{', '.join(come)} is a server, too", new=after)


def servers_of(operation: Operation) -> tuple[str, ...]:
    """Return the origins of an operation, those of the nearest level that names any, without a slash at the end."""
    item = _look(operation, operation.pointer.rpartition("/")[0])
    for level in (operation.node, item, operation.document):
        listed = level.get("servers") if isinstance(level, dict) else None
        urls = (
            [entry.get("url") for entry in listed if isinstance(entry, dict)]
            if isinstance(listed, list)
            else []
        )
        named = [url.rstrip("/") for url in urls if isinstance(url, str) and url.strip("/ ")]
        if named:
            return tuple(dict.fromkeys(named))
    return ()


def _look(operation: Operation, pointer: str) -> JSON:
    try:
        return look_up(dict(operation.document), pointer)
    except (LookupError, ValueError):
        return None
