"""The control API's own OpenAPI document: data beside this module, with the schema of scenarios put in.

A named shell: it reads the document from the package data.
"""

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bodydouble.contracts.pointers import JSON
from bodydouble.mockserver.scenes.scenario_files import schema

FILE = Path(__file__).with_name("openapi.json")
SCHEMAS = "#/components/schemas/"


def control_document() -> dict[str, Any]:
    """Return the document (OpenAPI 3.1); what scenario files may hold is told by their own schema."""
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    document["components"]["schemas"] |= scenario_schemas(schema())
    return document


def scenario_schemas(root: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a schema and its definitions as components; the names of definitions begin with a capital there."""
    parts: dict[str, Any] = {"Scenario": {name: part for name, part in root.items() if name not in _OUTSIDE}}
    definitions = root["$defs"]
    if isinstance(definitions, dict):
        parts |= {_named(name): part for name, part in definitions.items()}
    return {name: _moved(part) for name, part in parts.items()}


_OUTSIDE = ("$schema", "$defs")


def _named(name: str) -> str:
    return name[:1].upper() + name[1:]


def _moved(node: JSON) -> JSON:
    """Return ``node`` with its references pointing to where the definitions are now."""
    if isinstance(node, list):
        return [_moved(item) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {name: _moved(member) for name, member in node.items()}
    reference = moved.get("$ref")
    if isinstance(reference, str):
        moved["$ref"] = SCHEMAS + _named(reference.removeprefix("#/$defs/"))
    return moved


def product_version() -> str:
    """Return the version of bodydouble; ``"0"`` where it runs without being installed."""
    try:
        return version("bodydouble")
    except PackageNotFoundError:
        return "0"
