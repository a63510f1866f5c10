"""Where in a document a place of a value is described: from the schema's pointer down along names and items."""

from collections.abc import Iterator, Mapping, Sequence

from bodydouble.contracts.openapi.references import UnresolvableReference, resolve
from bodydouble.contracts.pointers import JSON, join, look_up

from .views import ITEM

MAX_STEPS = 500
"""Schemas looked at for one name; circular ones have no end of them."""
_COMPOSED = ("allOf", "anyOf", "oneOf")


def located(document: Mapping[str, JSON], pointer: str, tokens: Sequence[str]) -> str:
    """Return the JSON Pointer of the schema of a place, or of the nearest one around it that can be found.

    Args:
        document: Holds the schema.
        pointer: Of the schema of the whole value.
        tokens: Names and ``ITEM``, from the whole value to the place.
    """
    found = pointer
    for token in tokens:
        deeper = next(_below(dict(document), found, token), None)
        if deeper is None:
            break
        found = deeper
    return found


def _below(document: dict[str, JSON], pointer: str, token: str) -> Iterator[str]:
    pending = [pointer]
    for _ in range(MAX_STEPS):
        if not pending:
            return
        place, node = _resolved(document, pending.pop(0))
        if not isinstance(node, dict):
            continue
        named = node.get("properties")
        if isinstance(named, dict) and token in named:
            yield join(place, "properties", token)
        for keyword in ("items", "additionalProperties") if token == ITEM else ():
            if isinstance(node.get(keyword), dict):
                yield join(place, keyword)
        for keyword in _COMPOSED:
            members = node.get(keyword)
            pending += (
                [join(place, keyword, i) for i in range(len(members))] if isinstance(members, list) else []
            )


def _resolved(document: dict[str, JSON], pointer: str) -> tuple[str, JSON]:
    try:
        node = look_up(document, pointer)
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            return resolve(document, node["$ref"])
    except (LookupError, ValueError, UnresolvableReference):
        return pointer, None
    return pointer, node
