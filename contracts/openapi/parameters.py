"""Parameters of an operation, read tolerantly."""

from collections.abc import Mapping

import msgspec

from bodydouble.contracts.pointers import JSON, join

from .contents import Schema, resolved, schema_at, text

LOCATIONS = ("query", "path", "header", "cookie")


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of an operation; ``location`` is OpenAPI's ``in``, guessed from the path if it is missing."""

    name: str
    location: str
    required: bool
    schema: Schema | None
    description: str = ""


def parameters_of(
    document: Mapping[str, JSON], path: str, *holders: tuple[str, JSON]
) -> tuple[Parameter, ...]:
    """Return the parameters that ``holders`` list: path item and operation, each with its pointer.

    Of two with the same name and location the later one counts.
    """
    found: dict[tuple[str, str], Parameter] = {}
    for holder_pointer, holder in holders:
        listed = holder.get("parameters") if isinstance(holder, dict) else None
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            pointer, node = resolved(document, join(holder_pointer, "parameters", index), item)
            if isinstance(node, dict) and isinstance(node.get("name"), str):
                parameter = _parameter(document, path, pointer, node)
                found[parameter.name, parameter.location] = parameter
    return tuple(found.values())


def _parameter(document: Mapping[str, JSON], path: str, pointer: str, node: dict[str, JSON]) -> Parameter:
    name = text(node.get("name"))
    location = text(node.get("in"))
    if location not in LOCATIONS:
        location = "path" if f"{{{name}}}" in path else "query"
    return Parameter(
        name=name,
        location=location,
        required=location == "path" or node.get("required") is True,
        schema=schema_at(document, join(pointer, "schema")) if "schema" in node else None,
        description=text(node.get("description")),
    )
