"""Request shapes: which fields a create may have, and which of those sent the contract does not know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON, join
from bodydouble.contracts.schema.schemas import outline, properties_of, walk_properties

LEVELS = 4
"""Levels of a body that are compared."""


@dataclass(frozen=True, slots=True)
class RequestShape:
    """What the creates of one job pattern may hold.

    Attributes:
        routes: Path templates on which it is submitted.
        model: The body's property that chooses among shapes on one path; ``""`` where none does.
        models: The values of that property which choose this one.
        fields: Pointers of every field that the contract describes.
        closed: Pointers of the objects in which nothing but those fields is described; ``""`` is the body.
    """

    routes: frozenset[str]
    model: str
    models: frozenset[str]
    fields: frozenset[str]
    closed: frozenset[str]

    def fits(self, route: str, body: JSON) -> bool:
        """Return whether a body on ``route`` is of this shape."""
        if route not in self.routes or not isinstance(body, dict):
            return False
        model = body.get(self.model)
        return not self.models or (isinstance(model, str) and model in self.models)

    def unknown(self, body: JSON) -> Iterator[str]:
        """Yield the pointer of each field in ``body`` that the contract does not know."""
        yield from _unknown(body, "", self)


def _unknown(value: JSON, pointer: str, shape: RequestShape) -> Iterator[str]:
    if not isinstance(value, dict) or pointer not in shape.closed:
        return
    for name, member in value.items():
        place = join(pointer, name)
        if place in shape.fields:
            yield from _unknown(member, place, shape)
        else:
            yield place


def shapes_of(patterns: Iterable[JobPattern]) -> tuple[RequestShape, ...]:
    """Return the shape of each pattern's creates."""
    return tuple(_shape(pattern) for pattern in patterns)


def _shape(pattern: JobPattern) -> RequestShape:
    schema = pattern.submit.request.lenient if pattern.submit.request else {}
    described = [("", outline(schema, dict(schema))), *walk_properties(schema, dict(schema), LEVELS)]
    return RequestShape(
        routes=frozenset(pattern.submit.paths),
        model=pattern.model,
        models=frozenset(pattern.models),
        fields=frozenset(pointer for pointer, _ in described),
        closed=frozenset(pointer for pointer, node in described if _is_closed(schema, node)),
    )


def _is_closed(root: Mapping[str, JSON], node: Mapping[str, JSON]) -> bool:
    """An object without described fields, or with room for others by intention, takes anything."""
    return bool(properties_of(root, dict(node))) and not any(
        node.get(word) not in (None, False) for word in ("additionalProperties", "patternProperties")
    )


def legacy_routes(patterns: Iterable[JobPattern]) -> dict[str, str]:
    """Return every deprecated path of the patterns' operations with the path that replaces it."""
    operations = [operation for pattern in patterns for operation in (pattern.submit, pattern.poll)]
    return {
        alias.path: operation.path
        for operation in operations
        for alias in operation.aliases
        if alias.deprecated
    }
