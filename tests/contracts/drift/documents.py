"""Documents for comparisons, from what matters in them."""

from pathlib import Path
from typing import Any

import pytest

from bodydouble.contracts.drift.changes import Change
from bodydouble.contracts.drift.comparing import compare
from bodydouble.contracts.drift.versions import Version
from bodydouble.contracts.reading.fragments import Fragment, parse

HERE = Path(__file__).parent
UPSTREAM = HERE.parents[3] / "shared" / "upstream"
BEARER = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
JSON = "application/json"


def document(said: dict[str, Any]) -> dict[str, Any]:
    """Return a document with one operation, or several, from shorthand.

    Members: ``path``, ``method``, ``request`` (a schema; ``body_required``), ``reply`` (the schema of the 200),
    ``replies`` (status to schema, or to a whole response object with ``description``), ``parameters``, ``operation``
    (more members), ``operations`` (a list of such), ``servers``, ``security``, ``components``, ``openapi``.
    """
    paths: dict[str, Any] = {}
    for each in said.get("operations", [said]):
        paths.setdefault(each.get("path", "/things"), {})[each.get("method", "post")] = operation(each)
    made = {
        "openapi": said.get("openapi", "3.0.3"),
        "info": {"title": "Things", "version": "1"},
        "servers": said.get("servers", [{"url": "https://api.example"}]),
        "paths": paths,
        "components": {**BEARER, **said.get("components", {})},
    }
    if "security" in said:
        made["security"] = said["security"]
    return made


def operation(said: dict[str, Any]) -> dict[str, Any]:
    """Return an operation object from shorthand."""
    replies = said.get("replies", {"200": said.get("reply", {"type": "object"})})
    made: dict[str, Any] = {
        "responses": {str(status): response(held) for status, held in replies.items()},
        **said.get("operation", {}),
    }
    if "parameters" in said:
        made["parameters"] = said["parameters"]
    if "request" in said:
        required = said.get("body_required", True)
        made["requestBody"] = {"required": required, "content": {JSON: {"schema": said["request"]}}}
    return made


def response(held: Any) -> dict[str, Any]:
    """Return a response object: ``held`` itself if it is one, without content for None, else with that schema."""
    if isinstance(held, dict) and "description" in held and not {"type", "properties"} & held.keys():
        return held
    content = {} if held is None else {"content": {JSON: {"schema": held}}}
    return {"description": "A reply", **content}


def version(made: dict[str, Any], source: str = "things.json") -> Version:
    """Return a document as a version."""
    return Version((Fragment(source, made),), source)


def drift(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """Return the changes between two documents in shorthand."""
    return compare(version(document(old)), version(document(new)))


def requests(old: Any, new: Any) -> tuple[Change, ...]:
    """Return the changes between two schemas of a request."""
    return drift({"request": old}, {"request": new})


def replies(old: Any, new: Any) -> tuple[Change, ...]:
    """Return the changes between two schemas of a reply."""
    return drift({"reply": old, "method": "get"}, {"reply": new, "method": "get"})


def told(changes: tuple[Change, ...]) -> list[str]:
    """Return changes as lines: impact, rule and subject."""
    return [f"{change.impact} {change.rule}: {change.subject}" for change in changes]


def upstream(*names: str) -> list[Path]:
    """Return published files that match patterns; skips where they are not at hand."""
    if not UPSTREAM.is_dir():
        pytest.skip("the published documents are not at hand")
    return sorted(path for name in names for path in UPSTREAM.glob(name))


def published(path: Path) -> Version:
    """Return a published file as a version."""
    return Version(parse(path.read_bytes(), path.name), path.stem)
