"""One valid value for a schema: the plainest there is, or one whose leaves the caller decides.

Nothing here is random: the same schema gives the same value, so that what is built from it can be prepared once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor

from .pointers import JSON, join
from .schemas import MAX_DEPTH, dereferenced, properties_of, required_of, types_of
from .validation import Validator

TEXTS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "email": "nobody@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class Unsampleable(ValueError):
    """No valid value could be made; the message names the place and the schema."""


def nothing(_pointer: str, _schema: Mapping[str, JSON]) -> Iterable[JSON]:
    """Decide no leaf."""
    return ()


def never(_pointer: str) -> bool:
    """Leave every optional property out."""
    return False


@dataclass(frozen=True, slots=True)
class Sampler:
    """Makes values of one schema.

    Attributes:
        root: The self-contained schema; its ``$defs`` serve references.
        leaf: Given a pointer into the value and the schema there, the values to try before any others; the first
            that the schema accepts is used.
        wanted: Given the pointer of an optional property, whether to include it.
    """

    root: Mapping[str, JSON]
    leaf: Callable[[str, Mapping[str, JSON]], Iterable[JSON]] = nothing
    wanted: Callable[[str], bool] = never

    def sample(self) -> JSON:
        """Return a valid value.

        Raises:
            Unsampleable: There is none, or none that can be found by looking at the keywords one by one.
        """
        return self._value("", dict(self.root), 0)

    def _value(self, pointer: str, schema: JSON, depth: int) -> JSON:
        if depth > MAX_DEPTH * 2:
            raise Unsampleable(f"{pointer or 'the body'}: the schema never ends")
        node = dereferenced(self.root, schema)
        for candidate in self._candidates(pointer, node, depth):
            if self._accepts(node, candidate):
                return candidate
        raise Unsampleable(f"{pointer or 'the body'}: no value found for {str(node)[:200]}")

    def _accepts(self, node: Mapping[str, JSON], value: JSON) -> bool:
        return Validator({**node, "$defs": self.root.get("$defs", {})}).is_valid(value)

    def _candidates(self, pointer: str, node: dict[str, JSON], depth: int) -> Iterator[JSON]:
        yield from self.leaf(pointer, node)
        yield from _stated(node)
        for keyword in ("anyOf", "oneOf"):
            for member in _list(node, keyword):
                yield from self._branch(pointer, _merged(node, member, keyword), depth)
        if "allOf" in node:
            yield from self._branch(pointer, _all_of(self.root, node), depth)
        yield from self._typed(pointer, node, depth)

    def _branch(self, pointer: str, node: dict[str, JSON], depth: int) -> Iterator[JSON]:
        try:
            yield self._value(pointer, node, depth + 1)
        except Unsampleable:
            return

    def _typed(self, pointer: str, node: dict[str, JSON], depth: int) -> Iterator[JSON]:
        types = types_of(node) or _implied(node)
        if "object" in types:
            yield self._object(pointer, node, depth)
        if "array" in types:
            yield self._array(pointer, node, depth)
        if "string" in types:
            yield from _strings(node)
        if types & {"integer", "number"}:
            yield from _numbers(node)
        if "boolean" in types:
            yield from (True, False)
        yield None

    def _object(self, pointer: str, node: dict[str, JSON], depth: int) -> JSON:
        required = required_of(self.root, node)
        made: dict[str, JSON] = {}
        for name, member in properties_of(self.root, node).items():
            place = join(pointer, name)
            if name in required:
                made[name] = self._value(place, member, depth + 1)
            elif self.wanted(place):
                made.update(
                    (name, value) for value in self._branch(place, dereferenced(self.root, member), depth)
                )
        made.update((name, "") for name in sorted(required - made.keys()))
        return made

    def _array(self, pointer: str, node: dict[str, JSON], depth: int) -> JSON:
        least = node.get("minItems", 0)
        count = max(int(least) if isinstance(least, int | float) else 0, int(self.wanted(join(pointer, 0))))
        return [
            self._value(join(pointer, i), node.get("items", {}), depth + 1) for i in range(min(count, 100))
        ]


def _stated(node: Mapping[str, JSON]) -> Iterator[JSON]:
    if "const" in node:
        yield node["const"]
    yield from (value for value in _list(node, "enum") if value is not None)
    if "default" in node:
        yield node["default"]
    yield from _list(node, "examples")


def _implied(node: Mapping[str, JSON]) -> frozenset[str]:
    """The type that keywords hint at where none is named."""
    if "properties" in node or "required" in node:
        return frozenset({"object"})
    if "items" in node or "minItems" in node:
        return frozenset({"array"})
    return frozenset(
        {"string"} if "minLength" in node or "format" in node else {"object", "string", "number"}
    )


def _strings(node: Mapping[str, JSON]) -> Iterator[JSON]:
    named = TEXTS.get(str(node.get("format")))
    if named is not None:
        yield named
    least, most = node.get("minLength", 0), node.get("maxLength", 6)
    shortest = min(int(least) if isinstance(least, int | float) else 0, 100_000)
    yield "sample"[: most if isinstance(most, int) else 6].ljust(shortest, "x")


def _numbers(node: Mapping[str, JSON]) -> Iterator[JSON]:
    """Zero if it may be, else what lies nearest to a bound, whole where it can be."""
    yield 0
    step = node.get("multipleOf", 1)
    unit = step if isinstance(step, int | float) and step > 0 else 1
    for keyword, away in (("minimum", 0), ("exclusiveMinimum", 1)):
        bound = node.get(keyword)
        if isinstance(bound, int | float):
            yield from (ceil(bound / unit) * unit + away * unit, bound + away * 0.5)
    for keyword, away in (("maximum", 0), ("exclusiveMaximum", 1)):
        bound = node.get(keyword)
        if isinstance(bound, int | float):
            yield from (floor(bound / unit) * unit - away * unit, bound - away * 0.5)


def _merged(node: dict[str, JSON], member: JSON, keyword: str) -> dict[str, JSON]:
    rest = {name: value for name, value in node.items() if name != keyword}
    return {**rest, "allOf": [*_list(rest, "allOf"), member]}


def _all_of(root: Mapping[str, JSON], node: dict[str, JSON]) -> dict[str, JSON]:
    """The node with its ``allOf`` members folded in; bounds of later members win, validity is checked after."""
    folded = {name: value for name, value in node.items() if name != "allOf"}
    properties, required = properties_of(root, node), required_of(root, node)
    for member in _list(node, "allOf"):
        folded = {**folded, **dereferenced(root, member)}
    if properties:
        folded["properties"] = properties
    if required:
        folded["required"] = sorted(required)
    return folded


def _list(node: Mapping[str, JSON], keyword: str) -> list[JSON]:
    listed = node.get(keyword)
    return listed if isinstance(listed, list) else []
