"""Witnesses: the smallest value that one version accepts and the other does not, with the validators as judges."""

from collections.abc import Iterable, Mapping, Sequence

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.samples import Sampler, Unsampleable

from .differences import ITEM
from .meaning import Meaning, with_definitions

ANY_NAME = "name"
"""Name of an undeclared property where any would do."""
IMPOSSIBLE = "no value was found that one version accepts and the other refuses"


class Found:
    """What was looked for: a value, or none."""

    __slots__ = ("value",)

    def __init__(self, value: JSON) -> None:
        self.value = value


def witness(inner: Meaning, outer: Meaning, at: Sequence[str], probes: Iterable[JSON]) -> Found | None:
    """Return a value that ``inner`` accepts and ``outer`` refuses, or None if none was found.

    Args:
        inner: Accepts it.
        outer: Refuses it.
        at: The place that matters: names and ``ITEM``.
        probes: Schemas of what should stand there, the plainest first.
    """
    for probe in probes:
        schema = _narrowed(inner.schema, placed(probe, at))
        found = _sample(schema, inner, outer)
        if found is not None:
            return found
    return None


def any_witness(inner: Meaning, outer: Meaning) -> Found | None:
    """Return any value that ``inner`` accepts and ``outer`` refuses, or None if none was found."""
    rest = inner.without(outer)
    refused: JSON = {"not": {k: held for k, held in outer.schema.items() if k != "$defs"}}
    tried = [rest] if rest is not None else []
    if not outer.schema.get("$defs"):
        tried.append(_narrowed(inner.schema, refused))
    for schema in (*tried, inner.schema):
        found = _sample(schema, inner, outer)
        if found is not None:
            return found
    return None


def placed(probe: JSON, at: Sequence[str]) -> JSON:
    """Return a schema of values that have what ``probe`` says at a place."""
    schema = probe
    for token in reversed(at):
        if token == ITEM:
            schema = {
                "anyOf": [
                    {"type": "array", "minItems": 1, "items": schema},
                    {"type": "object", "required": [ANY_NAME], "properties": {ANY_NAME: schema}},
                ]
            }
        else:
            schema = {"type": "object", "required": [token], "properties": {token: schema}}
    return schema


def _narrowed(schema: Mapping[str, JSON], condition: JSON) -> dict[str, JSON]:
    rest = {keyword: held for keyword, held in schema.items() if keyword != "$defs"}
    return with_definitions({"allOf": [rest, condition]}, schema)


def _sample(schema: dict[str, JSON], inner: Meaning, outer: Meaning) -> Found | None:
    for form in (_simplified(schema), schema):
        try:
            value = Sampler(form).sample()
        except (Unsampleable, ValueError, RecursionError):
            continue
        if inner.accepts(value) and not outer.accepts(value):
            return Found(value)
    return None


def _simplified(schema: dict[str, JSON]) -> dict[str, JSON]:
    """The normal form, in which alternatives that exclude each other are gone; the schema itself if it has none."""
    return Meaning(schema).plain or schema
